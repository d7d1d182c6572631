"""The commands of the terminal: one file each, whose first line says what it is for."""
