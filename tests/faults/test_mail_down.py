"""The mail server is down for an hour: every mail arrives once after it, and few tries are made."""

import asyncio
import socket
from datetime import timedelta

from bot.attachments import Attachments
from bot.outbox import Outbox
from bot.senders.mail import MailSender
from core.ledger.tables import PostState
from core.secrets import Secrets
from core.values import Medium
from tests.faults.backoff import most_tries
from tests.support.post_office import PostOffice, check_with, with_changes
from tests.support.sandbox_process import running_sandbox

HOUR = timedelta(hours=1)
MAILS = 5
"""To the same person: one lane."""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


async def pass_time(office: PostOffice, outbox: Outbox, length: timedelta) -> None:
    """Let time pass, from one try to the next."""
    over = office.clock() + length
    while office.clock() < over:
        posts = await asyncio.to_thread(office.posts)
        now = office.clock()
        rest = max(post.next_attempt_at for post in posts) - now
        if {post.state for post in posts} == {PostState.OWED} and rest > timedelta():
            office.clock.ahead_by += rest
            outbox.wake()
        await asyncio.sleep(0.005)


async def test_an_hour_without_a_mail_server(office: PostOffice) -> None:
    port = free_port()
    office.settings = with_changes(
        check_with(office.settings, "bad_reviews", notify=[Medium.MAIL]), mail={"port": port}
    )
    attachments = Attachments(office.database, office.settings)
    office.senders[Medium.MAIL] = MailSender(office.settings, Secrets(), attachments)
    office.find(*(f"R{number}" for number in range(MAILS)))
    async with office.open() as outbox:
        await pass_time(office, outbox, HOUR)
        in_vain = sum(post.attempts for post in office.posts())
        with running_sandbox(smtp_port=port) as back:
            await office.until(office.settled, outbox, hurry=5)
            mails = back.get("/sandbox/mails")["mails"]
    assert len(mails) == len({mail["message_id"] for mail in mails}) == MAILS
    # rests of 2.5, 5, 10, 20, then 30 s at the shortest: 4 + (3600 - 37.5) / 30 tries
    assert most_tries(office.settings, HOUR) == 123
    assert 3600 / 60 <= in_vain <= 123
