"""What happens when somebody submits a dialog: one file a view, with `register(app, desk)`."""
