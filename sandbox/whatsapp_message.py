"""What WhatsApp's Cloud API takes as a message, and its errors.

Source: the vendor's OpenAPI description of the API (v23.0) and its table of error codes.
"""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, field_validator

from sandbox.json_object import Json

BAD_PARAMETER_TEXT = re.compile(r"[\n\t]| {5,}")

TITLES = {
    100: "Invalid parameter",
    131000: "Something went wrong",
    131008: "Required parameter is missing",
    131009: "Parameter value is not valid",
    131026: "Message undeliverable",
    131047: "Re-engagement message",
    131056: "Too many messages sent from this phone number to the same phone number",
    130429: "Rate limit hit",
    132000: "Number of parameters does not match the expected number of params",
    132001: "Template name does not exist in the translation",
    132012: "Parameter format does not match format in the created template",
    190: "Access token has expired or is not valid",
}


class WhatsAppError(Exception):
    """WhatsApp says no."""

    def __init__(self, code: int, details: str, *, status: int = 400) -> None:
        super().__init__(code, details)
        self.code = code
        self.details = details
        self.status = status

    def answer(self) -> Json:
        """The body of the answer, in the vendor's shape."""
        return {
            "error": {
                "message": f"(#{self.code}) {TITLES.get(self.code, self.details)}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": "Asandbox",
            }
        }


class Strict(BaseModel):
    """An object with these properties and no others."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Language(Strict):
    """The tongue of a template, such as en_US or zh_CN."""

    policy: Literal["deterministic"]
    code: str = Field(pattern=r"^[a-z]{2,3}(_[A-Z]{2,3})?$")


class Parameter(BaseModel):
    """One value put into a template; other kinds than text carry properties of their own."""

    model_config = ConfigDict(extra="allow")

    type: Literal["text", "currency", "date_time", "image", "document", "video", "payload"]
    text: str | None = Field(None, min_length=1, max_length=1024)


class Component(Strict):
    """The values of one part of a template."""

    type: Literal["header", "body", "button"]
    parameters: list[Parameter] = []
    sub_type: Literal["quick_reply", "url", "catalog", "copy_code", "flow"] | None = None
    index: str | int | None = None


class Template(Strict):
    """An approved template with its values."""

    name: str = Field(min_length=1, max_length=512, pattern=r"^[a-z0-9_]+$")
    language: Language
    components: list[Component] = []


class Words(Strict):
    """Free text."""

    body: str = Field(min_length=1, max_length=4096)
    preview_url: bool | None = None


class Outgoing(Strict):
    """What all messages have."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"]
    to: str

    @field_validator("to")
    @classmethod
    def _is_a_phone_number(cls, to: str) -> str:
        if not re.fullmatch(r"\+?[\d ()-]{7,25}", to):
            raise ValueError("must be a phone number with its country code")
        return to


class TemplateMessage(Outgoing):
    """A message made from a template."""

    type: Literal["template"]
    template: Template


class TextMessage(Outgoing):
    """A message of free text."""

    type: Literal["text"]
    text: Words


MESSAGE: TypeAdapter[TemplateMessage | TextMessage] = TypeAdapter(
    Annotated[TemplateMessage | TextMessage, Field(discriminator="type")]
)


def accept_message(body: Any) -> TemplateMessage | TextMessage:
    """The message in a request's body.

    Raises:
        WhatsAppError: 131008 something is missing, 131009 something is wrong, 132012 a template's
            value has a new line, a tab or more than four spaces in a row.
    """
    try:
        message = MESSAGE.validate_python(body)
    except ValidationError as refused:
        first = refused.errors()[0]
        missing = first["type"] in ("missing", "union_tag_not_found")
        where = ".".join(map(str, first["loc"]))
        details = f"{where or 'type'}: {first['msg']}"
        raise WhatsAppError(131008 if missing else 131009, details) from None
    if isinstance(message, TemplateMessage):
        _check_values(message.template)
    return message


def _check_values(template: Template) -> None:
    for component in template.components:
        for parameter in component.parameters:
            if parameter.type == "text" and parameter.text is None:
                raise WhatsAppError(131008, "parameters of type text need a text")
            if BAD_PARAMETER_TEXT.search(parameter.text or ""):
                raise WhatsAppError(
                    132012,
                    "Param text cannot have new-line/tab characters or more than 4 consecutive "
                    "spaces",
                )
