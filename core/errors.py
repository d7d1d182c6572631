"""Mistakes that a person can mend, and what may have been meant instead."""

import difflib
from collections.abc import Iterable


class UserError(Exception):
    """Says in one line what is wrong, where, and what to do; more mistakes, more lines."""


def one_line(error: BaseException) -> str:
    """Return what an error says, in one line; of a database's error what its driver said."""
    told: object = getattr(error, "orig", None) or error
    name, text = type(told).__name__, str(told).partition("\n")[0].strip()
    if isinstance(told, UserError):
        return text
    return f"{name}: {text}" if text else name


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that may have been meant; None: none is like it."""
    return next(iter(difflib.get_close_matches(name, list(known), n=1)), None)


def hint(name: str, known: Iterable[str]) -> str:
    """Return what to say of a name that nothing has: the nearest one, or all there are."""
    names = list(known)
    near = nearest(name, names)
    return f"did you mean {near!r}?" if near else "known are " + ", ".join(names)
