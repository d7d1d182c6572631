"""Which content types a push may have."""

from email.message import Message

from bot.web.problems import Problem
from core.pushing import Form

FORMS = {
    "application/json": Form.JSON,
    "application/x-ndjson": Form.JSON_LINES,
    "application/jsonl": Form.JSON_LINES,
    "application/json-lines": Form.JSON_LINES,
    "text/csv": Form.CSV,
    "text/tab-separated-values": Form.CSV,
}


def form_of(content_type: str) -> tuple[Form, str | None]:
    """Return what a Content-Type says of a body, and its charset. Raises Problem."""
    header = Message()
    header["content-type"] = content_type
    named = header.get_content_type() if content_type else ""
    if named not in FORMS:
        taken = ", ".join(FORMS)
        raise Problem(415, f"Content-Type {named!r} is not taken; send {taken}")
    charset = header.get_param("charset")
    return FORMS[named], charset if isinstance(charset, str) else None
