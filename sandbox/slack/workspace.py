"""The workspace: its people, its channels, and the app that is installed in it."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from sandbox.json_object import Json
from sandbox.slack.errors import SlackError

TEAM_ID = "T0HARBOR"
TEAM_NAME = "Harbor Lane"
TEAM_DOMAIN = "harbor-lane"
APP_ID = "A0WATCH"
BOT_ID = "B0WATCH"
BOT_USER_ID = "U0WATCHBOT"
BOT_NAME = "watchkeeper"
SLACKBOT_ID = "USLACKBOT"
FOUNDED = 1_760_000_000


@dataclass(frozen=True)
class Member:
    """A person of the workspace (or a bot user)."""

    id: str
    name: str
    real_name: str
    email: str
    title: str
    locale: str
    tz: str
    color: str
    is_bot: bool = False

    def shown(self) -> Json:
        """The member for the page."""
        names = ("id", "name", "real_name", "email", "title", "locale", "tz", "color")
        return {name: getattr(self, name) for name in names}

    def as_slack(self, *, include_locale: bool = False) -> Json:
        """The member as Slack's user object."""
        zone = datetime.now(ZoneInfo(self.tz))
        profile: Json = {
            "real_name": self.real_name,
            "display_name": self.real_name,
            "title": self.title,
            "team": TEAM_ID,
        }
        if self.is_bot:
            profile |= {"bot_id": BOT_ID, "api_app_id": APP_ID}
        else:
            profile["email"] = self.email
        user: Json = {
            "id": self.id,
            "team_id": TEAM_ID,
            "name": self.name,
            "deleted": False,
            "color": self.color,
            "real_name": self.real_name,
            "tz": self.tz,
            "tz_label": zone.tzname(),
            "tz_offset": int((zone.utcoffset() or zone - zone).total_seconds()),
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_bot": self.is_bot,
            "is_app_user": False,
            "updated": FOUNDED,
        }
        return user | ({"locale": self.locale} if include_locale else {})


@dataclass
class Channel:
    """A public channel, or a direct message between the app and `user`."""

    id: str
    name: str
    topic: str = ""
    members: set[str] = field(default_factory=set)
    is_archived: bool = False
    user: str | None = None

    @property
    def is_im(self) -> bool:
        """Whether this is a direct message."""
        return self.user is not None

    def shown(self) -> Json:
        """The channel for the page."""
        names = ("id", "name", "topic", "is_im", "user", "is_archived")
        return {name: getattr(self, name) for name in names}

    def as_slack(self) -> Json:
        """The channel as Slack's conversation object."""
        common = {"id": self.id, "created": FOUNDED, "context_team_id": TEAM_ID}
        if self.is_im:
            im = {"is_im": True, "user": self.user, "is_archived": False, "is_open": True}
            return common | im | {"is_channel": False, "is_private": False}
        return common | {
            "name": self.name,
            "name_normalized": self.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "is_archived": self.is_archived,
            "is_general": self.name == "general",
            "is_member": BOT_USER_ID in self.members,
            "creator": BOT_USER_ID,
            "topic": {"value": self.topic, "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
            "num_members": len(self.members),
        }


class Workspace:
    """Who and what there is, looked up as Slack looks it up."""

    def __init__(self, members: list[Member], bot: Member, channels: list[Channel]) -> None:
        self.bot = bot
        self.members = {member.id: member for member in members}
        self.channels = {channel.id: channel for channel in channels}

    @property
    def users(self) -> list[Member]:
        """The people and the bot user."""
        return [*self.members.values(), self.bot]

    def user(self, user_id: str) -> Member:
        """The user with this id.

        Raises:
            SlackError: `user_not_found`.
        """
        for user in self.users:
            if user.id == user_id:
                return user
        raise SlackError("user_not_found")

    def user_by_email(self, email: str) -> Member:
        """The person with this e-mail address, in whatever case.

        Raises:
            SlackError: `users_not_found`.
        """
        for member in self.members.values():
            if member.email.casefold() == email.casefold():
                return member
        raise SlackError("users_not_found")

    def channel(self, channel_id: str) -> Channel:
        """The channel with this id.

        Raises:
            SlackError: `channel_not_found`.
        """
        if channel_id not in self.channels:
            raise SlackError("channel_not_found")
        return self.channels[channel_id]

    def target(self, name_or_id: str) -> Channel:
        """Where a message for a channel id, `#name` or user id goes.

        Raises:
            SlackError: `channel_not_found`.
        """
        if name_or_id in self.members:
            return self.direct(name_or_id)
        name = name_or_id.removeprefix("#")
        for channel in self.channels.values():
            if channel.name == name and not channel.is_im:
                return channel
        return self.channel(name_or_id)

    def direct(self, user_id: str) -> Channel:
        """The direct message between the app and a person; opened if there is none yet.

        Raises:
            SlackError: `user_not_found`.
        """
        member = self.members.get(user_id)
        if member is None:
            raise SlackError("user_not_found")
        channel_id = "D" + user_id[1:]
        if channel_id not in self.channels:
            both = {user_id, BOT_USER_ID}
            self.channels[channel_id] = Channel(channel_id, member.name, members=both, user=user_id)
        return self.channels[channel_id]
