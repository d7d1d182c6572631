"""The rich_text block: what Slack's own editor writes."""

from typing import Annotated, Literal

from pydantic import Field

from sandbox.slack.block_kit.objects import Name, Strict


class TextStyle(Strict):
    """How a piece looks."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None
    code: bool | None = None
    underline: bool | None = None
    highlight: bool | None = None
    client_highlight: bool | None = None
    unlink: bool | None = None


class Piece(Strict):
    """What all pieces have."""

    style: TextStyle | None = None


class TextPiece(Piece):
    """Words."""

    type: Literal["text"]
    text: str = Field(min_length=1)


class LinkPiece(Piece):
    """A link."""

    type: Literal["link"]
    url: str = Field(min_length=1)
    text: str | None = None
    unsafe: bool | None = None


class UserPiece(Piece):
    """A mention of a person."""

    type: Literal["user"]
    user_id: str


class UserGroupPiece(Piece):
    """A mention of a group."""

    type: Literal["usergroup"]
    usergroup_id: str


class ChannelPiece(Piece):
    """A channel's name."""

    type: Literal["channel"]
    channel_id: str


class BroadcastPiece(Piece):
    """A mention of everybody."""

    type: Literal["broadcast"]
    range: Literal["here", "channel", "everyone"]


class EmojiPiece(Piece):
    """An emoji."""

    type: Literal["emoji"]
    name: str
    unicode: str | None = None
    url: str | None = None


class DatePiece(Piece):
    """A moment, shown in each reader's time."""

    type: Literal["date"]
    timestamp: int
    format: str
    url: str | None = None
    fallback: str | None = None


class ColorPiece(Piece):
    """A colour."""

    type: Literal["color"]
    value: str


AnyPiece = Annotated[
    TextPiece
    | LinkPiece
    | UserPiece
    | UserGroupPiece
    | ChannelPiece
    | BroadcastPiece
    | EmojiPiece
    | DatePiece
    | ColorPiece,
    Field(discriminator="type"),
]


class RichSection(Strict):
    """A paragraph."""

    type: Literal["rich_text_section"]
    elements: list[AnyPiece]


class RichQuote(Strict):
    """A quotation."""

    type: Literal["rich_text_quote"]
    elements: list[AnyPiece]
    border: Literal[0, 1] | None = None


class RichPreformatted(Strict):
    """A block of code."""

    type: Literal["rich_text_preformatted"]
    elements: list[AnyPiece]
    border: Literal[0, 1] | None = None


class RichList(Strict):
    """A list of paragraphs."""

    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    elements: list[RichSection]
    indent: int | None = Field(None, ge=0, le=8)
    offset: int | None = Field(None, ge=0)
    border: Literal[0, 1] | None = None


class RichText(Strict):
    """The whole block."""

    type: Literal["rich_text"]
    block_id: Name | None = None
    elements: list[
        Annotated[
            RichSection | RichList | RichPreformatted | RichQuote, Field(discriminator="type")
        ]
    ]
