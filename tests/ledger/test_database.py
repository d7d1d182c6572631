"""The ledger keeps what it is given, exactly, on either database; writers wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, MetaData, Table, func, select, text
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col
from sqlmodel import select as select_rows

from core.ledger.database import Database
from core.ledger.tables import Member
from core.ledger.types import Amount, Moment, from_micro, to_micro, to_utc
from tests.ledger.life import NOON

KEPT = Table("kept", MetaData(), Column("amount", Amount), Column("moment", Moment))
SHANGHAI = timezone(timedelta(hours=8))


@pytest.fixture
def kept(database: Database) -> Database:
    """A ledger with a temporary table of an amount and a moment."""
    KEPT.metadata.drop_all(database.engine)
    KEPT.metadata.create_all(database.engine)
    return database


def keep(database: Database, **values: object) -> None:
    with database.write() as ledger:
        ledger.execute(KEPT.insert().values(**values))


def member(email: str) -> Member:
    return Member(email=email, slack_user_id="U1", learned_at=NOON)


def count(database: Database) -> int:
    with database.read() as ledger:
        return len(ledger.exec(select_rows(Member)).all())


@pytest.mark.parametrize(
    "text_", ["0.000001", "-0.01", "0.0035", "1822.50", "9000000000000.123456"]
)
def test_money_comes_back_as_it_was(kept: Database, text_: str) -> None:
    keep(kept, amount=Decimal(text_))
    with kept.read() as ledger:
        amount = ledger.execute(select(KEPT.c.amount)).scalar_one()
    assert isinstance(amount, Decimal)
    assert amount == Decimal(text_)
    assert str(amount) == text_


def test_the_database_sums_money_exactly(kept: Database) -> None:
    for _ in range(10):
        keep(kept, amount=Decimal("0.1"))
    with kept.read() as ledger:
        assert ledger.execute(select(func.sum(KEPT.c.amount))).scalar_one() == Decimal("1.00")


def test_money_too_fine_to_keep_is_refused(kept: Database) -> None:
    with pytest.raises(StatementError, match="has more than 6 decimals"):
        keep(kept, amount=Decimal("0.0000001"))


@given(st.integers(-(10**18), 10**18))
def test_every_amount_kept_is_told_exactly(micro: int) -> None:
    amount = from_micro(micro)
    assert amount * 1_000_000 == micro
    assert to_micro(amount) == micro
    assert "E" not in str(amount)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_an_amount_is_kept_exactly_or_refused(amount: Decimal) -> None:
    if amount == round(amount, 6):
        assert from_micro(to_micro(amount)) == amount
    else:
        with pytest.raises(ValueError, match="more than 6 decimals"):
            to_micro(amount)


def test_a_moment_comes_back_in_utc_to_the_microsecond(kept: Database) -> None:
    moment = datetime(2026, 3, 5, 10, 30, 0, 1, tzinfo=SHANGHAI)
    keep(kept, moment=moment)
    with kept.read() as ledger:
        found = ledger.execute(select(KEPT.c.moment)).scalar_one()
    assert found == moment
    assert found.tzinfo is UTC


def test_moments_are_compared_as_moments_whatever_their_zone(kept: Database) -> None:
    keep(kept, moment=NOON)
    earlier = (NOON - timedelta(seconds=1)).astimezone(SHANGHAI)
    with kept.read() as ledger:
        later = select(KEPT.c.moment).where(KEPT.c.moment > earlier)
        assert ledger.execute(later).scalar_one() == NOON
        assert ledger.execute(select(func.max(KEPT.c.moment))).scalar_one() == NOON


def test_a_moment_without_a_zone_is_refused(kept: Database) -> None:
    naive = datetime(2026, 3, 5, 10, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no time zone"):
        to_utc(naive)
    with pytest.raises(StatementError, match="has no time zone"):
        keep(kept, moment=naive)


def test_nothing_is_kept_as_nothing(kept: Database) -> None:
    keep(kept, amount=None, moment=None)
    with kept.read() as ledger:
        assert tuple(ledger.execute(select(KEPT)).one()) == (None, None)


def test_what_is_written_is_kept(database: Database) -> None:
    with database.write() as ledger:
        ledger.add(member("a@x"))
    assert count(database) == 1


def test_a_write_that_fails_leaves_nothing(database: Database) -> None:
    def fail() -> None:
        with database.write() as ledger:
            ledger.add(member("a@x"))
            ledger.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert count(database) == 0


def test_what_is_changed_while_only_reading_is_thrown_away(database: Database) -> None:
    with database.read() as ledger:
        ledger.add(member("a@x"))
        ledger.flush()
    assert count(database) == 0


def test_a_second_writer_waits_for_the_first(database: Database) -> None:
    inside, may_end = Event(), Event()

    def first() -> None:
        with database.write() as ledger:
            ledger.add(member("a@x"))
            ledger.flush()
            inside.set()
            assert may_end.wait(10)

    def second() -> int:
        assert inside.wait(10)
        may_end.set()
        with database.write() as ledger:
            ledger.add(member("b@x"))
            return len(ledger.exec(select_rows(Member)).all())

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.submit(first), pool.submit(second)
        one.result(20)
        assert other.result(20) in (1, 2)
    assert count(database) == 2


def test_writers_that_read_before_they_write_lose_nothing_on_sqlite(
    sqlite_database: Database,
) -> None:
    with sqlite_database.write() as ledger:
        ledger.add(Member(email="a@x", slack_user_id="0", learned_at=NOON))

    def count_up(_: int) -> None:
        with sqlite_database.write() as ledger:
            known = ledger.exec(select_rows(Member)).one()
            known.slack_user_id = str(int(known.slack_user_id) + 1)
            ledger.add(known)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count_up, range(20)))
    with sqlite_database.read() as ledger:
        assert ledger.exec(select_rows(Member.slack_user_id)).one() == "20"
    sqlite_database.close()


def test_a_reader_is_not_held_up_by_a_writer(database: Database) -> None:
    with database.write() as ledger:
        ledger.add(member("a@x"))
        ledger.flush()
        assert count(database) == 0


def test_what_refers_to_nothing_is_refused(database: Database) -> None:
    missing = text(
        "INSERT INTO alert_step (alert_id, at, what, origin, detail)"
        " VALUES (99, '2026-03-05', 'opened', 'check', '{}')"
    )
    with pytest.raises(IntegrityError), database.write() as ledger:
        ledger.execute(missing)


def test_the_ledgers_folder_is_made(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/new/folder/ledger.db")
    with database.read() as ledger:
        assert ledger.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
    database.close()


def test_plain_postgresql_addresses_use_the_driver_that_is_installed() -> None:
    database = Database("postgresql://keeper@127.0.0.1:1/x")
    assert database.engine.url.drivername == "postgresql+psycopg"
    database.close()


def test_rows_stay_readable_after_their_session(database: Database) -> None:
    with database.write() as ledger:
        kept = member("a@x")
        ledger.add(kept)
    assert kept.email == "a@x"
    with database.read() as ledger:
        found = ledger.exec(select_rows(Member).where(col(Member.email) == "a@x")).one()
    assert found.learned_at == NOON
