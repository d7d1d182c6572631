"""Tokens, idempotency keys, deliveries, and messages that came back: on both databases."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from core.ledger import posts, pushes
from core.ledger.database import Database
from core.ledger.tables import Post, PostState
from core.values import Medium
from tests.support.intake import NOW, stored

DAY = timedelta(days=1)


@pytest.fixture
def token(database: Database) -> str:
    with database.write() as ledger:
        token = pushes.create_token(ledger, "rpa", "harborlane", ["review"], NOW)
    assert token is not None
    return token


def test_a_token_is_found_until_it_is_revoked(database: Database, token: str) -> None:
    with database.write() as ledger:
        row = pushes.find_token(ledger, token)
        assert row is not None
        assert (row.name, row.store, row.kinds) == ("rpa", "harborlane", ["review"])
        assert pushes.find_token(ledger, token[:-1]) is None
        assert pushes.revoke_token(ledger, "rpa", NOW)
        assert not pushes.revoke_token(ledger, "rpa", NOW)
    with database.read() as ledger:
        assert pushes.find_token(ledger, token) is None


def test_a_working_token_is_not_replaced(database: Database, token: str) -> None:
    with database.write() as ledger:
        assert pushes.create_token(ledger, "rpa", "harborlane", [], NOW) is None
        pushes.revoke_token(ledger, "rpa", NOW)
        renewed = pushes.create_token(ledger, "rpa", "harborlane", [], NOW)
    assert renewed not in (None, token)


def begin(ledger: Session, body: str, at: timedelta = timedelta()) -> int | str | None:
    """Claim a key: "ours", or the status that is known; None: under way."""
    row = pushes.begin(ledger, 1, "k", body, NOW + at)
    return "ours" if row is None else row.status


def test_a_key_is_claimed_once_and_keeps_its_answer(database: Database, token: str) -> None:
    with database.write() as ledger:
        assert begin(ledger, "a") == "ours"
    with database.write() as ledger:
        assert begin(ledger, "a") is None
        pushes.settle(ledger, 1, "k", 200, {"read": 1}, NOW)
    with database.write() as ledger:
        assert begin(ledger, "a", pushes.LEASE) == 200
        pushes.prune_answers(ledger, NOW)
        assert begin(ledger, "a") == 200
        pushes.prune_answers(ledger, NOW + DAY)
        assert begin(ledger, "a") == "ours"


def test_what_died_under_way_is_ours_but_not_with_another_body(
    database: Database, token: str
) -> None:
    with database.write() as ledger:
        begin(ledger, "a")
    with database.write() as ledger:
        assert begin(ledger, "b", pushes.LEASE) is None
        assert begin(ledger, "a", pushes.LEASE) == "ours"
        assert begin(ledger, "a", pushes.LEASE * 1.5) is None


def test_a_released_key_is_free(database: Database, token: str) -> None:
    with database.write() as ledger:
        begin(ledger, "a")
        pushes.release(ledger, 1, "k")
        assert begin(ledger, "b") == "ours"


def test_a_delivery_is_known_until_it_is_forgotten(database: Database) -> None:
    with database.write() as ledger:
        for _ in range(2):  # two processes may take it at once
            pushes.keep_delivery(ledger, "shopify", "d", NOW)
        assert pushes.is_known(ledger, "shopify", "d")
        assert not pushes.is_known(ledger, "aftership", "d")
        pushes.prune_deliveries(ledger, NOW + DAY)
    with database.read() as ledger:
        assert not pushes.is_known(ledger, "shopify", "d")


def sent(database: Database, recipient: str, **place: str) -> None:
    post = posts.new_post("harborlane", Medium.WHATSAPP, recipient, "nudge", NOW)
    post.state, post.place, post.sent_revision, post.sent_at = PostState.SENT, place, 1, NOW
    with database.write() as ledger:
        ledger.add(post)


def test_a_message_that_came_back_counts_as_never_sent(database: Database) -> None:
    sent(database, "ann", message_id="wamid.1")
    sent(database, "bob", message_id="wamid.2", wa_id="521")
    with database.write() as ledger:
        assert posts.recipients_at(ledger, Medium.WHATSAPP, "521") == ["bob"]
        post = posts.came_back(ledger, Medium.WHATSAPP, "wamid.1", "no such phone")
        assert post is not None
        assert posts.came_back(ledger, Medium.SLACK, "wamid.2", "no such phone") is None
        assert posts.came_back(ledger, Medium.WHATSAPP, "wamid.1", "again") is None
    told = {post.recipient: (post.state, post.sent_at, post.error) for post in rows(database)}
    assert told == {"ann": ("failed", None, "no such phone"), "bob": ("sent", NOW, None)}


def rows(database: Database) -> list[Post]:
    return stored(database, Post)
