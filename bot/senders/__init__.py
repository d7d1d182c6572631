"""What carries posts out: one file a medium."""
