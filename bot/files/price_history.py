"""The picture that goes with a price gap: ours and theirs over the last weeks (plan B1)."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlmodel import Session

from bot.charts import History, Line, Stretch
from bot.files import Picture, file_name
from core.ledger.catalogue import products
from core.ledger.price_history import Prices, price_history
from core.ledger.records import Product
from core.ledger.tables import Alert, Post
from core.markup import to_plain
from core.price_terms import terms_of
from core.rules.comparable import CURRENCY
from core.rules.price_line import Span
from core.settings import Settings, Store
from core.texts import render
from core.values import Locale

MOST_LINES = 4
"""Competitors in one picture; more could not be told apart."""

TEMPLATE = "files/price_history"

About = tuple[str, Decimal]
"""A competitor, and the share around their price within which no gap is told."""
Words = Callable[..., str]


def make(
    *, ledger: Session, settings: Settings, alert: Alert | None, post: Post | None, locale: Locale
) -> Picture | None:
    """Return the picture of a gap's article; None where the alert is not about one."""
    if alert is None or not {"sku", "quantity", "competitor", "limit"} <= alert.facts.keys():
        return None
    facts = alert.facts
    return picture(
        ledger,
        settings,
        settings.store_of(alert.store),
        locale,
        sku=facts["sku"],
        quantity=int(facts["quantity"]),
        until=post.created_at if post else alert.told_at or alert.opened_at,
        about=(facts["competitor"], Decimal(facts["limit"])),
    )


def picture(
    ledger: Session,
    settings: Settings,
    store: Store,
    locale: Locale,
    *,
    sku: str,
    quantity: int,
    until: datetime,
    about: About | None = None,
) -> Picture | None:
    """Return the picture of an article's prices at a quantity; None where none are known.

    The competitor that it is `about` comes first.
    """
    terms = terms_of(settings)
    product = products(ledger, store.name, [sku]).get(sku)
    if terms is None or product is None:
        return None
    over = settings.prices.chart_over
    prices = price_history(
        *(ledger, settings, store, terms),
        sku=sku, quantity=quantity, first=until - over, until=until,
    )  # fmt: skip
    if not prices.ours and not any(prices.theirs.values()):
        return None

    words = _words(product, store, locale, quantity, over)
    chart = _chart(prices, words, locale, store, (until - over, until), about)
    return Picture(file_name("price", sku, ending=".png"), words("file"), chart)


def _words(product: Product, store: Store, locale: Locale, quantity: int, over: timedelta) -> Words:
    """Return what says a block of the picture's template, for one article."""
    name = product.name_zh if locale == Locale.CHINESE else product.name
    known = {
        "sku": product.sku,
        "name": name or product.name or "",
        "quantity": quantity,
        "over": over,
        "currency": CURRENCY,
    }

    def words(block: str, **values: object) -> str:
        text = render(TEMPLATE, block, known | values, locale=locale, zone=store.zone)
        return to_plain(text)

    return words


def _chart(
    prices: Prices,
    words: Words,
    locale: Locale,
    store: Store,
    time: tuple[datetime, datetime],
    about: About | None,
) -> History:
    (first, until), (name, limit) = time, about or ("", None)

    def rank(other: str) -> tuple[bool, bool, Decimal, str]:
        price = _now(prices.theirs[other], until)
        return other != name, price is None, price or Decimal(0), other  # then the cheapest

    def their(other: str) -> Line:
        line = prices.theirs[other]
        label = words("theirs", competitor=other, price=_now(line, until))
        return _line(label, line, store, limit if other == name else None)

    ours = words("ours", dated=prices.is_dated, price=_now(prices.ours, until))
    return History(
        language=str(locale),
        title=words("title"),
        price_axis=words("axis"),
        first=first.astimezone(store.zone),
        last=until.astimezone(store.zone),
        ours=_line(ours, prices.ours, store),
        theirs=tuple(map(their, sorted(prices.theirs, key=rank)[:MOST_LINES])),
        band_label=words("band", limit=limit) if limit else "",
    )


def _now(line: Sequence[Span], until: datetime) -> Decimal | None:
    """Return what is asked at the end; None where nothing is known then."""
    return line[-1].price if line and line[-1].last >= until else None


def _line(label: str, line: Sequence[Span], store: Store, limit: Decimal | None = None) -> Line:
    def stretch(span: Span) -> Stretch:
        edges = (1 - limit, 1 + limit) if limit else ()
        return Stretch(
            span.first.astimezone(store.zone),
            span.last.astimezone(store.zone),
            float(span.price),
            *(float(span.price * edge) for edge in edges),
        )

    return Line(label, tuple(stretch(span) for span in line))
