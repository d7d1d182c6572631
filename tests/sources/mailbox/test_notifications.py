"""Notifications by mail, read from a real IMAP server: cursor, cuts, and what they become."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime

import pytest

from core.ledger.records import Dispute, Review
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.sources.mailbox.conftest import DISPUTE, OPENED, REVIEW, SERVER, Mailbox, mail
from tests.support.imap_server import Wire
from tests.support.intake import facts, stored


async def test_a_mail_becomes_a_dispute_with_its_deadline(mailbox: Mailbox) -> None:
    text = "Claim: US$1,240.50\nReason: goods not as described\n"
    mailbox.put(mail("[Action] Dispute 8801 for order 12-A.", text))
    bench = mailbox.bench()
    assert await bench.sync("mails") == {"read": 1, "dispute": 1}
    (dispute,) = stored(bench.database, Dispute)
    told = facts(dispute, "channel", "dispute_id", "order_no", "status", "kind", "currency")
    assert told == ("alibaba", "8801", "12-A", "open", "goods not as described", "USD")
    assert (dispute.amount, dispute.opened_at) == (Decimal("1240.50"), OPENED)
    assert dispute.answer_due_at == datetime(2026, 3, 9, 8, 0, tzinfo=UTC)  # 5 days after


async def test_a_review_without_a_number_is_known_by_its_mail(mailbox: Mailbox) -> None:
    text = "Rating: 1 out of 5\nComment: Broken.\nNever again.\n-- end\n"
    mailbox.put(mail("New feedback", text, Message_ID="<r-1@notice.example>"))
    bench = mailbox.bench()
    await bench.sync("mails")
    (review,) = stored(bench.database, Review)
    told = facts(review, "channel", "review_id", "stars", "text", "posted_at")
    assert told == ("amazon", "r-1@notice.example", 1, "Broken.\nNever again.", OPENED)


async def test_a_later_mail_closes_the_dispute_that_the_ledger_knows(mailbox: Mailbox) -> None:
    later = format_datetime(OPENED + timedelta(hours=2))
    mailbox.put(mail("Dispute 7 for order 1"), mail("Dispute 7 is closed", Date=later))
    bench = mailbox.bench()
    await bench.sync("mails")
    (dispute,) = stored(bench.database, Dispute)
    told = facts(dispute, "status", "opened_at", "closed_at", "order_no")
    assert told == ("closed", OPENED, OPENED + timedelta(hours=2), "1")


async def test_what_only_closes_an_unknown_dispute_is_told(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 7 is closed"))
    bench = mailbox.bench()
    assert await bench.sync("mails") == {"read": 0}
    problem = "dispute_closed: required columns are missing: opened_at"
    assert mailbox.strange() == [("Dispute 7 is closed", problem)]


async def test_what_no_rule_understands_is_kept_once_and_its_reason(mailbox: Mailbox) -> None:
    mailbox.put(mail("Big sale!"), mail("New feedback", "Rating: five"))
    bench = mailbox.bench()
    await bench.sync("mails")
    mailbox.put(mail("Big sale!"))  # the same mail again
    await bench.sync("mails")
    problem = "review: stars 'five' isn't a whole number"
    assert mailbox.strange() == [("Big sale!", None), ("New feedback", problem)]


async def test_mails_that_say_nothing_can_be_passed_over(mailbox: Mailbox) -> None:
    mailbox.put(mail("Big sale!"), mail("Weekly digest"))
    bench = mailbox.bench(ignore=[{"senders": ["notice.example"], "subject": "big sale"}])
    await bench.sync("mails")
    assert mailbox.strange() == [("Weekly digest", None)]


@pytest.mark.parametrize(
    "results",
    [
        "",
        f"{SERVER}; dmarc=fail header.from=notice.example",
        "mx.elsewhere.example; dmarc=pass header.from=notice.example",
        f"{SERVER}; dmarc=pass header.from=evil.example",
    ],
)
async def test_a_forged_sender_opens_no_dispute(mailbox: Mailbox, results: str) -> None:
    mailbox.put(mail("Dispute 1 for order 2", Authentication_Results=results))
    bench = mailbox.bench()
    assert await bench.sync("mails") == {"read": 0}
    ((_, problem),) = mailbox.strange()
    assert problem is not None
    assert problem.startswith("the sender could not be verified")


async def test_senders_go_unchecked_only_where_somebody_wrote_so(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2", Authentication_Results=""))
    bench = mailbox.bench(trusted_server=None)
    assert await bench.sync("mails") == {"read": 1, "dispute": 1}


async def test_a_second_run_reads_only_what_is_new(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2"))
    with Wire(mailbox.server.port) as wire:
        bench = mailbox.bench(port=wire.port)
        await bench.sync("mails")
        wire.said.clear()
        assert await bench.sync("mails") == {"read": 0}
        assert not any("FETCH" in command for command in wire.commands)
    mailbox.put(mail("Dispute 2 for order 3"))
    assert await mailbox.read() == {"read": 1, "dispute": 1}


async def test_nothing_in_the_folder_is_touched(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2"))
    before = mailbox.server.flags(mailbox.folder)
    await mailbox.read()
    assert mailbox.server.flags(mailbox.folder) == before
    assert not any(b"Seen" in flags for flags in before)


async def test_an_empty_folder_is_read_to_its_end(mailbox: Mailbox) -> None:
    bench = mailbox.bench()
    assert await bench.sync("mails") == {"read": 0}
    assert bench.cursor("mails")["validity"] > 0


async def test_a_mail_older_than_the_first_run_looks_back_stays_unread(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2"))  # arrived at the server's own today
    bench = mailbox.bench()
    bench.time.at = datetime(2090, 1, 1, tzinfo=UTC)
    assert await bench.sync("mails") == {"read": 0}
    assert await bench.sync("mails") == {"read": 0}


async def test_another_numbering_is_read_again_and_nothing_doubles(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2"), mail("Big sale!"))
    bench = mailbox.bench()
    await bench.sync("mails")
    mailbox.server.make(mailbox.folder)
    mailbox.put(mail("Dispute 1 for order 2"), mail("Big sale!"))
    assert await bench.sync("mails") == {"read": 1}
    assert len(stored(bench.database, Dispute)) == 1
    assert mailbox.strange() == [("Big sale!", None)]


async def test_a_better_rule_reads_the_mails_again(mailbox: Mailbox) -> None:
    mailbox.put(mail("纠纷 55 已创建"))
    await mailbox.read()
    better = mailbox.bench(rules=[DISPUTE | {"subject": "纠纷 {dispute_id} 已创建"}])
    assert mailbox.strange() == [("纠纷 55 已创建", None)]
    assert await better.sync("mails") == {"read": 1, "dispute": 1}
    assert mailbox.strange() == []


async def test_a_cut_off_run_goes_on_where_it_was(mailbox: Mailbox) -> None:
    mailbox.put(*(mail(f"Dispute {n} for order {n}") for n in range(60)))
    with Wire(mailbox.server.port, cut_after=45_000) as wire:  # within the third answer or so
        bench = mailbox.bench(port=wire.port)
        with pytest.raises(SourceProblem) as problem:
            await bench.sync("mails")
        assert problem.value.kind is ProblemKind.UNREACHABLE
        known = len(stored(bench.database, Dispute))
        assert 0 < known < 60
        wire.cut_after = None
        assert await bench.sync("mails") == {"read": 60 - known, "dispute": 60 - known}


async def test_a_mail_deleted_meanwhile_stops_nothing(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2"), mail("Dispute 2 for order 3"))
    mailbox.server.remove(mailbox.folder, 1)
    assert await mailbox.read() == {"read": 1, "dispute": 1}


async def test_of_a_large_mailbox_only_notices_are_fetched_whole(mailbox: Mailbox) -> None:
    others = (mail(f"News {n}", "x" * 900, From="a@news.example") for n in range(300))
    mailbox.put(*(other.as_bytes() for other in others), mail("Dispute 1 for order 2"))
    with Wire(mailbox.server.port) as wire:
        bench = mailbox.bench(port=wire.port, ignore=[{"senders": ["news.example"]}])
        assert await bench.sync("mails") == {"read": 1, "dispute": 1}
        assert sum("BODY.PEEK[]" in command for command in wire.commands) == 1
        assert wire.carried < 300 * 900


async def test_the_doctor_sees_the_folder_and_who_checks_its_senders(mailbox: Mailbox) -> None:
    assert await mailbox.bench().probe() == f"0 mails in {mailbox.folder}"
    mailbox.put(mail("Anything"))
    assert (
        await mailbox.bench().probe()
        == f"1 mails in {mailbox.folder}; the newest was checked by {SERVER}"
    )


def test_a_complete_run_is_fresh_in_what_its_rules_make(mailbox: Mailbox) -> None:
    assert mailbox.bench().feed("mails").brings == {"dispute", "review"}
    assert mailbox.bench(rules=[REVIEW]).feed("mails").brings == {"review"}
