"""What reads the outside: pages, files, services."""
