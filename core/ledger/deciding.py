"""What people decide on a competitor's price: the row, what follows from it, in one transaction.

Each function is a step in an alert's life, as those of `core.ledger.life.steps`: inside the
caller's transaction, None when there was nothing to do: of two people one decides (plan B1).
"""

from datetime import datetime
from decimal import Decimal

from sqlmodel import Session, col, select

from core.finding import Facts, facts
from core.ledger.cells import SMALLEST_MONEY, without_controls
from core.ledger.life.owing import owe_file
from core.ledger.life.steps import By, Reason, locked, resolve
from core.ledger.life.watch import Watch
from core.ledger.pairing import reject_pair
from core.ledger.price_changes import ladder_of, lock_ladder, to_price_list
from core.ledger.tables import Alert, AlertState, Choice, PriceDecision
from core.rules.ladder import price_at
from core.rules.repricing import refusal, repriced

PRICE_CHANGE = "price_change"
"""The file that the back office takes a new price from; bot/files makes it."""

_REASONS = {
    Choice.MATCH: Reason.FIXED,
    Choice.UNDERCUT: Reason.FIXED,
    Choice.KEEP: Reason.ACCEPTED,
    Choice.IGNORE: Reason.ACCEPTED,
    Choice.WRONG_PRODUCT: Reason.FALSE_ALARM,
}
"""As what an alert is resolved by each choice."""


def set_price(
    session: Session,
    watch: Watch,
    number: int,
    by: By,
    *,
    choice: Choice,
    price: Decimal,
    seen: Facts,
    note: str | None = None,
) -> Alert | None:
    """Put a new price on the price list, from the alert's quantity on. None too if it is refused.

    `seen` holds the amounts `ours` and `theirs` that the person decided on. The file for the back
    office is owed under the alert's message.
    """
    alert = _open_alert(session, number)
    if alert is None:
        return None
    decision = _decision(alert, watch, by, choice, seen, note)
    decision.new_price = price
    lock_ladder(session, alert.store, decision.sku)
    ladder, quantity = ladder_of(session, decision), decision.quantity
    ours = price_at(ladder, quantity) or decision.ours
    if refusal(price, ours, quantity, ladder, watch.settings.prices.slip_over):
        return None
    rows = to_price_list(session, decision, repriced(ladder, quantity, price))
    _end(session, watch, alert, by, decision)
    owe_file(session, watch, alert, PRICE_CHANGE, {"rows": rows})
    return alert


def keep_price(
    session: Session, watch: Watch, number: int, by: By, *, seen: Facts, note: str | None = None
) -> Alert | None:
    """Leave our price as it is; the check tells the gap again when it grows further."""
    alert = _open_alert(session, number)
    if alert is None:
        return None
    decision = _decision(alert, watch, by, Choice.KEEP, seen, note)
    return _end(session, watch, alert, by, decision)


def ignore_price(
    session: Session, watch: Watch, number: int, by: By, *, seen: Facts, until: datetime
) -> Alert | None:
    """Let the check leave the gap out until a moment to come."""
    alert = _open_alert(session, number)
    if alert is None or until <= watch.at:
        return None
    decision = _decision(alert, watch, by, Choice.IGNORE, seen)
    decision.until = until
    return _end(session, watch, alert, by, decision)


def wrong_product(session: Session, watch: Watch, number: int, by: By) -> Alert | None:
    """Compare the page with our article no more; the pair's other alerts end with this one."""
    pair = _of_the_pair(session, number)
    alert = next((each for each in pair if each.id == number), None)
    if alert is None:
        return None
    decision = _decision(alert, watch, by, Choice.WRONG_PRODUCT, alert.facts)
    page = (decision.store, decision.competitor, decision.url)
    reject_pair(session, *page, by.who, watch.at, decision.sku)
    for each in pair:
        _end(session, watch, each, by, decision)
    return alert


def _open_alert(session: Session, number: int) -> Alert | None:
    """Return an alert, locked against other clicks; None when somebody has ended it."""
    alert = locked(session, number)
    return None if alert is None or alert.state == AlertState.RESOLVED else alert


def _of_the_pair(session: Session, number: int) -> list[Alert]:
    """Return the live alerts of an alert's page and article, locked in the order of a check."""
    one = session.get(Alert, number)
    if one is None:
        return []
    query = select(Alert).where(
        Alert.store == one.store,
        Alert.check == one.check,
        Alert.state != AlertState.RESOLVED,
        col(Alert.blind).is_(False),
    )
    live = query.order_by(col(Alert.id)).execution_options(populate_existing=True)
    return [each for each in session.exec(live.with_for_update()) if _pair(each) == _pair(one)]


def _pair(alert: Alert) -> tuple[str, str, str]:
    return alert.facts["sku"], alert.facts["competitor"], alert.facts["url"]


def _decision(
    alert: Alert, watch: Watch, by: By, choice: Choice, seen: Facts, note: str | None = None
) -> PriceDecision:
    """Return the row of a decision, not stored yet, with the amounts that the person saw."""
    told = alert.facts
    assert by.who is not None  # noqa: S101  (only people decide)
    return PriceDecision(
        store=alert.store,
        sku=told["sku"],
        competitor=told["competitor"],
        url=told["url"],
        quantity=told["quantity"],
        choice=choice,
        ours=Decimal(seen["ours"]).quantize(SMALLEST_MONEY),
        theirs=Decimal(seen["theirs"]).quantize(SMALLEST_MONEY),
        currency=told["currency"],
        note=without_controls(note or "").strip() or None,
        who=by.who,
        at=watch.at,
        alert_id=alert.id,
    )


def _end(
    session: Session, watch: Watch, alert: Alert, by: By, decision: PriceDecision
) -> Alert | None:
    """Store a decision, and resolve an alert by it."""
    session.add(decision)
    session.flush()
    assert alert.id is not None  # noqa: S101  (it came from its row)
    said = ("choice", "new_price", "currency", "quantity", "until")
    decided = facts({name: getattr(decision, name) for name in said})
    reason = _REASONS[Choice(decision.choice)]
    return resolve(session, watch, alert.id, by, reason=reason, note=decision.note, decided=decided)
