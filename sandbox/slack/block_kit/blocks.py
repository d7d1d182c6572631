"""The blocks of messages, modals and Home tabs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.block_kit.elements import Accessory, Action, Fillable, Image
from sandbox.slack.block_kit.objects import (
    Mrkdwn,
    Name,
    PlainText,
    SecureUrl,
    Strict,
    Text,
    Url,
    at_most,
)
from sandbox.slack.block_kit.rich_text import RichText


class Block(Strict):
    """What all blocks have."""

    block_id: Name | None = None


class Section(Block):
    """Text, or fields in two columns, with something beside it."""

    type: Literal["section"]
    text: Text | None = None
    fields: list[Annotated[Text, at_most(2000)]] | None = Field(None, min_length=1, max_length=10)
    accessory: Accessory | None = None
    expand: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.fields is None:
            raise PydanticCustomError("one_of", "must have text or fields")
        return self


class Header(Block):
    """A large line."""

    type: Literal["header"]
    text: Annotated[PlainText, at_most(150)]


class Divider(Block):
    """A line between blocks."""

    type: Literal["divider"]


class Context(Block):
    """Small print."""

    type: Literal["context"]
    elements: list[Annotated[PlainText | Mrkdwn | Image, Field(discriminator="type")]] = Field(
        min_length=1, max_length=10
    )


class Actions(Block):
    """A row of things to press."""

    type: Literal["actions"]
    elements: list[Action] = Field(min_length=1, max_length=25)


class Input(Block):
    """A field to fill in, with its label."""

    type: Literal["input"]
    label: Annotated[PlainText, at_most(2000)]
    element: Fillable
    hint: Annotated[PlainText, at_most(2000)] | None = None
    optional: bool | None = None
    dispatch_action: bool | None = None


class ImageBlock(Image):
    """A large picture."""

    block_id: Name | None = None
    title: Annotated[PlainText, at_most(2000)] | None = None


class Video(Block):
    """A film from elsewhere."""

    type: Literal["video"]
    title: Annotated[PlainText, at_most(200)]
    alt_text: str = Field(min_length=1)
    video_url: SecureUrl
    thumbnail_url: Url
    title_url: SecureUrl | None = None
    author_name: str | None = Field(None, max_length=50)
    description: Annotated[PlainText, at_most(200)] | None = None
    provider_icon_url: Url | None = None
    provider_name: str | None = None


class File(Block):
    """A remote file."""

    type: Literal["file"]
    external_id: str
    source: Literal["remote"]


class Markdown(Block):
    """Standard Markdown."""

    type: Literal["markdown"]
    text: str = Field(min_length=1, max_length=12_000)


class RawText(Strict):
    """A table's cell."""

    type: Literal["raw_text"]
    text: str = Field(min_length=1)


class ColumnSettings(Strict):
    """How a table's column is set."""

    align: Literal["left", "center", "right"] | None = None
    is_wrapped: bool | None = None


class Table(Block):
    """Rows and columns."""

    type: Literal["table"]
    rows: list[
        Annotated[
            list[Annotated[RawText | RichText, Field(discriminator="type")]],
            Field(min_length=1, max_length=20),
        ]
    ] = Field(min_length=1, max_length=100)
    column_settings: list[ColumnSettings | None] | None = Field(None, max_length=20)


MessageBlock = Annotated[
    Actions
    | Context
    | Divider
    | File
    | Header
    | ImageBlock
    | Input
    | Markdown
    | RichText
    | Section
    | Table
    | Video,
    Field(discriminator="type"),
]
ViewBlock = Annotated[
    Actions | Context | Divider | Header | ImageBlock | Input | RichText | Section | Video,
    Field(discriminator="type"),
]
MessageBlocks = Annotated[list[MessageBlock], Field(max_length=50)]
ViewBlocks = Annotated[list[ViewBlock], Field(max_length=100)]
