"""Who wants WhatsApp messages: their own word, as WhatsApp's policy asks for."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, select

from core.ledger.tables import OptIn

_INTERNATIONAL = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
"""ITU-T E.164: the country's code and the number, 15 digits at most."""
_BETWEEN_DIGITS = re.compile(r"[\s().\u00a0-]")


def phone_digits(written: str) -> str | None:
    """Return a phone number's digits with its country's code; None: it is none, or lacks the code.

    The code must be marked by + or 00: without, a Chinese number could be taken for a North
    American one, and an alert would reach a stranger.
    """
    number = _INTERNATIONAL.fullmatch(_BETWEEN_DIGITS.sub("", written))
    return number[1] if number else None


def record(session: Session, email: str, phone: str, at: datetime, origin: str) -> None:
    """Keep a person's word, in place of what they said before. `phone`: see `phone_digits`."""
    session.merge(OptIn(email=email.lower(), phone=phone, at=at, origin=origin))


def withdraw(session: Session, email: str) -> bool:
    """Forget a person's word and number; tell whether there was one."""
    opt_in = find(session, email)
    if opt_in is not None:
        session.delete(opt_in)
    return opt_in is not None


def at_phone(session: Session, phone: str) -> Sequence[str]:
    """Return the e-mails of those who gave a phone number. `phone`: digits, as in `record`."""
    return session.exec(select(OptIn.email).where(OptIn.phone == phone)).all()


def addresses(session: Session) -> set[str]:
    """Return the e-mails, in lower case, of everybody who wants WhatsApp messages."""
    return set(session.exec(select(OptIn.email)).all())


def find(session: Session, email: str) -> OptIn | None:
    """Return a person's word; None: they get no WhatsApp message."""
    return session.get(OptIn, email.lower())
