"""The plan's arithmetic: pure functions, no input or output."""
