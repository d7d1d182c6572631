"""Mistakes that a person can mend."""


class UserError(Exception):
    """Says in one line what is wrong, where, and what to do; more mistakes, more lines."""
