"""The jobs that bring facts in: one file each, with `Settings` and `run`."""
