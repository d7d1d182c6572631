"""Currencies as shops print them, and what else on a page tells which one is meant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global
from babel.numbers import get_currency_precision, get_territory_currencies, list_currencies

from scrapers.page.numbers import language_mark


def _set_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DOLLARS = "USD CAD AUD NZD HKD SGD TWD MXN ARS CLP COP BRL UYU"
_SYMBOLS: dict[str, str] = {
    "US$": "USD", "US $": "USD", "USD$": "USD", "C$": "CAD", "CA$": "CAD", "CAD$": "CAD",
    "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD", "NT$": "TWD", "S$": "SGD",
    "MX$": "MXN", "R$": "BRL", "$": _DOLLARS, "€": "EUR", "£": "GBP", "¥": "CNY JPY",
    "元": "CNY", "美元": "USD", "欧元": "EUR", "日元": "JPY", "港元": "HKD", "円": "JPY",
    "RMB": "CNY", "CN¥": "CNY", "人民币": "CNY", "元人民币": "CNY", "JP¥": "JPY", "₹": "INR",
    "Rs.": "INR PKR LKR", "Rs": "INR PKR LKR", "₩": "KRW", "원": "KRW", "₽": "RUB",
    "руб.": "RUB", "руб": "RUB", "рублей": "RUB", "р.": "RUB BYN", "Р": "RUB", "грн.": "UAH",
    "грн": "UAH", "тг": "KZT", "euro": "EUR", "Euro": "EUR", "$US": "USD",
    "¢": "USD CAD AUD NZD", "￠": "USD CAD AUD NZD",
    "₺": "TRY", "TL": "TRY", "₫": "VND", "฿": "THB", "zł": "PLN", "Kč": "CZK", "Ft": "HUF",
    "lei": "RON", "лв": "BGN", "kr.": "DKK NOK SEK ISK", "kr": "SEK NOK DKK ISK", "₴": "UAH",
    "₦": "NGN", "₪": "ILS", "₱": "PHP", "Rp": "IDR", "RM": "MYR", "د.إ": "AED", "ر.س": "SAR",
    "ج.م": "EGP", "Fr.": "CHF", "₸": "KZT",
}  # fmt: skip
# ISO codes looked for in running text: those of trade that are not also English words (ALL, TOP).
_CODES = _set_of(
    "USD EUR GBP CNY JPY HKD TWD KRW INR PKR LKR BDT THB VND IDR MYR SGD PHP AUD NZD CAD MXN BRL "
    "ARS CLP COP CHF SEK NOK DKK ISK PLN CZK HUF RON BGN UAH RUB KZT ILS AED SAR QAR KWD BHD OMR "
    "JOD EGP MAD TND ZAR NGN KES"
)
_KNOWN = frozenset(list_currencies())

# Writing habits of a currency's home, for tokens like "1.299". EUR, CAD, CHF, ZAR, MAD, TND and
# the Arabic ones have homes of both habits and say nothing.
_COMMA = _set_of("BRL ARS CLP COP IDR VND TRY RUB UAH KZT PLN CZK HUF RON BGN DKK NOK SEK ISK")
_POINT = _set_of(
    "USD GBP CNY JPY HKD TWD KRW INR PKR LKR BDT THB MYR SGD PHP AUD NZD MXN ILS NGN KES"
)
# Spoken in many countries: the language alone names no country.
_WORLD_LANGUAGES = frozenset({"en", "es", "fr", "pt", "ar", "de", "ru"})
# Country domains sold as brand names.
_OPEN_DOMAINS = frozenset({"io", "co", "me", "tv", "ai", "cc", "ly", "to", "gg", "eu", "im", "la"})


def _any_of(signs: Iterable[str]) -> str:
    return "|".join(re.escape(sign) for sign in sorted(signs, key=len, reverse=True))


_LETTERED = {sign for sign in _SYMBOLS if re.match("[A-Za-zА-я]", sign)}

# A sign that begins with a letter must stand alone: "kr" is not in "kraft", "US$" not in "PLUS$".
SIGN = (
    rf"(?<![^\W\d_])(?:{_any_of(_LETTERED.union(_CODES))})(?![A-Za-zА-яё])"
    rf"|(?:{_any_of(set(_SYMBOLS) - _LETTERED)})"
)
"""Pattern of a currency's code or symbol in text that went through `plain`."""

_ALWAYS_BEHIND = {sign for sign in _SYMBOLS if sign in _set_of("zł Kč Ft руб руб. рублей грн Р р.")}
BEHIND = rf"(?<![^\W\d_])(?:{_any_of(_ALWAYS_BEHIND)})(?![A-Za-zА-яё])|[元円원]"
"""Pattern of the signs that always stand behind their amount."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a page tells about how to read its prices: language tag, host, stated currency."""

    language: str | None = None
    host: str = ""
    currency: str | None = None

    def decimal_mark(self, currency: str | None = None) -> str | None:
        """The mark language and currency agree on; "" for currencies without decimals."""
        return _decimal_mark(self.language, currency or self.currency)


def code_of(value: object) -> str | None:
    """The ISO 4217 code in a machine field, None when it is not one ("$", "US Dollar", "")."""
    if not isinstance(value, str):
        return None
    code = value.strip().upper()
    return code if code in _KNOWN else None


@lru_cache(maxsize=1024)
def resolve(sign: str, hints: Hints) -> str | None:
    """The currency a printed sign means on this page; None when it could be several."""
    if sign in _CODES:
        return sign
    candidates = _SYMBOLS.get(sign, "").split()
    if len(candidates) == 1:
        return candidates[0]
    if hints.currency in candidates:
        return hints.currency
    local = {code for region in _regions(hints) for code in get_territory_currencies(region)}
    meant = [code for code in candidates if code in local]
    return meant[0] if len(meant) == 1 else None


@lru_cache(maxsize=1024)
def _decimal_mark(language: str | None, code: str | None) -> str | None:
    if code and get_currency_precision(code) == 0:
        return ""
    spoken = language_mark(language) if language else None
    habit = _currency_mark(code)
    if code and not habit and language == "en":
        return None  # English of no country, a currency of both habits: "1.299 €"
    votes = {spoken, habit} - {None}
    return votes.pop() if len(votes) == 1 else None


def _currency_mark(code: str | None) -> str | None:
    if code in _COMMA:
        return ","
    return "." if code in _POINT else None


def _regions(hints: Hints) -> set[str]:
    regions = {_language_region(hints.language or ""), _domain_region(hints.host)}
    return {region for region in regions if region}


def _language_region(language: str) -> str | None:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        return None
    if locale.territory:
        return locale.territory
    if locale.language in _WORLD_LANGUAGES:
        return None
    likely = get_global("likely_subtags").get(locale.language, "")
    return likely.rpartition("_")[2] or None


def _domain_region(host: str) -> str | None:
    domain = host.rpartition(".")[2].lower()
    if domain in _OPEN_DOMAINS:
        return None
    region = "GB" if domain == "uk" else domain.upper()
    return region if get_global("territory_currencies").get(region) else None
