"""Slack or the mail server fails: nothing is lost, nothing is doubled, a person hears of it."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from bot.errands import Errands
from core.ledger import posts
from core.ledger.life.escalation import escalate
from core.ledger.life.steps import acknowledge, resolve, snooze, wake_snoozed
from core.ledger.life.watch import watch
from core.ledger.tables import Alert
from core.values import Medium
from tests.support.post_office import PostOffice, check_with, with_changes

POST = "chat.postMessage"
LIN, EMMA = "lin.yue@harborlane.example", "emma.clarke@harborlane.example"


def by_mail(office: PostOffice) -> None:
    """Let bad reviews be told by mail only."""
    office.settings = check_with(office.settings, "bad_reviews", notify=[Medium.MAIL])


async def test_retry_after_is_obeyed(office: PostOffice) -> None:
    office.sandbox.fault("slack", "429", method=POST, times=1, retry_after=30)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].error is not None, outbox, hurry=0)
        office.clock.ahead(seconds=28)
        outbox.wake()
        await office.until(lambda: office.posts()[0].next_attempt_at > office.clock(), outbox, 0)
        assert len(office.calls(POST)) == 1
        await office.until(office.settled, outbox)
    assert len(office.told("reviews")) == 1


async def test_a_retry_after_holds_every_new_message_but_no_rewrite(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    office.clock.ahead(minutes=1)
    office.sandbox.fault("slack", "429", method=POST, times=1, retry_after=30)
    office.find("R1", "R2")
    async with office.open() as outbox:
        await office.until(lambda: any(p.error for p in office.posts()), outbox, hurry=0)
        office.owe_text(Medium.SLACK, "watch", "snoozes", {})
        office.step(acknowledge)
        await office.until(lambda: bool(office.calls("chat.update")), outbox, hurry=0)
        assert len(office.calls(POST)) == 2  # R1, and R2 that was refused
        await office.until(office.settled, outbox, hurry=5)
    assert len(office.told("reviews")) == 2


@pytest.mark.parametrize("mode", ["500", "reset", "lost_answer"])
async def test_a_failing_slack_gets_the_alert_once_when_it_is_back(
    office: PostOffice, mode: str
) -> None:
    office.sandbox.fault("slack", mode, method=POST, times=2)
    office.find("R1", "R2")
    await office.deliver()
    assert len(office.told("reviews")) == 2
    assert office.states() == ["sent", "sent"]


async def test_a_slack_that_hangs_is_left_after_the_send_timeout(office: PostOffice) -> None:
    settings = with_changes(office.settings, outbox={"send_timeout": timedelta(seconds=0.1)})
    office.settings = settings
    office.sandbox.fault("slack", "hang", method=POST, times=1)
    office.find("R1")
    await office.deliver()
    assert len(office.told("reviews")) == 1


async def test_slack_is_not_hammered_while_it_is_down(office: PostOffice) -> None:
    office.sandbox.fault("slack", "500")
    office.settings = with_changes(office.settings, alerts={"group_over": 1000})
    office.find(*(f"R{number}" for number in range(20)))
    async with office.open() as outbox:
        ahead = office.clock.ahead_by + timedelta(minutes=5)
        await office.until(lambda: office.clock.ahead_by > ahead, outbox, hurry=3)
        office.sandbox.clear_faults()
        # first_retry 2 s, doubled with jitter up to 60 s: 5 minutes hold at most 5 + 10 tries
        tries = len(office.sandbox.get("/sandbox/calls")["calls"])
        await office.until(office.settled, outbox)
    assert tries <= 15
    assert len(office.told("reviews")) == 20


async def test_an_alert_that_changed_while_its_arrival_was_unknown_says_the_latest(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "lost_answer", method=POST, times=1)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].uncertain, outbox, hurry=0)
        await office.until(lambda: office.states() == ["owed"], outbox, hurry=0)
        office.step(acknowledge)
        await office.until(office.settled, outbox)
    (message,) = office.told("reviews")
    assert "👀" in message["blocks"][0]["text"]["text"]


async def test_a_lost_answer_to_a_rewrite_is_settled_by_writing_again(office: PostOffice) -> None:
    office.find("R1")
    await office.deliver()
    office.sandbox.fault("slack", "lost_answer", method="chat.update", times=1)
    office.step(resolve)
    await office.deliver()
    (message,) = office.told("reviews")
    assert "✅" in message["blocks"][0]["text"]["text"]


async def test_an_earlier_arrival_is_found_on_a_later_page_of_the_history(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "lost_answer", method=POST, times=1)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].error is not None, outbox, hurry=0)
    for number in range(100):  # a page of conversations.history is 100 messages
        body = {"as": "U0LINYUE", "channel": "C0REVIEWS", "text": f"chat {number}"}
        office.sandbox.post("/sandbox/messages", body)
    await office.deliver()
    assert len(office.calls(POST)) == 1
    assert len(office.calls("conversations.history")) == 2


@pytest.mark.parametrize(
    "error", ["channel_not_found", "is_archived", "invalid_auth", "a_reason_slack_invents_later"]
)
async def test_what_slack_refuses_for_good_is_mailed_to_the_store_manager(
    office: PostOffice, error: str
) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error=error)
    office.find("R1")
    await office.deliver()
    notice = next(mail for mail in office.mails() if mail["to"] == [LIN])
    assert len(office.calls(POST)) == 1
    assert error in notice["text"]
    assert "提醒 #1（发往 reviews）" in notice["text"]  # Lin Yue reads Chinese
    assert f"watchkeeper outbox --retry {office.posts()[0].id}" in notice["text"]


async def test_an_alert_that_slack_refuses_reaches_its_owner_by_mail(office: PostOffice) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived")
    office.find("R1")
    await office.deliver()
    alert = next(mail for mail in office.mails() if mail["to"] == [EMMA])
    assert alert["subject"] == "2-star review on amazon: Power station 1000 (#1)"
    assert sorted(office.states()) == ["failed", "sent", "sent"]


async def test_an_alert_that_was_mailed_anyway_is_not_mailed_again(office: PostOffice) -> None:
    office.settings = check_with(office.settings, "bad_reviews", notify=[Medium.SLACK, Medium.MAIL])
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived")
    office.find("R1")
    await office.deliver()
    assert sorted(mail["to"][0] for mail in office.mails()) == [EMMA, LIN]


async def test_many_failures_for_one_reason_are_one_notice(office: PostOffice) -> None:
    office.settings = with_changes(office.settings, alerts={"group_over": 1000})
    office.sandbox.fault("slack", "ok_false", method=POST, error="invalid_auth")
    office.find(*(f"R{number}" for number in range(8)))
    async with office.open() as outbox:
        await office.until(lambda: office.states().count("failed") == 8, outbox, hurry=0)
        await office.until(lambda: len(office.mails()) == 8 + 1, outbox, hurry=0)
        assert [mail["to"] for mail in office.mails()].count([LIN]) == 1
        office.clock.ahead(hours=1)  # outbox.notice_every
        await office.until(office.settled, outbox)
    first, gathered = (mail for mail in office.mails() if mail["to"] == [LIN])
    counts = [post.facts["count"] for post in office.posts() if post.template == "undeliverable"]
    assert sum(counts) == 8
    assert "watchkeeper outbox --retry" in first["text"]
    assert f"有 {counts[1]} 条消息无法通过 slack 送达" in gathered["text"]
    assert "另有" in gathered["text"]  # five are named, `watchkeeper outbox --failed` has all


async def test_a_shared_message_that_slack_refuses_reaches_its_owners_by_mail(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived")
    office.find(*(f"R{number}" for number in range(11)))  # alerts.group_over: 10
    await office.deliver()
    (theirs,) = (mail for mail in office.mails() if mail["to"] == [EMMA])
    assert "11" in theirs["subject"]


async def test_another_reason_is_another_notice(office: PostOffice) -> None:
    for error in ("is_archived", "invalid_auth"):
        office.sandbox.fault("slack", "ok_false", method=POST, error=error, times=1)
    office.find("R1", "R2")
    await office.deliver()
    assert [mail["to"] for mail in office.mails()].count([LIN]) == 2


@pytest.mark.parametrize("error", ["ratelimited", "internal_error", "service_unavailable"])
async def test_what_passes_by_itself_is_tried_again(office: PostOffice, error: str) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error=error, times=2)
    office.find("R1")
    await office.deliver()
    assert (len(office.told("reviews")), office.mails()) == (1, [])


async def test_a_channel_that_is_archived_is_told_and_a_retry_goes_through(
    office: PostOffice,
) -> None:
    office.settings = check_with(office.settings, "bad_reviews", channel="old-archive")
    office.find("R1")
    await office.deliver()
    failed = office.posts()[0]
    assert "#old-archive" in (failed.error or "")
    with office.database.write() as ledger:
        failed.recipient = "reviews"
        ledger.merge(failed)
        assert posts.retry(ledger, office.clock(), failed.id) == 1
    await office.deliver()
    assert len(office.told("reviews")) == 1


async def test_a_post_nobody_took_for_a_day_is_given_up_and_told(office: PostOffice) -> None:
    office.sandbox.fault("slack", "500", method=POST)
    office.find("R1")
    async with office.open() as outbox:
        await office.until(lambda: office.posts()[0].error is not None, outbox, hurry=0)
        office.clock.ahead(hours=25)  # give_up_after: 24h
        await office.until(office.settled, outbox, hurry=20)
    assert office.posts()[0].state == "failed"
    assert len(office.calls(POST)) == 5  # a machine that slept has not tried for a day
    assert LIN in [mail["to"][0] for mail in office.mails()]


async def test_a_busy_mail_server_is_tried_again(office: PostOffice) -> None:
    by_mail(office)
    office.sandbox.fault("smtp", "450", times=2)
    office.find("R1")
    await office.deliver()
    (mail,) = office.mails()
    assert mail["subject"] == "2-star review on amazon: Power station 1000 (#1)"


async def test_a_refused_mail_is_told_in_slack_to_the_store_manager(office: PostOffice) -> None:
    by_mail(office)
    office.sandbox.fault("smtp", "550")
    office.find("R1")
    await office.deliver()
    (message,) = office.told("watch")
    assert message["notifies"] == ["U0LINYUE"]
    assert "550" in message["text"]
    assert "emma.clarke@harborlane.example" in message["text"]


@pytest.mark.parametrize("mode", ["reset", "lost_answer"])
async def test_a_mail_sent_again_is_known_by_its_message_id(office: PostOffice, mode: str) -> None:
    by_mail(office)
    office.sandbox.fault("smtp", mode, times=1)
    office.find("R1")
    await office.deliver()
    expected = f"<{office.posts()[0].id}@harborlane.example>"
    assert {mail["message_id"] for mail in office.mails()} == {expected}


async def test_when_both_media_are_dead_it_ends(office: PostOffice) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="invalid_auth")
    office.sandbox.fault("smtp", "550")
    office.find("R1")
    await office.deliver()
    # the alert and its notice over either medium, and no more
    assert office.states() == ["failed"] * 4


async def test_a_message_that_cannot_be_made_fails_alone_and_is_told(office: PostOffice) -> None:
    office.owe_text(Medium.SLACK, "reviews", "no_such_template", {})
    office.find("R1")
    await office.deliver()
    assert len(office.told("reviews")) == 1
    assert "TemplateNotFound" in office.mails()[0]["text"]


async def test_a_reply_waits_for_the_message_it_belongs_under(office: PostOffice) -> None:
    office.find("R1")
    wake_up(office)
    office.sandbox.fault("slack", "500", method=POST, times=1)
    await office.deliver()
    message, *replies = office.said("reviews")
    assert {reply["thread_ts"] for reply in replies} == {message["ts"]}
    assert "U0EMMACLARKE" in [name for reply in replies for name in reply["notifies"]]


async def test_a_reply_whose_answer_was_lost_is_looked_for_in_its_thread(
    office: PostOffice,
) -> None:
    office.find("R1")
    await office.deliver()
    office.sandbox.fault("slack", "lost_answer", method=POST, times=1)
    wake_up(office)
    await office.deliver()
    replies = [m for m in office.said("reviews") if m["thread_ts"]]
    ids = [reply["metadata"]["event_payload"]["post_id"] for reply in replies]
    assert len(ids) == len(set(ids)) == 2  # what happened, and that the snooze is over


async def test_a_reply_to_a_message_that_waits_for_the_morning_holds_nobody_up(
    office: PostOffice,
) -> None:
    office.find("R1")
    tomorrow = office.clock() + timedelta(hours=12)
    with office.database.write() as ledger:
        (message,) = posts.listed(ledger, only_failed=False)
        message.owed_since = message.next_attempt_at = tomorrow
        ledger.add(message)
    wake_up(office)
    office.find("R1", "R2")
    async with office.open() as outbox:
        await office.until(lambda: len(office.told("reviews")) == 1, outbox)
        assert office.clock() < tomorrow
        assert {post.next_attempt_at for post in office.posts() if post.state == "owed"} == {
            tomorrow
        }
        office.clock.ahead(hours=12)
        await office.until(office.settled, outbox)
    _first, later, *replies = office.said("reviews")
    assert {reply["thread_ts"] for reply in replies} == {later["ts"]}


async def test_a_reply_to_a_message_that_failed_fails_too(office: PostOffice) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived", times=1)
    office.find("R1")
    await office.deliver()
    wake_up(office)
    await office.deliver()
    states = [post.state for post in office.posts() if post.medium == Medium.SLACK]
    assert set(states) == {"failed"}
    assert len(office.mails()) == 2  # the alert to its owner, and one notice: not one for replies


async def test_who_is_asked_again_is_asked_although_the_message_had_failed(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived", times=1)
    office.find("R1")
    await office.deliver()
    office.clock.ahead(minutes=30)
    remind(office)
    await office.deliver(hurry=0)
    message, *replies = office.said("reviews")
    assert {reply["thread_ts"] for reply in replies} == {message["ts"]}
    assert any("was due" in reply["text"] for reply in replies)


async def test_a_storm_is_asked_for_again_although_its_message_had_failed(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived", times=1)
    office.find(*(f"R{number}" for number in range(11)))
    await office.deliver()
    office.clock.ahead(minutes=30)
    remind(office)
    await office.deliver(hurry=0)
    [message] = office.told("reviews")
    replies = [said for said in office.said("reviews") if said["thread_ts"] == message["ts"]]
    assert any("11 alerts wait" in reply["text"] for reply in replies)


async def test_a_place_that_stays_closed_is_told_again_when_somebody_is_asked_there(
    office: PostOffice,
) -> None:
    office.sandbox.fault("slack", "ok_false", method=POST, error="is_archived")
    office.find("R1")
    await office.deliver()
    office.clock.ahead(hours=2)
    remind(office)
    await office.deliver(hurry=600)  # outbox.notice_every: an hour
    told = [p.facts["failed"] for p in office.posts() if p.template == "undeliverable"]
    assert sum(failure["recipient"] == "reviews" for failed in told for failure in failed) == 2


def remind(office: PostOffice) -> None:
    """Let the chains' due steps be taken."""
    with office.database.write() as ledger:
        escalate(ledger, watch(ledger, office.settings, office.clock()))


async def test_a_ledger_that_refuses_at_the_start_does_not_end_the_outbox(
    office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(_: Errands) -> None:
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    monkeypatch.setattr(Errands, "take_over", locked)
    office.find("R1")
    await office.deliver()
    assert len(office.told("reviews")) == 1


async def test_a_member_that_the_ledger_does_not_take_is_mentioned_all_the_same(
    office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    office.find("R1")
    with office.database.write() as ledger:
        ledger.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON member BEGIN SELECT RAISE(FAIL, 'disk full'); END"
        )
    await office.deliver()
    [message] = office.told("reviews")
    assert message["notifies"]
    assert "a member was not written down: IntegrityError: disk full" in caplog.text


def wake_up(office: PostOffice) -> None:
    """Snooze the only alert, and let the snooze end."""
    until = office.clock() + timedelta(hours=1)
    office.step(snooze, until=until)
    office.clock.ahead(hours=1)
    with office.database.write() as ledger:
        assert wake_snoozed(ledger, watch(ledger, office.settings, until)) == 1


async def test_a_ledger_that_fails_after_sending_doubles_nothing(office: PostOffice) -> None:
    office.find("R1")
    with office.database.write() as ledger:
        ledger.connection().exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE OF state ON post WHEN NEW.state = 'sent'"
            " BEGIN SELECT RAISE(FAIL, 'disk full'); END"
        )
    async with office.open() as outbox:
        await office.until(lambda: bool(office.told("reviews")), outbox, hurry=0)
        with office.database.write() as ledger:
            ledger.connection().exec_driver_sql("DROP TRIGGER full")
        await office.until(office.settled, outbox)
    assert len(office.told("reviews")) == 1
    with office.database.read() as ledger:
        assert ledger.get_one(Alert, 1).state == "open"
