"""`/duty whatsapp`: a person's own word that they want WhatsApp messages, or no longer."""

import asyncio

from bot.slack.command import Asked, Form, message
from core.ledger import opt_ins

ORIGIN = "/duty whatsapp"


async def _opt_in(asked: Asked) -> str:
    written = asked.arguments["PHONE"]
    phone = opt_ins.phone_digits(written)
    if phone is None:
        return asked.text("whatsapp", "no_number", written=written)
    await asyncio.to_thread(_record, asked, phone)
    set_up = asked.settings.whatsapp is not None
    return asked.text("whatsapp", "opted_in", phone=phone, set_up=set_up)


def _record(asked: Asked, phone: str) -> None:
    with asked.database.write() as ledger:
        opt_ins.record(ledger, asked.person.email, phone, asked.now, ORIGIN)


async def _opt_out(asked: Asked) -> str:
    known = await asyncio.to_thread(_withdraw, asked)
    return asked.text("whatsapp", "opted_out", known=known)


def _withdraw(asked: Asked) -> bool:
    with asked.database.write() as ledger:
        return opt_ins.withdraw(ledger, asked.person.email)


OPTING_IN = (
    Form("whatsapp off", message("no more WhatsApp messages to you"), _opt_out),
    Form("whatsapp PHONE", message("urgent alerts also reach you by WhatsApp"), _opt_in),
)
"""Forms of `/duty`."""
