"""Samples and requests for quotation (plan D1, D2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.demo.catalogue import ACCESSORY, CENT
from sandbox.demo.records import USD, Buyer, Product, Rfq, Sample, Trouble
from sandbox.demo.scene import HISTORY_DAYS, Scene

_PAST_SAMPLES = 24
_SAMPLES_PER_ORDER = 3  # one in three leads to an order; the others said no
_DUE_SAMPLES = (
    (25, "24 h after dispatch: the e-mail reminder is due"),
    (73, "72 h after dispatch: the WhatsApp question is due"),
    (7 * 24 + 1, "7 days without an order: the offer of the doubled sample fee is due"),
)
_FRESH_SAMPLE_HOURS = 5
_ON_THE_WAY = timedelta(days=2)

_PAST_RFQS = 110
_RFQS_PER_WIN = 4
_UNANSWERED_HOURS = (13, 20, 30)  # rounds are at most 12 h apart: each has been missed by one
_ASKS = (
    "Looking for {quantity} pcs {name}, FOB Ningbo, private label",
    "{quantity} units of {name} for the coming season",
    "Please quote {name} x {quantity} with certificates",
)


def samples(
    scene: Scene, products: Sequence[Product], buyers: Sequence[Buyer]
) -> tuple[list[Sample], list[Trouble]]:
    """Past samples that ended, one just sent, and three whose next step is due."""
    rng = scene.rng("samples")
    goods = [product for product in products if product.category != ACCESSORY]
    rows = []
    for n in range(_PAST_SAMPLES):
        sent = scene.ago(days=86 - 3 * n)
        row = _sample(n, rng.choice(goods), rng.choice(buyers), sent, scene.today)
        rows.append(_ended(row, sent + timedelta(hours=rng.randint(74, 160))))
    due = [(_FRESH_SAMPLE_HOURS, None), *_DUE_SAMPLES]
    troubles = []
    # Each of these to another buyer, so that none answers for another.
    for (hours, why), buyer in zip(due, rng.sample(buyers, len(due)), strict=True):
        sent = scene.ago(hours=hours)
        rows.append(_sample(len(rows), rng.choice(goods), buyer, sent, scene.today))
        if why:
            troubles.append(Trouble("D1", "samples", rows[-1].sample_no, why))
    return rows, troubles


def rfqs(
    scene: Scene, products: Sequence[Product], buyers: Sequence[Buyer]
) -> tuple[list[Rfq], list[Trouble]]:
    """Requests that were quoted, one in four of them won, and three without an answer."""
    rng = scene.rng("rfqs")
    ages = sorted((rng.uniform(2, HISTORY_DAYS - 1) for _ in range(_PAST_RFQS)), reverse=True)
    rows = []
    for n, age in enumerate(ages):
        row = _rfq(n, rng.choice(products), rng.choice(buyers), scene.ago(days=age))
        quoted = row.received_at + timedelta(minutes=rng.randint(3, 300))
        rows.append(_decided(row, quoted, quoted + timedelta(hours=rng.randint(18, 40))))
    troubles = []
    for hours in _UNANSWERED_HOURS:
        row = _rfq(len(rows), rng.choice(products), rng.choice(buyers), scene.ago(hours=hours))
        rows.append(row)
        troubles.append(Trouble("D2", "rfqs", row.rfq_no, f"not quoted {hours} h after it came"))
    return rows, troubles


def _sample(n: int, product: Product, buyer: Buyer, sent: datetime, now: datetime) -> Sample:
    arrived = sent + _ON_THE_WAY
    return Sample(
        sample_no=f"S{3001 + n}",
        sku=product.sku,
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        buyer_whatsapp=buyer.whatsapp,
        language=buyer.language,
        sent_at=sent,
        delivered_at=arrived if arrived <= now else None,
        tracking_no=f"DHS{900_001 + n}",
        carrier="DHL",
        fee=(product.fob_usd * Decimal("1.2")).quantize(CENT),
        currency=USD,
        feedback_at=None,
        ordered_at=None,
        stop_contact=False,
        owner=buyer.owner,
    )


def _ended(row: Sample, moment: datetime) -> Sample:
    if int(row.sample_no[1:]) % _SAMPLES_PER_ORDER:
        return replace(row, feedback_at=moment, stop_contact=True)
    return replace(row, feedback_at=moment, ordered_at=moment + timedelta(hours=6))


def _rfq(n: int, product: Product, buyer: Buyer, received: datetime) -> Rfq:
    quantity = product.moq * (1 + n % 6)
    return Rfq(
        rfq_no=f"R{5001 + n}",
        received_at=received,
        buyer_name=buyer.name,
        buyer_email=buyer.email,
        buyer_country=buyer.country,
        sku=product.sku,
        product_text=_ASKS[n % len(_ASKS)].format(quantity=quantity, name=product.name),
        quantity=quantity,
        target_price=(product.fob_usd * Decimal("0.95")).quantize(CENT),
        currency=USD,
        quoted_at=None,
        quote_amount=None,
        won_at=None,
        lost_at=None,
        owner=buyer.owner,
    )


def _decided(row: Rfq, quoted: datetime, decided: datetime) -> Rfq:
    amount = row.target_price / Decimal("0.95") * row.quantity
    won = int(row.rfq_no[1:]) % _RFQS_PER_WIN == 0
    return replace(
        row,
        quoted_at=quoted,
        quote_amount=amount.quantize(CENT),
        won_at=decided if won else None,
        lost_at=None if won else decided,
    )
