"""What is remembered: facts with their time, and Watchkeeper's own life."""
