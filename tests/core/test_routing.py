"""Where alerts go: the first rule that matches, and what it leaves open is as without it."""

from typing import Any

import pytest

from core.jobs import CheckSettings
from core.routing import Route, route, traits
from core.settings import RoutingRule, Settings, Store
from core.values import Medium


@pytest.fixture
def stanza(settings: Settings) -> CheckSettings:
    """Bad reviews: sales, #reviews, Slack."""
    stanza = settings.check("bad_reviews")
    assert stanza
    return stanza


def about(store: Store, severity: str = "warning", **facts: Any) -> Any:
    """An alert as matchers see it."""
    return traits(
        store=store,
        check="bad_reviews",
        subject="amazon R-1",
        severity=severity,
        blind=False,
        facts={"channel": "amazon", "stars": 2, **facts},
    )


def routed(settings: Settings, stanza: CheckSettings, traits: Any, *rules: dict[str, Any]) -> Route:
    routing = [RoutingRule.model_validate(rule) for rule in rules]
    return route(settings.model_copy(update={"routing": routing}), stanza, traits)


def test_without_a_rule_an_alert_goes_where_its_check_says(
    settings: Settings, store: Store, stanza: CheckSettings
) -> None:
    goes = routed(settings, stanza, about(store))
    assert (goes.role, goes.channel, goes.notify) == ("sales", "reviews", (Medium.SLACK,))
    assert goes.chain == settings.escalation.chains["usual"]  # escalation.by_severity.warning


def test_a_check_without_a_channel_uses_slacks(
    settings: Settings, store: Store, stanza: CheckSettings
) -> None:
    stanza = stanza.model_copy(update={"channel": None})
    assert routed(settings, stanza, about(store)).channel == "watch"  # slack.channel


@pytest.mark.parametrize(
    ("severity", "own", "expected"),
    [
        ("critical", None, "urgent"),
        ("notice", None, None),
        ("notice", "usual", "usual"),
        ("critical", "usual", "usual"),
    ],
)
def test_the_chain_is_the_checks_own_else_the_severitys(
    settings: Settings,
    store: Store,
    stanza: CheckSettings,
    severity: str,
    own: str | None,
    expected: str | None,
) -> None:
    stanza = stanza.model_copy(update={"escalation": own})
    goes = routed(settings, stanza, about(store, severity))
    assert goes.chain == (settings.escalation.chains[expected] if expected else None)


def test_a_rule_changes_only_what_it_names(
    settings: Settings, store: Store, stanza: CheckSettings
) -> None:
    plain = routed(settings, stanza, about(store))
    whole = {"role": "operations", "channel": "general", "notify": ["mail"], "escalation": "urgent"}
    for name, value in whole.items():
        goes = routed(settings, stanza, about(store), {"match": {}, name: value})
        changed = {n for n in vars(plain) if vars(plain)[n] != vars(goes)[n]}
        assert changed == {"chain" if name == "escalation" else name}


def test_the_first_rule_that_matches_counts(
    settings: Settings, store: Store, stanza: CheckSettings
) -> None:
    rules = (
        {"match": {"channel": "shopify"}, "role": "video"},
        {"match": {"channel": "amazon"}, "role": "operations"},
        {"match": {"channel": "amazon"}, "role": "designer", "channel": "general"},
    )
    goes = routed(settings, stanza, about(store), *rules)
    assert (goes.role, goes.channel) == ("operations", "reviews")  # the third says nothing more


@pytest.mark.parametrize(
    ("facts", "role"),
    [
        ({"amount": "5000.00", "currency": "USD"}, "sales"),
        ({"amount": "5000.01", "currency": "USD"}, "store_manager"),
        ({"amount": "5000.01", "currency": None}, "store_manager"),  # the store's own, then
        ({"amount": "6000", "currency": "CNY"}, "sales"),  # some 840 USD: not comparable
        ({"amount": None, "currency": "USD"}, "sales"),
        ({}, "sales"),
    ],
    ids=str,
)
def test_a_large_order_goes_to_the_store_manager(
    settings: Settings, store: Store, stanza: CheckSettings, facts: dict[str, Any], role: str
) -> None:
    assert route(settings, stanza, about(store, **facts)).role == role  # config.yaml: routing


def test_facts_do_not_pass_for_the_alerts_own_words(store: Store) -> None:
    own = about(store)
    lies = dict.fromkeys(("store", "check", "subject", "severity", "blind"), "price_gap")
    told = {name: own[name] for name in lies}
    assert traits(**told | {"store": store}, facts=lies) == told
