"""Disputes on the platforms and after-sales cases (plan A2, A4)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sandbox.demo.records import USD, Case, Dispute, Order, Trouble
from sandbox.demo.scene import Scene

_SETTLED = timedelta(days=12)  # since the delivery: whatever followed is over

_DISPUTE_KINDS = ("quality", "damaged", "not_received", "wrong_item")
_ANSWER_WITHIN = timedelta(days=5)
_PAST_DISPUTES = 10
_OPEN_DUE_HOURS = (20, 100)

_PAST_CASES = 24
_SUBJECTS = (
    "Battery doesn't charge above 80 %",
    "Fan rattles at the highest step",
    "Display shows error E04",
    "EU adapter missing from the box",
    "Housing scratched on arrival",
    "Unit doesn't start after transport",
)
_DAY = 24
# Hours since it was opened, first answered, solved (None: not yet), and what is wrong.
_LIVE_CASES = (
    (5 / 6, None, None, "no first reply 50 min after it was opened; 30 min allowed"),
    (4 * _DAY, 4 * _DAY - 0.3, None, "no solution 4 days after it was opened; 3 allowed"),
    (8 * _DAY, 8 * _DAY - 0.2, 6 * _DAY, "not closed 8 days after it was opened; 7 allowed"),
    (26, 25.7, None, None),
    (5 * _DAY, 5 * _DAY - 0.4, 3 * _DAY, None),
)


def disputes(scene: Scene, orders: Sequence[Order]) -> tuple[list[Dispute], list[Trouble]]:
    """Past ones, closed before their deadline, and two that wait for an answer."""
    rng = scene.rng("disputes")
    against = rng.sample(_settled(scene, orders), _PAST_DISPUTES + len(_OPEN_DUE_HOURS))
    rows: list[Dispute] = []
    for order, delivered in against[:_PAST_DISPUTES]:
        opened = delivered + timedelta(hours=rng.randint(20, 90))
        closed = opened + timedelta(hours=rng.randint(24, 100))
        rows.append(_dispute(len(rows), order, opened, closed))
    troubles = []
    for hours, (order, _) in zip(_OPEN_DUE_HOURS, against[_PAST_DISPUTES:], strict=True):
        row = _dispute(len(rows), order, scene.ahead(hours=hours) - _ANSWER_WITHIN, None)
        rows.append(row)
        troubles.append(
            Trouble("A2", "disputes", row.dispute_id, f"open, the answer is due in {hours} h")
        )
    return rows, troubles


def cases(scene: Scene, orders: Sequence[Order]) -> tuple[list[Case], list[Trouble]]:
    """Past ones that kept the clock of plan A4, two running in time, three that broke it."""
    rng = scene.rng("cases")
    about = rng.sample(_settled(scene, orders), _PAST_CASES + len(_LIVE_CASES))
    rows: list[Case] = []
    for order, delivered in about[:_PAST_CASES]:
        opened = delivered + timedelta(minutes=rng.randint(600, 5000))
        waits = (rng.randint(4, 27), rng.randint(600, 3600), rng.randint(4000, 9000))
        rows.append(_case(len(rows), order, opened, [opened + timedelta(minutes=m) for m in waits]))
    troubles = []
    for (order, _), (age, replied, solved, wrong) in zip(
        about[_PAST_CASES:], _LIVE_CASES, strict=True
    ):
        steps = [None if hours is None else scene.ago(hours=hours) for hours in (replied, solved)]
        row = _case(len(rows), order, scene.ago(hours=age), [*steps, None])
        rows.append(row)
        if wrong:
            troubles.append(Trouble("A4", "after_sales", row.case_no, wrong))
    return rows, troubles


def _settled(scene: Scene, orders: Sequence[Order]) -> list[tuple[Order, datetime]]:
    """Orders that arrived long ago, each with the moment it did."""
    return [
        (order, order.delivered_at)
        for order in orders
        if order.delivered_at and scene.today - order.delivered_at > _SETTLED
    ]


def _dispute(n: int, order: Order, opened: datetime, closed: datetime | None) -> Dispute:
    number = f"D{7001 + n}"
    return Dispute(
        dispute_id=number,
        channel=order.channel,
        status="closed" if closed else "open",
        opened_at=opened,
        order_no=order.order_no,
        kind=_DISPUTE_KINDS[n % len(_DISPUTE_KINDS)],
        amount=order.amount,
        currency=USD,
        answer_due_at=opened + _ANSWER_WITHIN,
        closed_at=closed,
        url=f"https://disputes.{order.channel}.example/{number}",
    )


def _case(n: int, order: Order, opened: datetime, steps: Sequence[datetime | None]) -> Case:
    replied, solved, closed = steps
    return Case(
        case_no=f"C{4001 + n}",
        opened_at=opened,
        order_no=order.order_no,
        channel=order.channel,
        subject=_SUBJECTS[n % len(_SUBJECTS)],
        first_reply_at=replied,
        solution_at=solved,
        closed_at=closed,
        owner=order.owner,
    )
