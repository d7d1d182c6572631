"""What happens when somebody presses a button: one file an action, with `register(app, desk)`."""
