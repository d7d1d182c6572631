"""Ways to use a slash command that are too much for its file: what they take and answer."""
