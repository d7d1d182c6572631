"""The record kinds as files carry them: one class a kind, one field a column."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

USD = "USD"


@dataclass(frozen=True, slots=True)
class Product:
    """Something the store sells; key: sku."""

    sku: str
    name: str
    name_zh: str
    category: str
    status: str
    fob_usd: Decimal
    moq: int
    unit_cost_usd: Decimal
    purchase_lead_days: int
    transport_lead_days: int
    hs_code: str
    image_url: str


@dataclass(frozen=True, slots=True)
class Stock:
    """What lay in one warehouse at one moment, in pieces; key: sku, location, observed_at."""

    sku: str
    location: str
    on_hand: int
    committed: int
    inbound: int
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class Sales:
    """What one SKU sold on one day over one channel; key: sku, day, channel."""

    sku: str
    day: date
    channel: str
    units: int
    revenue: Decimal
    currency: str = USD


@dataclass(frozen=True, slots=True)
class Order:
    """One order with its promises; key: channel, order_no."""

    order_no: str
    channel: str
    kind: str
    status: str
    placed_at: datetime
    promised_ship_at: datetime
    shipped_at: datetime | None
    promised_delivery_at: datetime
    delivered_at: datetime | None
    amount: Decimal
    currency: str
    trade_assurance: bool | None
    buyer_name: str
    buyer_email: str | None
    buyer_country: str
    owner: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One SKU of one order; key: channel, order_no, sku."""

    order_no: str
    channel: str
    sku: str
    quantity: int
    unit_price: Decimal
    currency: str = USD


@dataclass(frozen=True, slots=True)
class Shipment:
    """One parcel or container on its way; key: carrier, tracking_no."""

    tracking_no: str
    carrier: str
    order_no: str
    channel: str
    status: str
    sub_status: str | None
    shipped_at: datetime
    last_event_at: datetime
    last_event: str
    eta: datetime
    promised_at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Review:
    """What a buyer said in public; key: channel, review_id."""

    review_id: str
    channel: str
    stars: int
    posted_at: datetime
    sku: str
    order_no: str | None
    title: str
    text: str
    language: str
    buyer_name: str
    url: str
    contacted_at: datetime | None = None
    offer: str | None = None
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A claim on a platform, with its deadline; key: channel, dispute_id."""

    dispute_id: str
    channel: str
    status: str
    opened_at: datetime
    order_no: str
    kind: str
    amount: Decimal
    currency: str
    answer_due_at: datetime
    closed_at: datetime | None
    url: str


@dataclass(frozen=True, slots=True)
class Case:
    """An after-sales case and its clock; key: case_no."""

    case_no: str
    opened_at: datetime
    order_no: str
    channel: str
    subject: str
    first_reply_at: datetime | None
    solution_at: datetime | None
    closed_at: datetime | None
    owner: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample sent to a buyer; key: sample_no."""

    sample_no: str
    sku: str
    buyer_name: str
    buyer_email: str
    buyer_whatsapp: str
    language: str
    sent_at: datetime
    delivered_at: datetime | None
    tracking_no: str
    carrier: str
    fee: Decimal
    currency: str
    feedback_at: datetime | None
    ordered_at: datetime | None
    stop_contact: bool
    owner: str


@dataclass(frozen=True, slots=True)
class Rfq:
    """A buyer's request for quotation; key: rfq_no."""

    rfq_no: str
    received_at: datetime
    buyer_name: str
    buyer_email: str
    buyer_country: str
    sku: str
    product_text: str
    quantity: int
    target_price: Decimal
    currency: str
    quoted_at: datetime | None
    quote_amount: Decimal | None
    won_at: datetime | None
    lost_at: datetime | None
    owner: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A business that buys; key: email."""

    email: str
    name: str
    company: str
    country: str
    industry: str
    language: str
    whatsapp: str
    owner: str
    stop_contact: bool = False


@dataclass(frozen=True, slots=True)
class Spend:
    """One day of one advertising campaign and what came of it; key: day, channel, campaign."""

    day: date
    channel: str
    campaign: str
    spend: Decimal
    currency: str
    impressions: int
    clicks: int
    inquiries: int
    orders: int
    gmv: Decimal
    gross_profit: Decimal


@dataclass(frozen=True, slots=True)
class Visits:
    """One day's visitors from one city; key: day, channel, country, city."""

    day: date
    channel: str
    country: str
    city: str
    visitors: int
    page_views: int
    inquiries: int
    orders: int


@dataclass(frozen=True, slots=True)
class CompetitorOffer:
    """What a competitor asked for the like of our SKU; key: competitor, url, observed_at."""

    competitor: str
    url: str
    observed_at: datetime
    sku: str
    title: str
    price: Decimal
    currency: str
    min_quantity: int
    incoterm: str
    availability: str
    sold: int | None = None
    sold_over: str | None = None


@dataclass(frozen=True, slots=True)
class CompetitorPage:
    """A page of a competitor that may be of our SKU; key: competitor, url."""

    competitor: str
    url: str
    sku: str
    status: str
    title: str


@dataclass(frozen=True, slots=True)
class PriceListEntry:
    """Our FOB price of a SKU from a quantity and a moment on; both are its key."""

    sku: str
    min_quantity: int
    valid_from: datetime
    price: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class PriceDecision:
    """What a person decided on a competitor's price; no file brings it, people do it in Slack."""

    sku: str
    competitor: str
    url: str
    quantity: int
    choice: str
    ours: Decimal
    theirs: Decimal
    currency: str
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Listing:
    """What a listing of ours asks; key: channel, listing_id, min_quantity, observed_at."""

    channel: str
    listing_id: str
    min_quantity: int
    observed_at: datetime
    sku: str
    price: Decimal
    currency: str
    url: str


@dataclass(frozen=True, slots=True)
class CompetitorFigures:
    """What an export says of a competitor's shop over 30 days; key: competitor, day."""

    competitor: str
    day: date
    visitors: int
    orders: int
    buyers: int
    repeat_buyers: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """One trouble planted on purpose: the plan's row, the check that finds it, and why.

    `visible_from` is None when a check finds it today, else the first moment it can.
    """

    plan: str
    check: str
    subject: str
    why: str
    visible_from: datetime | None = None
