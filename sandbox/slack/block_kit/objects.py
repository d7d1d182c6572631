"""Composition objects: texts, options, confirmation dialogs, filters."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

MAX_TEXT = 3000


class Strict(BaseModel):
    """An object that has these properties, of these types, and no others."""

    model_config = ConfigDict(extra="forbid", strict=True, defer_build=True)


class PlainText(Strict):
    """Text without formatting."""

    type: Literal["plain_text"]
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    emoji: bool | None = None


class Mrkdwn(Strict):
    """Text with Slack's own formatting."""

    type: Literal["mrkdwn"]
    text: str = Field(min_length=1, max_length=MAX_TEXT)
    verbatim: bool | None = None


Text = Annotated[PlainText | Mrkdwn, Field(discriminator="type")]


def at_most(limit: int) -> AfterValidator:
    """A text object of at most `limit` characters."""

    def check(text: Any) -> Any:
        if len(text.text) > limit:
            raise PydanticCustomError(
                "text_object_too_long", "too long", {"max_length": limit, "within": "text"}
            )
        return text

    return AfterValidator(check)


def with_scheme(*schemes: str) -> AfterValidator:
    """An address that starts with one of `schemes`."""

    def check(url: str) -> str:
        if not url.startswith(schemes):
            raise PydanticCustomError("url", "must be a valid URL")
        return url

    return AfterValidator(check)


Url = Annotated[str, Field(min_length=1, max_length=3000), with_scheme("http://", "https://")]
LinkUrl = Annotated[
    str,
    Field(min_length=1, max_length=3000),
    with_scheme("http://", "https://", "mailto:", "slack://", "tel:"),
]
SecureUrl = Annotated[str, Field(min_length=1, max_length=3000), with_scheme("https://")]
Name = Annotated[str, Field(min_length=1, max_length=255)]
Style = Literal["primary", "danger"]
Placeholder = Annotated[PlainText, at_most(150)]


class Confirm(Strict):
    """The question before an action is done."""

    title: Annotated[PlainText, at_most(100)]
    text: Annotated[Text, at_most(300)]
    confirm: Annotated[PlainText, at_most(30)]
    deny: Annotated[PlainText, at_most(30)]
    style: Style | None = None


class Choice(Strict):
    """What all choices have."""

    value: str = Field(min_length=1, max_length=150)


class Option(Choice):
    """One choice of a menu."""

    text: Annotated[PlainText, at_most(75)]
    description: Annotated[PlainText, at_most(75)] | None = None


class RichOption(Choice):
    """One choice of checkboxes or radio buttons; its text may be formatted."""

    text: Annotated[Text, at_most(75)]
    description: Annotated[Text, at_most(75)] | None = None


class OverflowOption(Option):
    """One choice of an overflow menu; it may be a link."""

    url: Url | None = None


class OptionGroup(Strict):
    """Choices under a heading."""

    label: Annotated[PlainText, at_most(75)]
    options: list[Option] = Field(min_length=1, max_length=100)


class ConversationFilter(Strict):
    """Which conversations a menu offers."""

    include: list[Literal["im", "mpim", "private", "public"]] | None = Field(None, min_length=1)
    exclude_external_shared_channels: bool | None = None
    exclude_bot_users: bool | None = None


class DispatchActionConfig(Strict):
    """When an input tells the app of itself."""

    trigger_actions_on: list[Literal["on_enter_pressed", "on_character_entered"]] = Field(
        min_length=1
    )


class Element(Strict):
    """Anything that can be acted on."""

    action_id: Name | None = None


class SlackFile(Strict):
    """A file that is already in Slack."""

    id: str | None = None
    url: Url | None = None
