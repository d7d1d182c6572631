"""`/duty whatsapp`: a person's own word that they want WhatsApp messages, or no longer."""

from bot.slack.command import Asked, Form, in_thread, message
from core.ledger import opt_ins

ORIGIN = "/duty whatsapp"


def _opt_in(asked: Asked) -> str:
    written = asked.arguments["PHONE"]
    phone = opt_ins.phone_digits(written)
    if phone is None:
        return asked.text("whatsapp", "no_number", written=written)
    with asked.database.write() as ledger:
        opt_ins.record(ledger, asked.person.email, phone, asked.now, ORIGIN)
    set_up = asked.settings.whatsapp is not None
    return asked.text("whatsapp", "opted_in", phone=phone, set_up=set_up)


def _opt_out(asked: Asked) -> str:
    with asked.database.write() as ledger:
        known = opt_ins.withdraw(ledger, asked.person.email)
    return asked.text("whatsapp", "opted_out", known=known)


OPTING_IN = (
    Form("whatsapp off", message("no more WhatsApp messages to you"), in_thread(_opt_out)),
    Form("whatsapp PHONE", message("urgent alerts also reach you by WhatsApp"), in_thread(_opt_in)),
)
"""Forms of `/duty`."""
