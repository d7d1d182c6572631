"""A new price of ours: what is proposed, what is said of it, and why one is refused (plan B1)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal

from sqlmodel import Session

from core.finding import Facts
from core.ledger.cells import read_money
from core.ledger.price_list import fob_ladders
from core.ledger.tables import Alert, AlertState, Choice
from core.markup import to_plain
from core.rules.comparable import tick
from core.rules.ladder import Ladder, price_at
from core.rules.price_gap import margin
from core.rules.repricing import fewer_pieces, floor_price, on_step, refusal, repriced
from core.settings import Settings
from core.texts import render
from core.values import Locale

TEMPLATE = "alerts/_reprice"


@dataclass(frozen=True)
class Prices:
    """An alert's prices of now: ours from the price list, theirs as the check last saw them."""

    told: Facts
    ladder: Ladder
    ours: Decimal
    theirs: Decimal

    @property
    def step(self) -> Decimal:
        """The step that our price is written in."""
        return tick(self.ours, self.told["currency"])


class UnfitPrice(ValueError):
    """A price that is refused; `block` of the template says why."""

    def __init__(self, block: str, values: Facts) -> None:
        super().__init__(block)
        self.block, self.values = block, values


def prices_of(ledger: Session, alert: Alert, now: datetime) -> Prices:
    """Return an alert's prices of now."""
    told = alert.facts
    ladder = fob_ladders(ledger, alert.store, now, [told["sku"]]).get(told["sku"], ())
    ours = price_at(ladder, told["quantity"]) or Decimal(told["ours"])
    return Prices(told, ladder, ours, Decimal(told["theirs"]))


def proposal(prices: Prices, choice: Choice, settings: Settings) -> Decimal | None:
    """Return the price that a choice proposes, in whole steps of ours and never above theirs.

    None where not one step is left.
    """
    below = settings.prices.undercut_by if choice == Choice.UNDERCUT else 0
    return on_step(prices.theirs * (1 - below), prices.step) or None


def said_of(prices: Prices, price: Decimal | None) -> list[tuple[str, Facts]]:
    """Return the template's blocks, with their values, that say what a price means."""
    known = prices.told | asdict(prices)
    if price is None:
        return [("facts", known)]
    known |= {"price": price} | _margins(prices, price)
    said = [("facts", known), ("margin", known)]
    if known["floor"] and price < known["floor"]:
        said.append(("warning", known))
    lowered = _lowered(prices, price)
    return [*said, ("lowered", known | {"lowered": lowered})] if lowered else said


def _margins(prices: Prices, price: Decimal) -> Facts:
    """Return what a price would leave, and the one that our least margin asks for (plan E3)."""
    cost, least = (_number(prices.told.get(name)) for name in ("unit_cost", "least_margin"))
    floor = floor_price(cost, least, prices.step) if cost and least else None
    return {"margin": margin(price, cost), "least_margin": least, "floor": floor}


def _number(fact: str | None) -> Decimal | None:
    return Decimal(fact) if fact else None


def _lowered(prices: Prices, price: Decimal) -> list[Facts]:
    """Return the tiers for more pieces that a price would bring down."""
    quantity = prices.told["quantity"]
    tiers = repriced(prices.ladder, quantity, price)
    return [asdict(tier) for tier in tiers if tier.min_quantity > quantity and tier.changed]


def fit_price(
    ledger: Session, settings: Settings, alert: Alert, written: str, now: datetime
) -> Decimal:
    """Return the price that somebody wrote. Raises UnfitPrice.

    For an alert that is over, nothing is compared any more: nothing will come of the price.
    """
    currency = alert.facts["currency"]
    price = _read(written, currency)
    if alert.state == AlertState.RESOLVED:
        return price
    prices, slip_over = prices_of(ledger, alert, now), settings.prices.slip_over
    ladder, quantity = prices.ladder, alert.facts["quantity"]
    refused = refusal(price, prices.ours, quantity, ladder, slip_over)
    if refused is None:
        return price
    fewer = fewer_pieces(ladder, quantity)
    known = {"price": price, "ours": prices.ours, "currency": currency, "slip_over": slip_over}
    raise UnfitPrice(refused, known | {"fewer": asdict(fewer) if fewer else None})


def _read(written: str, currency: str) -> Decimal:
    try:
        amount, may_be = read_money(written.strip())
    except ValueError:
        raise UnfitPrice("no_price", {"wanted": written}) from None
    if may_be and currency not in may_be:
        raise UnfitPrice("other_currency", {"currency": currency})
    return amount


def repricing_text(settings: Settings, locale: Locale, block: str, values: Facts) -> str:
    """Return a block of the template, in the markup of `core.markup`."""
    return render(TEMPLATE, block, values, locale=locale, zone=settings.stores[0].zone)


def unfit_text(settings: Settings, locale: Locale, problem: UnfitPrice) -> str:
    """Return why a price is refused, as plain text."""
    return to_plain(repricing_text(settings, locale, problem.block, problem.values))
