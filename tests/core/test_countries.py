"""Countries as files name them."""

import pytest

from core.countries import country_code


@pytest.mark.parametrize(
    ("named", "code"),
    [
        ("US", "US"),
        ("us", "US"),
        ("USA", "US"),  # ISO 3166's three letters
        ("United States", "US"),
        ("美国", "US"),
        (" Deutschland ", None),  # in a language that nobody here writes
        (" germany ", "DE"),
        ("德国", "DE"),
        ("GBR", "GB"),
        ("UK", "GB"),
        ("Europe", None),
        ("EU", None),
        ("150", None),  # CLDR's number of Europe
        ("Atlantis", None),
        ("", None),
        (None, None),
    ],
)
def test_a_country_is_known_by_its_codes_and_names(named: str | None, code: str | None) -> None:
    assert country_code(named) == code
