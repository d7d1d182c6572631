"""Amazon's marketplaces: where each stands, and how its reports write days.

Source: "Marketplace IDs" of the Selling Partner API's documentation. Days of the feedback report
are written as people of the marketplace do; public code reads them the same way.
"""

from typing import NamedTuple


class Marketplace(NamedTuple):
    """A country's Amazon. `days` is the order of a day's parts in its reports."""

    country: str
    region: str
    zone: str
    days: str = "dmy"

    @property
    def site(self) -> str:
        """The host of its shop."""
        return f"www.amazon.{_ENDINGS.get(self.country, self.country.lower())}"


_ENDINGS = {
    "US": "com",
    "MX": "com.mx",
    "BR": "com.br",
    "BE": "com.be",
    "TR": "com.tr",
    "AU": "com.au",
    "GB": "co.uk",
    "JP": "co.jp",
    "ZA": "co.za",
}
"""Of the shops whose address does not end in their country's two letters."""

MARKETPLACES = {
    "ATVPDKIKX0DER": Marketplace("US", "na", "America/Los_Angeles", "mdy"),
    "A2EUQ1WTGCTBG2": Marketplace("CA", "na", "America/Los_Angeles"),
    "A1AM78C64UM0Y8": Marketplace("MX", "na", "America/Los_Angeles"),
    "A2Q3Y263D00KWC": Marketplace("BR", "na", "America/Sao_Paulo"),
    "A1F83G8C2ARO7P": Marketplace("GB", "eu", "Europe/London"),
    "A28R8C7NBKEWEA": Marketplace("IE", "eu", "Europe/Dublin"),
    "A1PA6795UKMFR9": Marketplace("DE", "eu", "Europe/Berlin"),
    "A13V1IB3VIYZZH": Marketplace("FR", "eu", "Europe/Paris"),
    "APJ6JRA9NG5V4": Marketplace("IT", "eu", "Europe/Rome"),
    "A1RKKUPIHCS9HS": Marketplace("ES", "eu", "Europe/Madrid"),
    "A1805IZSGTT6HS": Marketplace("NL", "eu", "Europe/Amsterdam"),
    "AMEN7PMS3EDWL": Marketplace("BE", "eu", "Europe/Brussels"),
    "A2NODRKZP88ZB9": Marketplace("SE", "eu", "Europe/Stockholm"),
    "A1C3SOZRARQ6R3": Marketplace("PL", "eu", "Europe/Warsaw"),
    "A33AVAJ2PDY3EV": Marketplace("TR", "eu", "Europe/Istanbul"),
    "A2VIGQ35RCS4UG": Marketplace("AE", "eu", "Asia/Dubai"),
    "A17E79C6D8DWNP": Marketplace("SA", "eu", "Asia/Riyadh"),
    "ARBP9OOSHTCHU": Marketplace("EG", "eu", "Africa/Cairo"),
    "AE08WJ6YKNBMC": Marketplace("ZA", "eu", "Africa/Johannesburg"),
    "A21TJRUUN4KGV": Marketplace("IN", "eu", "Asia/Kolkata"),
    "A1VC38T7YXB528": Marketplace("JP", "fe", "Asia/Tokyo", "ymd"),
    "A39IBJ37TRP1C6": Marketplace("AU", "fe", "Australia/Sydney"),
    "A19VAU5U5O7RUS": Marketplace("SG", "fe", "Asia/Singapore"),
}
