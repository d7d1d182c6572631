"""Mistakes that a person can mend."""


class UserError(Exception):
    """Says in one line what is wrong, where, and what to do; more mistakes, more lines."""


def one_line(error: BaseException) -> str:
    """Return what an error says, in one line; of a database's error what its driver said."""
    told: object = getattr(error, "orig", None) or error
    name, text = type(told).__name__, str(told).partition("\n")[0].strip()
    if isinstance(told, UserError):
        return text
    return f"{name}: {text}" if text else name
