"""What the steps of the chains owe: replies, direct messages, mails; many of a lane as one."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlmodel import Session, and_, col, or_, select

from core.finding import Facts, facts
from core.ledger.life.owing import A_MOMENT, about
from core.ledger.life.watch import Watch
from core.ledger.posts import ALERT, GROUP, UNDER, owe_text, retry
from core.ledger.tables import Alert, AlertState, Post, PostState
from core.values import Medium, rank

NUDGE, NUDGES = "nudge", "nudges"
"""The templates of a reminder of one alert, and of one that stands for many."""


class NudgeKind(StrEnum):
    """Why somebody is asked."""

    BEFORE = "before"
    """An answer will be due."""
    DUE = "due"
    AFTER = "after"
    """Nobody has answered."""
    FOLLOW_UP = "follow_up"
    """They took it, and it is not resolved."""


@dataclass(frozen=True)
class Nudge:
    """One step's message about one alert; `people` are the e-mails of whom it mentions."""

    alert: Alert
    medium: Medium
    recipient: str
    people: Sequence[str]
    kind: NudgeKind
    broadcast: bool = False
    """A reply that is shown in the channel too."""

    @property
    def is_for_a_person(self) -> bool:
        """Whether one person gets it, and no channel."""
        return self.medium != Medium.SLACK or self.recipient.startswith("@")

    @property
    def lane(self) -> tuple[object, ...]:
        """What may be told in one message: same place, same shared message, same reason."""
        follows_up = self.kind == NudgeKind.FOLLOW_UP
        return (self.alert.store, self.medium, self.recipient, self.alert.group_id, follows_up)

    @property
    def facts(self) -> Facts:
        """What the template `alerts/_nudge` shows."""
        told = {"kind": self.kind, "due_at": self.alert.due_at, "broadcast": self.broadcast}
        return facts({"people": self.people, **told})


def owe_nudges(session: Session, watch: Watch, nudges: Iterable[Nudge]) -> None:
    """Owe what steps have to say, in their order.

    Where alerts share a message, or more than `alerts.group_over` go to one place, one message
    stands for them all. What already waits there to be sent is not owed a second time.
    """
    lanes: dict[tuple[object, ...], list[Nudge]] = defaultdict(list)
    for nudge in nudges:
        lanes[nudge.lane].append(nudge)
    alone: list[Nudge] = []
    for lane in lanes.values():
        if not _are_one_message(watch, lane):
            alone += lane
        elif lane[0].medium == Medium.WHATSAPP:
            alone.append(min(lane, key=_worst_first))  # its template has room for one alert
        else:
            _owe_together(session, watch, lane)
    _owe_each(session, watch, alone)


def _are_one_message(watch: Watch, lane: Sequence[Nudge]) -> bool:
    if len(lane) > watch.settings.alerts.group_over:
        return True
    shared = lane[0].alert.group_id is not None
    return shared and (len(lane) > 1 or not lane[0].is_for_a_person)


def _worst_first(nudge: Nudge) -> tuple[int, datetime]:
    return -rank(nudge.alert.severity), nudge.alert.due_at


def _owe_together(session: Session, watch: Watch, lane: Sequence[Nudge]) -> None:
    """Owe one message that counts the alerts, names the worst and mentions everybody asked."""
    first, alerts = lane[0].alert, {n.alert.id: n.alert for n in sorted(lane, key=_worst_first)}
    shown = list(alerts.values())[: watch.settings.alerts.worst_shown]
    told = {
        "kind": min(lane, key=_worst_first).kind,
        "count": len(alerts),
        "people": list(dict.fromkeys(email for nudge in lane for email in nudge.people)),
        "worst": [_line(watch, alert) for alert in shown],
        "broadcast": any(nudge.broadcast for nudge in lane),
    }
    medium, recipient = lane[0].medium, lane[0].recipient
    if message := _shared_message(session, first.group_id, recipient):
        _try_again(session, watch.at, [message])
        told[UNDER] = message.id
    for earlier, _ in _waiting(session, Post.template == NUDGES):
        same_place = (earlier.medium, earlier.recipient) == (medium, recipient)
        if same_place and _numbers(earlier) <= alerts.keys():
            session.delete(earlier)  # what it says is said anew
    owe_text(
        session,
        store=first.store,
        medium=medium,
        recipient=recipient,
        template=NUDGES,
        facts=facts(told),
        at=watch.at,
    )


def _numbers(post: Post) -> set[int]:
    return {line["number"] for line in post.facts["worst"]}


def _shared_message(session: Session, group: int | None, channel: str) -> Post | None:
    """Return the message that alerts share in a channel; None where there is none."""
    query = select(Post).where(
        col(Post.group_id) == group,
        Post.template == GROUP,
        Post.medium == Medium.SLACK,
        Post.recipient == channel,
    )
    return session.exec(query.limit(1)).first()


def _try_again(session: Session, at: datetime, messages: Sequence[Post]) -> None:
    """Owe the latest of the messages that a nudge goes under again, where all of them failed.

    What has passed meanwhile is mended by it; what has not is told once more, not swallowed.
    """
    if all(post.state == PostState.FAILED and post.place is None for post in messages):
        retry(session, at, max(messages, key=lambda post: post.created_at).id)


def _line(watch: Watch, alert: Alert) -> dict[str, Any]:
    return {
        "number": alert.id,
        "check": alert.check,
        "subject": alert.subject,
        "owner": watch.owner(alert).name,
        "due_at": alert.due_at,
    }


def _owe_each(session: Session, watch: Watch, nudges: Sequence[Nudge]) -> None:
    if not nudges:
        return
    waiting = {_place(post) for post, _ in _waiting(session, Post.template == NUDGE)}
    for number, nudge in enumerate(nudges):
        caused_at = watch.at + 2 * number * A_MOMENT
        post = about(nudge.alert, nudge.medium, nudge.recipient, NUDGE, caused_at, due=watch.at)
        post.facts = nudge.facts
        if _place(post) not in waiting:
            session.add_all(_with_alert(session, nudge, post))


def _place(post: Post) -> tuple[object, ...]:
    return post.alert_id, post.medium, post.recipient, *post.facts["people"]


def _with_alert(session: Session, nudge: Nudge, post: Post) -> list[Post]:
    """Return a Slack nudge as the alert itself where that does not stand yet, else as a reply."""
    if nudge.medium != Medium.SLACK:
        return [post]
    at, due = post.created_at, post.next_attempt_at
    if messages := _messages(session, post):
        _try_again(session, due, messages)
        return [post]
    itself = about(nudge.alert, post.medium, post.recipient, ALERT, at, due=due)
    post.created_at += A_MOMENT
    return [itself] if nudge.is_for_a_person else [itself, post]


def _messages(session: Session, post: Post) -> Sequence[Post]:
    """Return the alert's own messages in the place of a nudge."""
    query = select(Post).where(
        Post.alert_id == post.alert_id,
        Post.medium == post.medium,
        Post.recipient == post.recipient,
        Post.template == ALERT,
    )
    return session.exec(query).all()


def withdraw_answered(session: Session) -> None:
    """Take back what was owed and asks for nothing any more: nobody is reminded of what is done.

    That is what waits while Slack or the mail server is down. The steps stay in the record.
    """
    direct = and_(Post.template == ALERT, col(Post.recipient).like("@%"))
    for post, alert in _waiting(session, or_(Post.template == NUDGE, direct)):
        if alert and not _still_asks(alert, post.facts.get("kind")):
            session.delete(post)
    for post, _ in _waiting(session, Post.template == NUDGES):
        shown = [session.get(Alert, number) for number in _numbers(post)]
        if not any(alert and _still_asks(alert, post.facts["kind"]) for alert in shown):
            session.delete(post)


def _waiting(session: Session, which: Any) -> Sequence[tuple[Post, Alert | None]]:
    """Return posts that nobody has tried to send yet, locked, with the alerts they are about."""
    query = select(Post, Alert).join(Alert, col(Alert.id) == Post.alert_id, isouter=True)
    untried = query.where(
        which,
        Post.state == PostState.OWED,
        Post.sent_revision == 0,
        col(Post.uncertain).is_(False),
    )
    return session.exec(untried.with_for_update(skip_locked=True, of=Post)).all()


def _still_asks(alert: Alert, kind: str | None) -> bool:
    waits_for = AlertState.ACKNOWLEDGED if kind == NudgeKind.FOLLOW_UP else AlertState.OPEN
    silent = alert.silenced_by is not None or alert.snoozed_until is not None
    return alert.state == waits_for and not silent
