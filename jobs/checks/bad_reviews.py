"""Bad reviews whose buyer nobody has contacted yet (plan A1)."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, and_, col, or_, select

from core.countries import country_code
from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger.life.provenance import came_from
from core.ledger.records import Order, Product, Review
from core.settings import Store
from core.stanza import Duration
from core.values import Severity


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    max_stars: int = Field(ge=1, le=4, description="a review of so many stars or fewer is bad")
    critical_stars: int = Field(ge=0, le=4, description="critical from so few stars down; 0: never")
    contact_within: Duration = Field(description="from the review to contact with the buyer")
    look_back: Duration = Field(description="older reviews are history")


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every bad review that is neither contacted nor settled."""
    query = (
        select(Review, Order, Product)
        .join(
            Order,
            and_(
                Order.store == Review.store,
                Order.channel == Review.channel,
                Order.order_no == Review.order_no,
            ),
            isouter=True,
        )
        .join(Product, and_(Product.store == Review.store, Product.sku == Review.sku), isouter=True)
        .where(
            Review.store == store.name,
            Review.stars <= stanza.max_stars,
            Review.posted_at <= as_of,
            Review.posted_at > as_of - stanza.look_back,
            _unanswered(as_of),
        )
        .order_by(col(Review.posted_at))
    )
    for review, order, product in ledger.exec(query):
        yield _finding(review, order, product, stanza)


def _unanswered(as_of: datetime) -> ColumnElement[bool]:
    """Tell whether nobody had contacted the buyer by a moment.

    An outcome has no moment of its own: it comes after the contact, and without one it settles
    the review from the start.
    """
    contacted_at = col(Review.contacted_at)
    never = and_(contacted_at.is_(None), col(Review.outcome).is_(None))
    return or_(never, contacted_at > as_of)


def _finding(
    review: Review, order: Order | None, product: Product | None, stanza: Settings
) -> Finding:
    told = {
        "review_id": review.review_id,
        "channel": review.channel,
        "stars": review.stars,
        "sku": review.sku,
        "name": product and product.name,
        "name_zh": product and product.name_zh,
        "category": product and product.category,
        "order_no": review.order_no,
        "market": country_code(order.buyer_country) if order else None,
        "amount": order and order.amount,
        "currency": order and order.currency,
        "title": review.title,
        "text": review.text,
        "language": review.language,
        "buyer_name": review.buyer_name,
        "url": review.url,
        "posted_at": review.posted_at,
        "contact_by": review.posted_at + stanza.contact_within,
    }
    return Finding(
        subject=f"{review.channel} {review.review_id}",
        facts=facts(told),
        since=review.posted_at,
        severity=Severity.CRITICAL if review.stars <= stanza.critical_stars else None,
        owner=order.owner if order else None,
        provenance=[came_from(row) for row in (review, order, product) if row],
    )
