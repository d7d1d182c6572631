"""The buttons that only one check's alerts have: blocks `decide_NAME` of its template."""

from typing import Any

import pytest

from bot.alert_text import BUTTONS, AlertText, Decision, Question, alert_text
from bot.slack.messages import alert_message
from core.ledger.tables import Alert
from core.markup import guard
from core.settings import Settings
from core.values import Locale
from tests.ledger.life import NOON
from tests.support.price_alerts import price_gap

SOFIA = "sofia.reyes@harborlane.example"
OWN = ["match", "undercut", "keep", "ignore", "wrong_product"]


def alert(check: str = "price_gap", **other: Any) -> Alert:
    told: dict[str, Any] = {
        "id": 7, "store": "harborlane", "check": check, "subject": "x", "severity": "warning",
        "role": "operations", "channel": "prices", "owner": SOFIA, "since": NOON,
        "opened_at": NOON, "due_at": NOON, "facts": price_gap(NOON).facts,
    }  # fmt: skip
    return Alert(**told | other)


def offered(settings: Settings, one: Alert) -> list[str]:
    return [each.name for each in alert_text(one, settings, Locale.ENGLISH).decisions]


def test_they_are_those_of_the_template_in_its_order(settings: Settings) -> None:
    assert offered(settings, alert()) == OWN
    assert (
        offered(settings, alert(state="acknowledged", acknowledged_at=NOON, acknowledged_by=SOFIA))
        == OWN
    )


def test_what_is_over_or_cannot_be_told_has_none(settings: Settings) -> None:
    assert offered(settings, alert(state="resolved", resolved_at=NOON)) == []
    blind = {"what": "prices of VoltTrail", "problem": "captcha", "last_known": None}
    assert offered(settings, alert(blind=True, facts=blind | {"whole_check": False})) == []


def test_another_checks_alerts_have_none(settings: Settings) -> None:
    facts = {"job": "price_round", "problem": "late", "slot": NOON.isoformat(), "error": None}
    assert offered(settings, alert("failed_jobs", facts=facts | {"in_a_row": 0})) == []


@pytest.mark.parametrize(("locale", "label"), [("en", "Match 9.30"), ("zh_CN", "9.30")])
def test_labels_are_in_the_readers_language(settings: Settings, locale: str, label: str) -> None:
    first = alert_text(alert(), settings, Locale(locale)).decisions[0]
    assert label in first.label
    assert len(first.label) < 20  # phones show little more


def test_a_long_label_and_question_are_cut_to_what_slack_takes() -> None:
    words = str(guard("<!here> & " * 100))
    decision = Decision("sell", words, Question(words, words, words))
    text = AlertText("", "t", "b", "s", dict.fromkeys(BUTTONS, "x"), [decision])
    _, blocks = alert_message(alert(), text, "")
    button = blocks[-2]["elements"][0]
    confirm = button["confirm"]
    lengths = [len(each["text"]) for each in (button["text"], *confirm.values())]
    assert lengths == [75, 100, 300, 30, 30]  # Slack's limits
    assert button["text"]["text"].startswith("<!here> & ")  # plain text: it pings nobody


def test_who_decided_last_is_called_by_name(settings: Settings) -> None:
    decision = {"choice": "keep", "who": SOFIA, "at": NOON.isoformat(), "note": None}
    facts = price_gap(NOON).facts | {"decision": decision}
    body = alert_text(alert(facts=facts), settings, Locale.ENGLISH).body
    assert "Last decided by Sofia Reyes, " in body
