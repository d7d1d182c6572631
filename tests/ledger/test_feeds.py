"""Words of services that we do not know: kept once, whatever stands in them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlmodel import select

from core.ledger import feeds
from core.ledger.database import Database
from core.ledger.feeds import LONGEST_WORD, UNKNOWN
from core.ledger.tables import UnknownValue
from tests.ledger.life import NOON


def keep(database: Database, word: str) -> None:
    words = feeds.strange({"order": [{"order_no": "1", "status": f"{UNKNOWN}{word}"}]})
    with database.write() as ledger:
        feeds.keep_unknown(ledger, "shop", "harborlane", words, NOON)


def kept(database: Database) -> list[str]:
    with database.read() as ledger:
        return list(ledger.exec(select(UnknownValue.value)))


@pytest.mark.parametrize(
    ("word", "known_as"),
    [
        ("on_the_moon", "on_the_moon"),
        ("a\0b\ud800c", "abc"),
        ("".join(map(chr, range(0x4E00, 0x6E00))), None),  # more than an index of PostgreSQL takes
    ],
    ids=["plain", "controls", "long"],
)
def test_a_word_is_kept_once(database: Database, word: str, known_as: str | None) -> None:
    keep(database, word)
    keep(database, word)
    assert kept(database) == [known_as or word[:LONGEST_WORD]]


def test_two_that_meet_the_same_word_keep_it_once(database: Database) -> None:
    together = Barrier(4)

    def meet(_: int) -> None:
        together.wait()
        for number in range(20):
            keep(database, f"word {number}")

    with ThreadPoolExecutor(together.parties) as pool:
        list(pool.map(meet, range(together.parties)))  # raises what went wrong
    assert len(kept(database)) == 20
