"""Countries as files name them: two letters, three letters, or a name in one of our languages."""

from functools import cache

from babel import Locale as BabelLocale
from babel.core import get_global

from core.values import Locale, countries


def country_code(named: str | None) -> str | None:
    """Return a country's two letters of ISO 3166; None when it is not known which one is meant."""
    return _names().get(named.strip().casefold()) if named else None


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for alias, codes in get_global("territory_aliases").items():  # USA, UK …
        names[alias] = codes[0]
    for locale in Locale:
        names |= {name: code for code, name in BabelLocale.parse(locale).territories.items()}
    names |= {code: code for code in countries()}
    return {name.casefold(): code for name, code in names.items() if code in countries()}
