"""Menus: of fixed options, of what the app is asked for, of people and of conversations."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from sandbox.slack.block_kit.objects import (
    Choice,
    Confirm,
    ConversationFilter,
    Element,
    Option,
    OptionGroup,
    Placeholder,
)


def require_offered(initial: Sequence[Choice | None], options: Sequence[Choice]) -> None:
    """Refuse a choice that is made from the start and not among the options."""
    if any(option is not None and option not in options for option in initial):
        raise PydanticCustomError("initial", "initial options must be among the options")


class Menu(Element):
    """What all menus have."""

    placeholder: Placeholder | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None


class ManyOf(Menu):
    """What menus with several picks have."""

    max_selected_items: int | None = Field(None, ge=1)


class Offering(Menu):
    """A menu that brings its options with it, bare or in groups."""

    options: list[Option] | None = Field(None, min_length=1, max_length=100)
    option_groups: list[OptionGroup] | None = Field(None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if (self.options is None) == (self.option_groups is None):
            raise PydanticCustomError("one_of", "must have either options or option_groups")
        return self

    def offered(self) -> list[Option]:
        """All options, whatever group they are in."""
        grouped = [option for group in self.option_groups or [] for option in group.options]
        return [*(self.options or []), *grouped]


class StaticSelect(Offering):
    """A menu of fixed options."""

    type: Literal["static_select"]
    initial_option: Option | None = None

    @model_validator(mode="after")
    def _initial_is_offered(self) -> Self:
        require_offered([self.initial_option], self.offered())
        return self


class MultiStaticSelect(Offering, ManyOf):
    """A menu of fixed options with several picks."""

    type: Literal["multi_static_select"]
    initial_options: list[Option] | None = Field(None, min_length=1, max_length=100)

    @model_validator(mode="after")
    def _initial_is_offered(self) -> Self:
        require_offered(self.initial_options or [], self.offered())
        return self


class ExternalSelect(Menu):
    """A menu whose options the app is asked for."""

    type: Literal["external_select"]
    initial_option: Option | None = None
    min_query_length: int | None = Field(None, ge=0)


class MultiExternalSelect(ManyOf):
    """A menu with several picks whose options the app is asked for."""

    type: Literal["multi_external_select"]
    initial_options: list[Option] | None = Field(None, min_length=1, max_length=100)
    min_query_length: int | None = Field(None, ge=0)


class UsersSelect(Menu):
    """A menu of the people."""

    type: Literal["users_select"]
    initial_user: str | None = None


class MultiUsersSelect(ManyOf):
    """A menu of the people with several picks."""

    type: Literal["multi_users_select"]
    initial_users: list[str] | None = None


class ConversationsSelect(Menu):
    """A menu of conversations."""

    type: Literal["conversations_select"]
    initial_conversation: str | None = None
    default_to_current_conversation: bool | None = None
    response_url_enabled: bool | None = None
    filter: ConversationFilter | None = None


class MultiConversationsSelect(ManyOf):
    """A menu of conversations with several picks."""

    type: Literal["multi_conversations_select"]
    initial_conversations: list[str] | None = None
    default_to_current_conversation: bool | None = None
    filter: ConversationFilter | None = None


class ChannelsSelect(Menu):
    """A menu of public channels."""

    type: Literal["channels_select"]
    initial_channel: str | None = None
    response_url_enabled: bool | None = None


class MultiChannelsSelect(ManyOf):
    """A menu of public channels with several picks."""

    type: Literal["multi_channels_select"]
    initial_channels: list[str] | None = None


AnyMenu = (
    StaticSelect
    | MultiStaticSelect
    | ExternalSelect
    | MultiExternalSelect
    | UsersSelect
    | MultiUsersSelect
    | ConversationsSelect
    | MultiConversationsSelect
    | ChannelsSelect
    | MultiChannelsSelect
)
