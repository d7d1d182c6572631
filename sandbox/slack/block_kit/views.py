"""Modals and Home tabs."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.block_kit.blocks import Input, ViewBlocks
from sandbox.slack.block_kit.objects import PlainText, Strict, at_most


class AnyView(Strict):
    """What both kinds of view have."""

    blocks: ViewBlocks
    callback_id: str | None = Field(None, max_length=255)
    external_id: str | None = Field(None, max_length=255)
    private_metadata: str | None = Field(None, max_length=3000)


class Home(AnyView):
    """The app's Home tab."""

    type: Literal["home"]


class Modal(AnyView):
    """A dialog over the window."""

    type: Literal["modal"]
    title: Annotated[PlainText, at_most(24)]
    submit: Annotated[PlainText, at_most(24)] | None = None
    close: Annotated[PlainText, at_most(24)] | None = None
    clear_on_close: bool | None = None
    notify_on_close: bool | None = None
    submit_disabled: bool | None = None

    @model_validator(mode="after")
    def _inputs_can_be_submitted(self) -> Self:
        if self.submit is None and any(isinstance(block, Input) for block in self.blocks):
            raise PydanticCustomError("submit", "missing required field: submit")
        return self
