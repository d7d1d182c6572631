"""The outbox's rows: owed, on their way, sent, failed; nothing lost, nothing said twice (law 3)."""

from datetime import timedelta

import pytest

from core.ledger import posts
from core.ledger.alerts import acknowledge, resolve, snooze
from core.ledger.database import Database
from core.ledger.tables import Post
from core.settings import Medium, Settings
from tests.ledger.life import NOON, Life, finding

STOCK = ("slack", "stock")
PLACE = {"channel": "C1", "ts": "1.2"}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def life(database: Database, settings: Settings) -> Life:
    """One alert, whose message is owed to #stock."""
    life = Life(database, settings)
    life.absorb(finding("PS-1"))
    return life


def claim(life: Life, lane: posts.Lane = STOCK) -> tuple[Post, bool] | None:
    with life.database.write() as ledger:
        return posts.claim_next(ledger, lane, life.at)


def claimed(life: Life) -> str:
    found = claim(life)
    assert found
    return found[0].id


def sent(life: Life, post_id: str, revision: int) -> None:
    with life.database.write() as ledger:
        posts.sent(ledger, post_id, revision, PLACE, life.at)


def post(life: Life) -> Post:
    [post] = life.posts()
    return post


def lanes(life: Life) -> set[posts.Lane]:
    with life.database.read() as ledger:
        return set(posts.lanes_due(ledger, life.at))


def owe(life: Life, recipient: str, name: str) -> None:
    with life.database.write() as ledger:
        posts.owe_text(
            ledger,
            store="harborlane",
            medium=Medium.SLACK,
            recipient=recipient,
            template=name,
            facts={},
            at=life.at,
        )


def test_a_post_on_its_way_is_uncertain_and_claimed_by_nobody_else(life: Life) -> None:
    found = claim(life)
    assert found
    assert found[1] is False  # never tried before
    assert (post(life).state, post(life).uncertain, post(life).attempts) == ("sending", True, 1)
    assert claim(life) is None
    assert lanes(life) == set()


def test_what_was_sent_knows_where_it_stands(life: Life) -> None:
    sent(life, claimed(life), 1)
    said = post(life)
    assert (said.state, said.uncertain, said.place) == ("sent", False, PLACE)
    assert (said.sent_revision, said.sent_at, said.attempts) == (1, NOON, 0)
    assert lanes(life) == set()


def test_many_changes_are_one_rewrite(life: Life) -> None:
    sent(life, claimed(life), 1)
    life.later(MINUTE)
    life.step(acknowledge)
    life.step(snooze, until=NOON + timedelta(hours=1))
    life.step(resolve)
    rewrite = claim(life)
    assert rewrite
    assert (rewrite[0].revision, rewrite[0].place) == (4, PLACE)
    sent(life, rewrite[0].id, 4)
    assert claim(life) is None
    assert (post(life).sent_revision, post(life).sent_at) == (4, NOON)


def test_a_change_while_the_post_is_on_its_way_is_owed_after_it(life: Life) -> None:
    post_id = claimed(life)
    life.step(acknowledge)
    assert claim(life) is None
    sent(life, post_id, 1)
    assert (post(life).state, post(life).revision, post(life).sent_revision) == ("owed", 2, 1)
    assert claimed(life) == post_id


def test_a_mail_is_not_rewritten(database: Database, settings: Settings) -> None:
    life = Life(database, settings, check="price_gap")
    life.absorb(finding("PS-1"))
    life.deliver()
    life.step(acknowledge)
    assert {p.medium: p.state for p in life.posts()} == {"slack": "owed", "mail": "sent"}


def test_a_post_that_was_not_sent_waits_for_its_next_attempt(life: Life) -> None:
    post_id = claimed(life)
    with life.database.write() as ledger:
        posts.not_sent(
            ledger, post_id, error="HTTP 500", next_attempt_at=NOON + MINUTE, uncertain=True
        )
    assert (post(life).state, post(life).error) == ("owed", "HTTP 500")
    assert claim(life) is None
    life.later(MINUTE)
    again = claim(life)
    assert again
    assert again[1] is True  # it may have arrived
    assert again[0].attempts == 2


def test_a_lane_is_served_in_the_order_things_were_owed(life: Life) -> None:
    for name in ("one", "two"):
        life.later(MINUTE)
        owe(life, "stock", name)
    owe(life, "prices", "elsewhere")
    assert lanes(life) == {STOCK, ("slack", "prices")}
    order = [claim(life) for _ in range(4)]
    assert [found and found[0].template for found in order] == ["alert", "one", "two", None]


def test_what_died_on_its_way_is_owed_again_and_stays_uncertain(life: Life) -> None:
    claimed(life)
    with life.database.write() as ledger:
        assert posts.recover(ledger) == 1
        assert posts.recover(ledger) == 0
    again = claim(life)
    assert again
    assert again[1] is True


def fail(life: Life) -> str:
    post_id = claimed(life)
    with life.database.write() as ledger:
        posts.failed(ledger, post_id, "Slack said is_archived")
    return post_id


def test_a_failed_post_rests_whatever_happens_to_its_alert(life: Life) -> None:
    fail(life)
    life.step(acknowledge)
    assert (post(life).state, post(life).error) == ("failed", "Slack said is_archived")
    assert claim(life) is None


def test_a_failed_post_is_tried_again_on_request_and_looks_first(life: Life) -> None:
    post_id = fail(life)
    life.later(MINUTE)
    with life.database.write() as ledger:
        assert posts.retry(ledger, post_id, life.at)
        assert not posts.retry(ledger, post_id, life.at)
        assert not posts.retry(ledger, "no such post", life.at)
    again = claim(life)
    assert again
    assert (again[0].attempts, again[0].owed_since) == (1, NOON + MINUTE)
    assert again[1] is True


def test_a_reply_goes_once_to_each_channel(life: Life) -> None:
    life.step(resolve)
    life.later(timedelta(days=1))
    life.absorb(finding("PS-1"))  # opens again: a second message in the same channel
    [alert] = life.alerts()
    with life.database.write() as ledger:
        posts.owe_reply(ledger, alert, "snooze_over", life.at)
    assert len(life.posts(template="alert")) == 2
    assert [p.recipient for p in life.posts(template="snooze_over")] == ["stock"]


def test_the_list_shows_failures_first_and_what_is_settled_not_at_all(life: Life) -> None:
    post_id = fail(life)
    owe(life, "stock", "later")
    owe(life, "prices", "done")
    with life.database.write() as ledger:
        done = next(p for p in posts.listed(ledger, only_failed=False) if p.template == "done")
        done.state = "sent"
        ledger.add(done)
    with life.database.read() as ledger:
        names = [p.template for p in posts.listed(ledger, only_failed=False)]
        failures = [p.id for p in posts.listed(ledger, only_failed=True)]
        counts = posts.by_state(ledger)
    assert (names, failures) == (["alert", "later"], [post_id])
    assert counts == {"owed": 1, "sending": 0, "sent": 1, "failed": 1}
