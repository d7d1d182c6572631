"""The app manifest: which commands, scopes and events the app has. Without one, it has all."""

from pydantic import BaseModel, Field, ValidationError

from sandbox.json_object import Json
from sandbox.slack.errors import SlackError


class Command(BaseModel):
    """A slash command."""

    command: str = Field(pattern=r"^/\S+$")
    usage_hint: str = ""
    description: str = ""


class Features(BaseModel):
    """What people find of the app."""

    slash_commands: list[Command] = []


class Scopes(BaseModel):
    """What tokens may do; None is everything."""

    bot: list[str] | None = None


class OAuth(BaseModel):
    """How the app is installed."""

    scopes: Scopes = Scopes()


class Subscriptions(BaseModel):
    """The events the app is sent."""

    bot_events: list[str] = []


class Settings(BaseModel):
    """How the app is reached."""

    event_subscriptions: Subscriptions = Subscriptions()


class Content(BaseModel):
    """What the sandbox reads of a manifest in Slack's format."""

    features: Features = Features()
    oauth_config: OAuth = OAuth()
    settings: Settings = Settings()


class Manifest:
    """The registered manifest; until there is one, everything is allowed."""

    def __init__(self) -> None:
        self._content: Content | None = None

    def register(self, content: Json) -> None:
        """Take the app's manifest; an empty one takes it away.

        Raises:
            ValueError: it is not in Slack's format; the text says where.
        """
        try:
            self._content = Content.model_validate(content) if content else None
        except ValidationError as refused:
            first = refused.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ValueError(f"{where}: {first['msg']}") from None

    @property
    def commands(self) -> list[Json]:
        """The registered slash commands: command, usage_hint, description."""
        if self._content is None:
            return []
        return [command.model_dump() for command in self._content.features.slash_commands]

    @property
    def scopes(self) -> list[str] | None:
        """The scopes of the bot token; None is all."""
        return None if self._content is None else self._content.oauth_config.scopes.bot

    def has_command(self, command: str) -> bool:
        """Whether people can use this slash command."""
        return self._content is None or any(c["command"] == command for c in self.commands)

    def wants_event(self, name: str) -> bool:
        """Whether the app is subscribed to an event, such as `message.channels`."""
        if self._content is None:
            return True
        return name in self._content.settings.event_subscriptions.bot_events

    def check_scope(self, any_of: tuple[str, ...]) -> None:
        """Refuse a call that the token has no scope for.

        Raises:
            SlackError: `missing_scope`.
        """
        if self.scopes is None or not any_of or set(any_of) & set(self.scopes):
            return
        raise SlackError("missing_scope", needed=",".join(any_of), provided=",".join(self.scopes))
