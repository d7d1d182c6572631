"""What brings records in: one module a service or kind of file."""
