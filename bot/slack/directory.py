"""Who is who, and what is where, in the Slack workspace: e-mail ↔ member, channel name → id."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import select

from core.errors import one_line
from core.ledger.database import Database
from core.ledger.tables import Member
from core.markup import Trusted
from core.settings import Person, Settings

log = logging.getLogger(__name__)


class Directory:
    """Looks members up once and remembers them in the ledger; mentions come only from here."""

    def __init__(
        self,
        client: AsyncWebClient,
        database: Database,
        settings: Settings,
        clock: Callable[[], datetime],
    ) -> None:
        self._client, self._database, self._settings = client, database, settings
        self._clock = clock
        self._members: dict[str, str] = {}
        self._channels: dict[str, str] = {}

    def load(self) -> None:
        """Take over what earlier runs learned."""
        with self._database.read() as ledger:
            known = ledger.exec(select(Member)).all()
        self._members = {member.email.lower(): member.slack_user_id for member in known}

    async def mention(self, person: Person) -> str:
        """Return what notifies a person; their bare name when Slack knows no such address."""
        user = await self.user_id(person)
        return Trusted(f"<@{user}>") if user else person.name

    async def user_id(self, person: Person) -> str | None:
        """Return the person's member id; None when Slack knows no such address."""
        email = person.email.lower()
        if email not in self._members:
            try:
                answer = await self._client.users_lookupByEmail(email=email)
            except SlackApiError as error:
                if error.response.get("error") == "users_not_found":
                    return None
                raise
            await asyncio.to_thread(self._remember, email, answer["user"]["id"])
        return self._members[email]

    def known_person(self, user_id: str) -> Person | None:
        """Return who a member is, as far as that was learned before."""
        emails = [email for email, known in self._members.items() if known == user_id]
        return next(filter(None, map(self._settings.person, emails)), None)

    async def person(self, user_id: str) -> Person | None:
        """Return who a member is; None for somebody who is not in config.yaml."""
        return self._settings.person(await self.address(user_id))

    async def address(self, user_id: str) -> str:
        """Return a member's e-mail address, also a stranger's; their id where Slack shows none."""
        if known := self.known_person(user_id):
            return known.email
        answer = await self._client.users_info(user=user_id)
        email: str = answer["user"].get("profile", {}).get("email") or user_id
        if self._settings.person(email):
            await asyncio.to_thread(self._remember, email.lower(), user_id)
        return email

    async def direct_id(self, person: Person) -> str | None:
        """Return the direct message with a person; None when Slack knows no such address."""
        user = await self.user_id(person)
        if user is None:
            return None
        if user not in self._channels:
            answer = await self._client.conversations_open(users=user)
            self._channels[user] = answer["channel"]["id"]
        return self._channels[user]

    async def channel_id(self, name: str) -> str | None:
        """Return a channel's id by its name; None when the workspace has no such channel."""
        if name not in self._channels:
            self._channels |= await self._list_channels()
        return self._channels.get(name)

    def forget_channels(self) -> None:
        """Look the channels up anew next time: one was renamed, archived or made."""
        self._channels = {}

    async def _list_channels(self) -> dict[str, str]:
        channels: dict[str, str] = {}
        cursor: Any = None
        while cursor != "":
            answer = await self._client.conversations_list(
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=200,
                cursor=cursor,
            )
            channels |= {channel["name"]: channel["id"] for channel in answer["channels"]}
            cursor = (answer.get("response_metadata") or {}).get("next_cursor") or ""
        return channels

    def _remember(self, email: str, user_id: str) -> None:
        """Remember a member; a ledger that refuses holds no message up: it is asked for again."""
        self._members[email] = user_id
        try:
            with self._database.write() as ledger:
                ledger.merge(Member(email=email, slack_user_id=user_id, learned_at=self._clock()))
        except SQLAlchemyError as error:
            log.warning("a member was not written down: %s", one_line(error))
