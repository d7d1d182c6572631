"""Slash commands: one file each, with its `COMMAND`."""
