"""Alerts that share one message: a storm of one check, or the digest. Each keeps its own life."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, func, select

from core.ledger.life.owing import A_MOMENT, batches, show_changes
from core.ledger.life.standing import RANK
from core.ledger.life.steps import By, taken
from core.ledger.life.watch import Watch
from core.ledger.posts import GROUP, GROUP_LIST, UNDER, new_post
from core.ledger.tables import Alert, AlertGroup, AlertState, GroupKind, Post
from core.values import Medium

_WORST_FIRST = (RANK.desc(), col(Alert.since), col(Alert.id))


@dataclass(frozen=True)
class GroupView:
    """What a message about many alerts is made from."""

    group: AlertGroup
    states: Mapping[str, int]
    """How many alerts are open, acknowledged, snoozed, silent, resolved."""
    severities: Mapping[str, int]
    """How many of those that are not over have each severity."""
    owners: Mapping[str, int]
    """How many that are not over, nor silent, each person owns, by e-mail, who has most first."""
    alerts: Sequence[Alert]
    """The worst that are not over, severity first, then age; for the list, every one."""
    most: str
    """E-mail of who owns most of all of them, over or not."""
    over_at: datetime | None
    """When the last of them was over; None while one is not."""

    @property
    def total(self) -> int:
        """How many alerts share the message."""
        return sum(self.states.values())

    @property
    def live(self) -> int:
        """How many of them are not over."""
        return sum(self.severities.values())


def begin(session: Session, watch: Watch, kind: GroupKind, members: Sequence[Alert]) -> None:
    """Tell alerts of one store and Slack channel in one message; each of them counts as told.

    Where their routes notify by mail, each owner has one mail with what is theirs.
    """
    first, checks = members[0], {alert.check for alert in members}
    group = AlertGroup(
        store=first.store,
        kind=kind,
        check=first.check if len(checks) == 1 else None,
        channel=first.channel,
        opened_at=watch.at,
    )
    session.add(group)
    session.flush()  # numbers the group
    _mark_as_told(session, members, {"group_id": group.id, "told_at": watch.at})
    session.add_all(_owed(watch, group, members))


def _mark_as_told(session: Session, members: Sequence[Alert], told: Mapping[str, Any]) -> None:
    """Write the same into many alerts by one statement; one each would take seconds in a storm."""
    for some in batches(members):
        these = update(Alert).where(col(Alert.id).in_([alert.id for alert in some]))
        session.exec(these.values(**told).execution_options(synchronize_session=False))
    for alert in members:
        for name, value in told.items():
            set_committed_value(alert, name, value)


def _owed(watch: Watch, group: AlertGroup, members: Sequence[Alert]) -> Iterator[Post]:
    """Yield the group's posts. The message waits until the first of the owners can be reached."""
    reached = _reached(watch, members)
    owners = _owners_by_medium(watch, members)
    if owners[Medium.SLACK]:
        due = min(reached[owner] for owner in owners[Medium.SLACK])
        message = _post(watch, group, Medium.SLACK, group.channel, due)
        yield message
        if group.kind == GroupKind.STORM or len(members) > watch.settings.alerts.worst_shown:
            listed = _post(watch, group, Medium.SLACK, group.channel, due)
            listed.template, listed.facts = GROUP_LIST, {UNDER: message.id}
            listed.created_at += A_MOMENT
            yield listed
    for owner in sorted(owners[Medium.MAIL]):
        mail = _post(watch, group, Medium.MAIL, owner, reached[owner])
        mail.facts = {"owner": owner}
        yield mail


def _reached(watch: Watch, members: Sequence[Alert]) -> dict[str, datetime]:
    """Return when each owner can be reached: earlier where one of theirs may wake them."""
    asked = {(alert.owner, watch.wakes(alert.severity)): alert for alert in members}
    reached: dict[str, datetime] = {}
    for (owner, _), alert in asked.items():
        at = watch.reached_at(watch.owner(alert), alert)
        reached[owner] = min(at, reached.get(owner, at))
    return reached


def _owners_by_medium(watch: Watch, members: Sequence[Alert]) -> Mapping[Medium, set[str]]:
    owners: dict[Medium, set[str]] = defaultdict(set)
    for alert in members:
        route = watch.route(alert)
        for medium in route.notify if route else ():
            owners[medium].add(alert.owner)
    return owners


def _post(watch: Watch, group: AlertGroup, medium: Medium, recipient: str, due: datetime) -> Post:
    post = new_post(group.store, medium, recipient, GROUP, watch.at, due=due)
    post.group_id = group.id
    return post


def take(session: Session, watch: Watch, number: int, by: By) -> int:
    """Acknowledge every open alert of a group whose owner somebody is; return how many."""
    query = select(Alert).where(
        Alert.group_id == number, Alert.owner == by.who, Alert.state == AlertState.OPEN
    )
    mine = session.exec(query.order_by(col(Alert.id)).with_for_update()).all()
    for alert in mine:
        taken(session, watch, alert, by)
    if mine:
        show_changes(session, mine, watch)
    return len(mine)


def view(session: Session, post: Post, shown: int) -> GroupView | None:
    """Return what a post about a group says: all of it, or what its `owner` owns; at most `shown`.

    None for a post that is about no group.
    """
    if post.template not in (GROUP, GROUP_LIST):
        return None
    group = session.get_one(AlertGroup, post.group_id)
    which = [Alert.group_id == group.id]
    if owner := post.facts.get("owner"):
        which.append(Alert.owner == owner)
    alerts = select(Alert).where(*which).order_by(*_WORST_FIRST)
    if post.template != GROUP_LIST:
        alerts = alerts.where(Alert.state != AlertState.RESOLVED).limit(shown)
    return _counted(session, group, which, session.exec(alerts).all())


def _counted(
    session: Session, group: AlertGroup, which: Sequence[bool], alerts: Sequence[Alert]
) -> GroupView:
    snoozed, silent = col(Alert.snoozed_until).is_not(None), col(Alert.silenced_by).is_not(None)
    kinds = (Alert.state, Alert.severity, Alert.owner, snoozed, silent)
    counted = select(*kinds, func.count(), func.max(Alert.resolved_at)).where(*which)  # type: ignore[call-overload]
    states: Counter[str] = Counter()
    severities: Counter[str] = Counter()
    owners: Counter[str] = Counter()
    everyones: Counter[str] = Counter()
    ended = []
    for state, severity, owner, is_snoozed, is_silent, count, resolved_at in session.exec(
        counted.group_by(*kinds)
    ):
        ended.append(resolved_at)
        everyones[owner] += count
        if state == AlertState.RESOLVED:
            states[state] += count
            continue
        states["silent" if is_silent else "snoozed" if is_snoozed else state] += count
        severities[severity] += count
        if not is_silent:
            owners[owner] += count
    return GroupView(
        group,
        states,
        severities,
        dict(sorted(owners.items(), key=_most_first)),
        alerts,
        most=min(everyones.items(), key=_most_first, default=("", 0))[0],
        over_at=None if severities else max(filter(None, ended), default=None),
    )


def _most_first(owned: tuple[str, int]) -> tuple[int, str]:
    return -owned[1], owned[0]
