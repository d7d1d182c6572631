"""The outbox's rows: owed, on their way, sent, failed; nothing lost, nothing said twice (law 3)."""

from datetime import timedelta

import pytest

from core.ledger import posts
from core.ledger.database import Database
from core.ledger.life import owing
from core.ledger.life.steps import acknowledge, resolve, snooze
from core.ledger.life.watch import watch
from core.ledger.posts import ALERT
from core.ledger.tables import Post
from core.settings import Settings
from core.values import Medium
from tests.ledger.life import NOON, Life, finding

STOCK, REWRITES = posts.Lane("slack", "stock"), posts.Lane("slack", "stock", rewrite=True)
LEASE, REWRITE_EVERY = timedelta(seconds=30), timedelta(seconds=3)
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
        return posts.claim_next(ledger, lane, life.at, LEASE)


def claimed(life: Life, lane: posts.Lane = STOCK) -> str:
    found = claim(life, lane)
    assert found
    return found[0].id


def sent(life: Life, post_id: str, revision: int) -> None:
    with life.database.write() as ledger:
        posts.sent(ledger, post_id, revision, PLACE, life.at, REWRITE_EVERY)


def post(life: Life) -> Post:
    [post] = life.posts(template="alert")
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
    rewrite = claim(life, REWRITES)
    assert rewrite
    assert (rewrite[0].revision, rewrite[0].place) == (4, PLACE)
    sent(life, rewrite[0].id, 4)
    assert claim(life, REWRITES) is None
    assert (post(life).sent_revision, post(life).sent_at) == (4, NOON)


def test_a_change_while_the_post_is_on_its_way_is_owed_after_it(life: Life) -> None:
    post_id = claimed(life)
    life.step(acknowledge)
    assert (post(life).state, post(life).sent_revision) == ("sending", 0)
    sent(life, post_id, 1)
    assert (post(life).state, post(life).revision, post(life).sent_revision) == ("owed", 2, 1)
    assert claim(life, REWRITES) is None
    life.later(REWRITE_EVERY)
    assert claimed(life, REWRITES) == post_id


def test_the_first_change_after_a_quiet_time_is_due_at_once(life: Life) -> None:
    sent(life, claimed(life), 1)
    life.later(REWRITE_EVERY)
    life.step(acknowledge)
    assert post(life).next_attempt_at == life.at


def test_changes_soon_after_a_rewrite_wait_for_one_rewrite(life: Life) -> None:
    sent(life, claimed(life), 1)
    life.later(timedelta(seconds=1))
    life.step(acknowledge)
    life.later(timedelta(seconds=1))
    life.step(resolve)
    assert (post(life).revision, post(life).next_attempt_at) == (3, NOON + REWRITE_EVERY)
    assert post(life).owed_since == NOON + REWRITE_EVERY  # it does not wait before


def test_rewrites_wait_in_a_lane_of_their_own(life: Life) -> None:
    sent(life, claimed(life), 1)
    life.later()
    life.step(acknowledge)
    owe(life, "stock", "new")
    assert lanes(life) == {STOCK, REWRITES}
    assert post(life).id == claimed(life, REWRITES)


def test_a_mail_is_not_rewritten(database: Database, settings: Settings) -> None:
    life = Life(database, settings, check="price_gap")
    life.absorb(finding("PS-1"))
    life.deliver()
    life.step(acknowledge)
    told = {p.medium: p.state for p in life.posts() if p.template == ALERT}
    assert told == {"slack": "owed", "mail": "sent"}


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
    assert lanes(life) == {STOCK, posts.Lane("slack", "prices")}
    order = [claim(life) for _ in range(4)]
    assert [found and found[0].template for found in order] == ["alert", "one", "two", None]


def test_what_is_lost_on_its_way_is_owed_again_when_its_lease_is_over(life: Life) -> None:
    claimed(life)
    life.later(LEASE - timedelta(microseconds=1))
    assert release(life) == (False, 0)
    life.later(timedelta(microseconds=1))
    assert release(life) == (True, 1)
    assert release(life) == (False, 0)
    again = claim(life)
    assert again
    assert again[1] is True  # it may have arrived


def release(life: Life) -> tuple[bool, int]:
    with life.database.write() as ledger:
        return posts.any_lost(ledger, life.at), posts.release(ledger, life.at)


def test_the_only_process_takes_over_at_once(life: Life) -> None:
    claimed(life)
    with life.database.write() as ledger:
        assert posts.release(ledger, life.at, all_of_them=True) == 1
    assert post(life).state == "owed"


@pytest.mark.parametrize("outcome", ["not sent", "failed"])
def test_a_late_outcome_does_not_undo_what_another_process_has_sent(
    life: Life, outcome: str
) -> None:
    post_id = claimed(life)
    sent(life, post_id, 1)
    with life.database.write() as ledger:
        if outcome == "failed":
            posts.failed(ledger, post_id, "late")
        else:
            posts.not_sent(ledger, post_id, error="late", next_attempt_at=life.at, uncertain=True)
    assert (post(life).state, post(life).error, post(life).uncertain) == ("sent", None, False)


def test_a_postponed_post_waits_as_if_it_had_not_been_tried(life: Life) -> None:
    with life.database.write() as ledger:
        found = posts.claim_next(ledger, STOCK, life.at, LEASE)
        assert found
        posts.postpone(ledger, found[0], NOON + MINUTE, uncertain=found[1])
    waits = post(life)
    assert (waits.state, waits.attempts, waits.uncertain) == ("owed", 0, False)
    assert waits.owed_since == waits.next_attempt_at == NOON + MINUTE


def fail(life: Life) -> str:
    post_id = claimed(life)
    with life.database.write() as ledger:
        posts.failed(ledger, post_id, "Slack said is_archived")
    return post_id


def test_a_failed_post_rests_whatever_happens_to_its_alert(life: Life) -> None:
    fail(life)
    life.step(acknowledge)
    assert (post(life).state, post(life).error) == ("failed", "Slack said is_archived")


def test_a_failed_post_is_tried_again_on_request_and_looks_first(life: Life) -> None:
    post_id = fail(life)
    life.later(MINUTE)
    with life.database.write() as ledger:
        assert posts.retry(ledger, life.at, post_id) == 1
        assert posts.retry(ledger, life.at, post_id) == 0
        assert posts.retry(ledger, life.at, "no such post") == 0
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
        now = watch(ledger, life.settings, life.at)
        owing.owe_reply(ledger, now, alert, "snooze_over")
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


def test_what_nobody_can_be_asked_about_is_retried_as_new(life: Life) -> None:
    post_id = fail(life)
    with life.database.write() as ledger:
        ledger.get_one(Post, post_id).medium = Medium.WHATSAPP
        assert posts.retry(ledger, life.at) == 1
    again = claim(life, posts.Lane("whatsapp", "stock"))
    assert again
    assert again[1] is False


def test_the_longest_wait_counts_from_when_it_was_due(life: Life) -> None:
    with life.database.write() as ledger:
        [owed] = posts.listed(ledger, only_failed=False)
        owed.owed_since = owed.next_attempt_at = NOON + MINUTE  # its person sleeps until then
        ledger.add(owed)
    with life.database.read() as ledger:
        assert posts.oldest_owed(ledger, NOON) is None
        assert posts.oldest_owed(ledger, NOON + 2 * MINUTE) == NOON + MINUTE
