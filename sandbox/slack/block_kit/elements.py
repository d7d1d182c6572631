"""Block elements: what people press, pick and fill in."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.block_kit.menus import AnyMenu, Menu, require_offered
from sandbox.slack.block_kit.objects import (
    Confirm,
    DispatchActionConfig,
    Element,
    LinkUrl,
    OverflowOption,
    Placeholder,
    PlainText,
    RichOption,
    SlackFile,
    Strict,
    Style,
    Url,
    at_most,
)

DATE = r"^\d{4}-\d{2}-\d{2}$"
TIME = r"^([01]\d|2[0-3]):[0-5]\d$"


class Image(Strict):
    """A small picture."""

    type: Literal["image"]
    alt_text: str = Field(min_length=1, max_length=2000)
    image_url: Url | None = None
    slack_file: SlackFile | None = None

    @model_validator(mode="after")
    def _one_picture(self) -> Self:
        if (self.image_url is None) == (self.slack_file is None):
            raise PydanticCustomError("one_of", "must have either image_url or slack_file")
        return self


class Button(Element):
    """A button."""

    type: Literal["button"]
    text: Annotated[PlainText, at_most(75)]
    value: str | None = Field(None, max_length=2000)
    url: LinkUrl | None = None
    style: Style | None = None
    confirm: Confirm | None = None
    accessibility_label: str | None = Field(None, max_length=75)


class Overflow(Element):
    """A menu behind three dots."""

    type: Literal["overflow"]
    options: list[OverflowOption] = Field(min_length=1, max_length=5)
    confirm: Confirm | None = None


class Checkboxes(Element):
    """Boxes to tick."""

    type: Literal["checkboxes"]
    options: list[RichOption] = Field(min_length=1, max_length=10)
    initial_options: list[RichOption] | None = Field(None, min_length=1, max_length=10)
    confirm: Confirm | None = None
    focus_on_load: bool | None = None

    @model_validator(mode="after")
    def _initial_is_offered(self) -> Self:
        require_offered(self.initial_options or [], self.options)
        return self


class RadioButtons(Element):
    """Buttons of which one is on."""

    type: Literal["radio_buttons"]
    options: list[RichOption] = Field(min_length=1, max_length=10)
    initial_option: RichOption | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None

    @model_validator(mode="after")
    def _initial_is_offered(self) -> Self:
        require_offered([self.initial_option], self.options)
        return self


class DatePicker(Menu):
    """A calendar."""

    type: Literal["datepicker"]
    initial_date: str | None = Field(None, pattern=DATE)


class TimePicker(Menu):
    """A time of the day."""

    type: Literal["timepicker"]
    initial_time: str | None = Field(None, pattern=TIME)
    timezone: str | None = None


class DateTimePicker(Element):
    """A moment, in Unix seconds."""

    type: Literal["datetimepicker"]
    initial_date_time: int | None = Field(None, ge=10**9, lt=10**10)
    confirm: Confirm | None = None
    focus_on_load: bool | None = None


class Input(Element):
    """What all fields to fill in have."""

    placeholder: Placeholder | None = None
    focus_on_load: bool | None = None
    dispatch_action_config: DispatchActionConfig | None = None


class PlainTextInput(Input):
    """A field for text."""

    type: Literal["plain_text_input"]
    initial_value: str | None = Field(None, max_length=3000)
    multiline: bool | None = None
    min_length: int | None = Field(None, ge=0, le=3000)
    max_length: int | None = Field(None, ge=1, le=3000)


class NumberInput(Input):
    """A field for a number."""

    type: Literal["number_input"]
    is_decimal_allowed: bool
    initial_value: str | None = None
    min_value: str | None = None
    max_value: str | None = None


class EmailInput(Input):
    """A field for an e-mail address."""

    type: Literal["email_text_input"]
    initial_value: str | None = None


class UrlInput(Input):
    """A field for an address."""

    type: Literal["url_text_input"]
    initial_value: str | None = None


class FileInput(Element):
    """A field for files."""

    type: Literal["file_input"]
    filetypes: list[str] | None = Field(None, min_length=1)
    max_files: int | None = Field(None, ge=1, le=10)


Anywhere = AnyMenu | Checkboxes | DatePicker | RadioButtons | TimePicker
"""What stands in sections, in actions and in inputs alike."""

Accessory = Annotated[Anywhere | Button | Image | Overflow, Field(discriminator="type")]
Action = Annotated[Anywhere | Button | DateTimePicker | Overflow, Field(discriminator="type")]
Fillable = Annotated[
    Anywhere | DateTimePicker | EmailInput | FileInput | NumberInput | PlainTextInput | UrlInput,
    Field(discriminator="type"),
]
