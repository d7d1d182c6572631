"""The jobs that come back to people: one file each, with `Settings` and `run`."""
