"""What the ledger, Slack's channels and the mailbox must hold when the storm is over."""

from collections import Counter
from collections.abc import Sequence

from sqlmodel import Session, select

from core.ledger.database import Database
from core.ledger.posts import ALERT, GROUP_LIST
from core.ledger.tables import Alert, AlertStep, Post, PostState
from core.values import Medium
from tests.faults.arena import Arena
from tests.faults.storm import ANSWERED, REVIEWS, TAKEN, end, review_of, states
from tests.support.sandbox_process import Json, RunningSandbox

MARKS = {"open": "🟠", "acknowledged": "👀", "resolved": "✅"}
"""How a warning's message begins: templates/alerts/_alert.j2."""

SENDER_DOMAIN = "harborlane.example"


def compare(arena: Arena) -> None:
    """Nothing is lost, nothing is there twice, and every message shows how its alert stands."""
    database = Database(arena.ledger)
    with database.read() as ledger:
        _compare_alerts(ledger, together=arena.together)
        posts = ledger.exec(select(Post)).all()
        alerts = {alert.id: alert for alert in ledger.exec(select(Alert))}
    database.close()
    assert {post.state for post in posts} == {PostState.SENT}
    messages = {_post_id(message): message for message in _messages(arena.sandbox, posts)}
    for post in posts:
        if (post.medium, post.template) == (Medium.SLACK, ALERT):
            head = str(messages[post.id]["blocks"][0])
            assert MARKS[alerts[post.alert_id].state] in head
    _compare_mails(arena, [post for post in posts if post.medium == Medium.MAIL])


def _compare_alerts(ledger: Session, *, together: bool) -> None:
    """One alert a review, and one step for each thing that happened to it."""
    alerts = ledger.exec(select(Alert)).all()
    assert sorted(map(review_of, alerts)) == REVIEWS
    assert states(ledger) == end(together=together)
    assert {review_of(alert) for alert in alerts if alert.gone_at} == set(ANSWERED)
    steps = Counter(ledger.exec(select(AlertStep.what)))
    taken = len(REVIEWS if together else TAKEN)
    happened = {"opened": len(REVIEWS), "acknowledged": taken, "resolved": len(ANSWERED)}
    assert {what: steps[what] for what in happened} == happened


def _messages(sandbox: RunningSandbox, posts: Sequence[Post]) -> list[Json]:
    """Every message of our own, in every channel; each post has exactly one, a list its file."""
    channels = sandbox.get("/sandbox/workspace")["channels"]
    said = [
        message
        for channel in channels
        for message in sandbox.get("/sandbox/messages", channel=channel["id"])["messages"]
    ]
    owed = [post for post in posts if post.medium == Medium.SLACK]
    lists = Counter(f"alerts-{post.id}.csv" for post in owed if post.template == GROUP_LIST)
    assert Counter(file["name"] for message in said for file in message["files"]) == lists
    messages = [message for message in said if message["metadata"]]
    written = Counter(post.id for post in owed if post.template != GROUP_LIST)
    assert Counter(map(_post_id, messages)) == written
    return messages


def _post_id(message: Json) -> str:
    return str(message["metadata"]["event_payload"]["post_id"])


def _compare_mails(arena: Arena, posts: Sequence[Post]) -> None:
    """One Message-ID a post.

    What a mail server has taken cannot be asked: after a kill it may come once more, with the same
    Message-ID, by which mail programs know the copy.
    """
    mails = Counter(mail["message_id"] for mail in arena.sandbox.get("/sandbox/mails")["mails"])
    assert mails.keys() == {f"<{post.id}@{SENDER_DOMAIN}>" for post in posts}
    assert mails.total() - len(mails) <= arena.kills
