"""What Slack tells without being asked: one file an event, with `register(app, desk)`."""
