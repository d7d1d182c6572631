"""What config.yaml may say of a mailbox; a mistake is told where it stands."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from core.ledger.records import Dispute, Review
from tests.sources.mailbox.conftest import DISPUTE, STANZA, Mailbox, mail
from tests.support.intake import facts, stored
from tests.support.sandbox_process import ROOT
from tests.support.sources import source_settings


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"set": {"channel": "alibaba", "state": "open"}}, "dispute has no column state"),
        ({"body": ["Buyer {buyer}"]}, "dispute has no column buyer"),
        ({"subject": "Dispute"}, "a dispute needs dispute_id; no pattern gives it"),
        ({"kind": "quarrel"}, "there is no kind of record 'quarrel'"),
        ({"subject": "{a}{b}"}, "two fields with nothing between them"),
        ({"senders": ["*.notice.example"]}, "an address such as"),
        ({"senders": ["notice"]}, "an address such as"),
        ({"senders": []}, "at least 1 item"),
        ({"due": {"answer_due_at": "soon"}}, "a duration is a number and a unit"),
    ],
)
def test_a_rule_that_cannot_work_is_refused(change: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        source_settings(**STANZA | {"rules": [DISPUTE | change]})


def test_whether_senders_are_checked_must_be_said() -> None:
    silent = {name: value for name, value in STANZA.items() if name != "trusted_server"}
    with pytest.raises(ValidationError, match="trusted_server"):
        source_settings(**silent)


@pytest.mark.parametrize(
    ("known", "fits"),
    [
        ("notice.example", True),
        ("example.notice", False),
        ("Feedback@Notice.example", True),
        ("other@notice.example", False),
        ("ice.example", False),
    ],
)
def test_a_sender_is_an_address_or_a_domain(known: str, fits: bool) -> None:
    source: Any = source_settings(**STANZA | {"rules": [DISPUTE | {"senders": [known]}]})
    subject = "Dispute 1 for order 2"
    assert bool(list(source.fitting("feedback@notice.example", subject))) is fits
    assert bool(list(source.fitting("a@below.notice.example", subject))) is (known[0] == "n")


def page() -> dict[str, Any]:
    """Return the stanza of the documentation's page."""
    text = (ROOT / "docs/sources/mailbox.md").read_text("utf-8")
    stanza = YAML(typ="safe").load(text.partition("```yaml\n")[2].partition("```")[0])
    return dict(stanza["sources"]["mailbox"])


async def test_the_example_of_the_page_works(mailbox: Mailbox) -> None:
    a_to_z = "Claim ID: 9\nClaim amount: $20.00\nRespond by March 12, 2026 PT"
    feedback = "Order ID: 114-7\nRating: 1 out of 5\nComments: Late.\nBroken. To respond, sign in"
    amazon = {"From": "no-reply@amazon.com"}
    mailbox.put(
        mail("Dispute 1 for order 2", "Claimed amount: US$5", From="a@notice.alibaba.com"),
        mail("Dispute 1 is closed", From="a@notice.alibaba.com"),
        mail("A-to-z Guarantee claim for order 114-7", a_to_z, **amazon),
        mail("You have negative feedback", feedback, **amazon),
        mail("Our newsletter", From="news@alibaba.com"),
    )
    rules = {name: page()[name] for name in ("rules", "ignore", "feeds")}
    counts = await mailbox.read(**rules, trusted_server=None)
    assert counts == {"read": 4, "dispute": 3, "review": 1}
    assert mailbox.strange() == []
    kept = [facts(d, "dispute_id", "status") for d in stored(mailbox.database, Dispute)]
    assert kept == [("1", "closed"), ("9", "open")]
    assert [facts(r, "stars", "text") for r in stored(mailbox.database, Review)] == [
        (1, "Late.\nBroken.")
    ]


def test_the_stanza_of_the_page_is_valid() -> None:
    assert source_settings(**page()).service == "mailbox"


async def test_times_are_read_as_the_rule_says(mailbox: Mailbox) -> None:
    rule = DISPUTE | {
        "body": ["Respond by {answer_due_at...} PT"],
        "dates": {"answer_due_at": "%b %d, %Y %I:%M %p"},
        "timezone": "America/Los_Angeles",
    }
    mailbox.put(mail("Dispute 1 for order 2", "Respond by Mar 12, 2026 03:30 PM PT"))
    await mailbox.read(rules=[rule])
    (dispute,) = stored(mailbox.database, Dispute)
    # daylight saving time since 8 March: 15:30 is 22:30 UTC; the mail wins over `due`
    assert dispute.answer_due_at == datetime(2026, 3, 12, 22, 30, tzinfo=UTC)


async def test_a_time_written_in_another_way_is_told_and_the_rest_kept(mailbox: Mailbox) -> None:
    rule = DISPUTE | {"body": ["by {answer_due_at...}"], "dates": {"answer_due_at": "%d.%m.%Y"}}
    mailbox.put(mail("Dispute 1 for order 2", "Respond by Mar 12"))
    assert await mailbox.read(rules=[rule]) == {"read": 1, "dispute": 1}
    problem = "recorded, but dispute: answer_due_at: 'Mar 12' isn't written as %d.%m.%Y"
    assert mailbox.strange() == [("Dispute 1 for order 2", problem)]
    (dispute,) = stored(mailbox.database, Dispute)
    assert dispute.answer_due_at == dispute.opened_at + timedelta(days=5)  # as the rule says


async def test_an_amount_that_nobody_can_read_costs_no_dispute(mailbox: Mailbox) -> None:
    mailbox.put(mail("Dispute 1 for order 2", "Claim: a lot Reason: late"))
    assert await mailbox.read() == {"read": 1, "dispute": 1}
    ((_, problem),) = mailbox.strange()
    assert problem == "recorded, but dispute: amount 'a lot' isn't an amount"
    assert [row.amount for row in stored(mailbox.database, Dispute)] == [None]


async def test_of_two_rules_the_one_that_finds_all_it_needs_counts(mailbox: Mailbox) -> None:
    new = DISPUTE | {"name": "new", "subject": "Dispute", "body": ["Number {dispute_id}"]}
    old = new | {"name": "old", "body": ["Case {dispute_id}"]}
    mailbox.put(mail("Dispute opened", "Case 5"), mail("Dispute opened", "nothing"))
    assert await mailbox.read(rules=[new, old]) == {"read": 1, "dispute": 1}
    problem = "new: required columns are missing: dispute_id"
    assert mailbox.strange() == [("Dispute opened", problem)]
