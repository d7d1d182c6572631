"""The values that config.yaml's parts are made of: names, addresses, zones, words of a few."""

from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, StringConstraints


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone of the IANA list, such as Asia/Shanghai") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


@cache
def countries() -> frozenset[str]:
    """Return the countries of ISO 3166, by their two letters."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


def _known_country(code: str) -> str:
    if code not in countries():
        raise ValueError("not a country's two capital letters, such as CN or US")
    return code


Country = Annotated[str, AfterValidator(_known_country)]


def _known_kind(name: str) -> str:
    from core.ledger.records import kind_of  # noqa: PLC0415  (SQLAlchemy takes a while to load)

    kind_of(name)
    return name


_CURRENCY = r"^[A-Z]{3}$"
_NAME = r"^[a-z][a-z0-9_]*$"
_EMAIL = r"^[^@\s<>]+@[^@\s<>]+$"
_CHANNEL = r"^[a-z0-9][a-z0-9_-]{0,79}$"
DATABASE = r"^(sqlite:///|postgresql(\+psycopg)?://).+$"
GRAPH_VERSION = r"^v[0-9]+\.[0-9]+$"
PHONE_NUMBER_ID = r"^[0-9]+$"
PLAIN_ADDRESS = r"^https?://[^@/\s]+(/\S*)?$"
IN_WORDS = {
    _CURRENCY: "a currency's three capital letters, such as USD",
    _NAME: "lower-case letters, digits and _, a letter first",
    _EMAIL: "an e-mail address",
    _CHANNEL: "a Slack channel's name without #",
    GRAPH_VERSION: "a version such as v23.0",
    PHONE_NUMBER_ID: "the digits that Meta shows beside the number",
    PLAIN_ADDRESS: "http://HOST:PORT without user and password; those come from .env",
    DATABASE: "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
}
"""What each pattern allows, for people."""

Currency = Annotated[str, StringConstraints(pattern=_CURRENCY)]
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL)]
Channel = Annotated[str, StringConstraints(pattern=_CHANNEL)]
RecordKind = Annotated[str, AfterValidator(_known_kind)]


class Locale(StrEnum):
    """The languages people are written to in."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class Severity(StrEnum):
    """How bad a finding is, mildest first."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


def rank(severity: str) -> int:
    """Return how bad a severity is: 0 for the mildest."""
    return list(Severity).index(Severity(severity))


class Medium(StrEnum):
    """What a post travels over."""

    SLACK = "slack"
    MAIL = "mail"
    WHATSAPP = "whatsapp"


class CatchUp(StrEnum):
    """What to do with a slot that was slept through."""

    RUN_LATE = "run late"
    SKIP = "skip"


class Security(StrEnum):
    """How the connection to the mail server is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"
