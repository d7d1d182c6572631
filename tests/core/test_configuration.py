"""A mistake in config.yaml is one line: where it is, what was found, what is allowed."""

import re
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.configuration import ConfigurationError, load
from core.settings import Settings
from jobs.registry import configuration
from tests.conftest import CONFIG
from tests.support.configuration import SHIPPED, problems


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def with_change(old: str, new: str) -> tuple[str, int]:
    """The shipped file with one text changed, and the line where that is."""
    assert SHIPPED.count(old) == 1, f"config.yaml no longer has one {old!r}"
    return SHIPPED.replace(old, new), SHIPPED[: SHIPPED.index(old)].count("\n") + 1


BAD_REVIEWS = "{every: 5m}\n"
"""Its schedule, the only one that ends its line so."""

PRICE_GAP = "{after: price_round}    # compared"
"""Its schedule; others follow the round, too."""

CHANGES = [
    ("port: 8020", "port: 80200", "web.port: found 80200; allowed: less than or equal to 65535"),
    ("port: 8020", "port: none", "web.port: found 'none'; allowed: a whole number"),
    ("port: 8020", "port:", "web.port: found nothing; allowed: a whole number"),
    ("port: 8020", "prot: 8020", "web.prot: no such key; did you mean 'port'?"),
    ("factor: 1.8", "factor: 0", "checks.safety_stock.factor: found 0; allowed: greater than 0"),
    ("factor: 1.8", "factor: much", "found 'much'; allowed: a number"),
    (
        "factor: 1.8",
        "faktor: 1.8",
        "checks.safety_stock.faktor: no such key; did you mean 'factor'",
    ),
    ("max_stars: 3", "max_stars: 3.5", "checks.bad_reviews.max_stars: found 3.5; allowed: a whole"),
    ("first_retry: 5s", "first_retry: 2", "found 2; a duration is a number and a unit: 30s, 15m"),
    ("first_retry: 5s", "first_retry: 0s", "found '0s'; a duration is longer than 0"),
    ("first_retry: 5s", f"first_retry: {'9' * 30}d", "a duration is shorter than that"),
    ("snooze_until: 09:00", "snooze_until: 900", "found 900; a time of day is written 09:00"),
    ("snooze_until: 09:00", "snooze_until: 24:00", "between 00:00 and 23:59"),
    ('at: "00:00"', "at: 00:00+08:00", "found '00:00+08:00'; a time of day is written 09:00"),
    ('"15:30"', '"25:00"', "jobs.price_round.schedule.at.1: found '25:00'; a time of day is"),
    ('"15:30"', '"09:30"', "jobs.price_round.schedule: `at` names a time twice"),
    (
        BAD_REVIEWS,
        "{every: 5m, days: [mon]}\n",
        "checks.bad_reviews.schedule: `days` goes with `at` only",
    ),
    (BAD_REVIEWS, "{every: 5m, at: 10:00}\n", "give exactly one of `at`, `every`, `after`"),
    (BAD_REVIEWS, "{}\n", "give exactly one of `at`, `every`, `after`"),
    (
        BAD_REVIEWS,
        "{at: 10:00, days: [1]}\n",
        "checks.bad_reviews.schedule.days.0: found 1; allowed: 'mon'",
    ),
    (PRICE_GAP, "{after: prices}    # compared", "'prices' never runs: it has no stanza here"),
    (
        PRICE_GAP,
        "{after: price_gap}    # compared",
        "checks.price_gap.schedule.after: 'price_gap' never",
    ),
    (
        "timezone: Asia/Shanghai",
        "timezone: Asia/Shangai",
        "stores.0.timezone: found 'Asia/Shangai'; no",
    ),
    (
        "  currency: USD    ",
        "  currency: usd    ",
        "stores.0.currency: found 'usd'; allowed: a currency's",
    ),
    (
        "security: starttls",
        "security: ssl",
        "mail.security: found 'ssl'; allowed: 'none', 'starttls' or",
    ),
    (
        "channel: watch                      # alerts",
        "channel: '#watch'                   # alerts",
        "slack.channel: found '#watch'; allowed: a Slack channel's",
    ),
    (
        "fallback: store_manager",
        "fallback: boss",
        "duty.fallback: nobody has the role 'boss'; the people",
    ),
    (
        "holidays: CN",
        "holidays: UK",
        "duty.working_hours.holidays: found 'UK'; not a country's two capital letters",
    ),
    ("role: supply_chain", "role: stock", "checks.safety_stock.role: nobody has the role 'stock'"),
    (
        "sales: [emma",
        "sales: [ema",
        "duty.order.sales.0: none of `people` is ema.clarke@harborlane",
    ),
    (
        "{stock: 26h,",
        "{stok: 26h,",
        "checks.safety_stock.stale_after.stok: found 'stok'; there is no",
    ),
    (
        "email: liu.yang@",
        "email: Wang.Fang@",
        "people.5.email: 'wang.fang@harborlane.example' stands",
    ),
    (
        "url: sqlite:///var",
        "url: mysql://var",
        "database.url: found 'mysql://var/watchkeeper.db'; allow",
    ),
    (
        "name: harborlane",
        "name: Harbor Lane",
        "stores.0.name: found 'Harbor Lane'; allowed: lower-case",
    ),
    (
        "roles: [video], locale: zh_CN",
        "roles: [video], locale: zh_CN, leave: [{first: 2026-02-09, last: 2026-02-01}]",
        "people.11.leave.0: leave ends on 2026-02-01, before it begins on 2026-02-09",
    ),
    (
        "notify: [slack, mail]\n    answer_within: 30m\n    stale_after",
        "notify: [slack, fax]\n    answer_within: 30m\n    stale_after",
        "checks.listed_prices.notify.1: found 'fax'; allowed:",
    ),
]


@pytest.mark.parametrize(("old", "new", "told"), CHANGES)
def test_a_mistake_is_told_with_its_line_and_what_is_allowed(
    path: Path, old: str, new: str, told: str
) -> None:
    content, line = with_change(old, new)
    told_by_loading = problems(path, content)
    assert len([p for p in told_by_loading if p.startswith(f"F:{line}: ") and told in p]) == 1


def test_every_store_has_somebody_of_the_fallback_role(path: Path) -> None:
    content = SHIPPED.replace("roles: [store_manager]", "roles: [store_manager], stores: [two]")
    two = "  - {name: two, title: Two, timezone: UTC, currency: EUR}\n"
    content = content.replace("stores:\n", f"stores:\n{two}", 1)
    [problem] = problems(path, content)
    assert problem.endswith("duty.fallback: no store_manager serves the store 'harborlane'")


def test_every_mistake_is_told_at_once(path: Path) -> None:
    content = SHIPPED.replace("port: 8020", "port: x").replace("max_stars: 3", "max_stars: 9")
    assert len(problems(path, content)) == 2


def test_a_missing_stanza_is_named(path: Path) -> None:
    content = SHIPPED.replace("  host: 127.0.0.1\n", "")
    line = content[: content.index("web:\n")].count("\n") + 1
    assert problems(path, content) == [
        f"F:{line}: web.host: is missing; the config.yaml that came with Watchkeeper shows it"
    ]


def test_a_check_that_does_not_exist_is_answered_with_the_nearest_name(path: Path) -> None:
    content, line = with_change("  bad_reviews:", "  bad_review:")
    expected = f"F:{line}: checks.bad_review: no such key; did you mean 'bad_reviews'?"
    assert problems(path, content) == [expected]


def test_a_key_like_no_other_is_answered_with_the_known_ones(path: Path) -> None:
    content, line = with_change("  port: 8020", "  port: 8020\n  zebra: 1")
    assert problems(path, content) == [
        f"F:{line + 1}: web.zebra: no such key; known are host, port, push"
    ]


def test_a_duplicate_key_is_refused(path: Path) -> None:
    content, line = with_change("  port: 8020", "  port: 8020\n  port: 8021")
    [problem] = problems(path, content)
    assert problem.startswith(f'F:{line + 1}: not valid YAML: found duplicate key "port"')


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("stores: [", "F:1: not valid YAML"),
        ("stores:\n\t- x", "F:2: not valid YAML"),
        ("a: 1\n---\nb: 2", "F:2: not valid YAML"),
        ("- a\n- b", "F:1: expected keys and values"),
        ("just words", "F:1: expected keys and values"),
        ("", "F:1: expected keys and values"),
        ("a: \x00", "F: not valid YAML"),
        ("day: 2026-02-31", "F: not valid YAML: day"),
        ("[" * 1000, "F: not valid YAML"),
        ("标题: 商店\n名称: 好".encode("gb18030"), "F:1: not UTF-8; save the file as UTF-8"),
        (b"a: 1\nb: \xff", "F:2: not UTF-8; save the file as UTF-8"),
    ],
)
def test_what_is_no_configuration_at_all_gets_one_line(
    path: Path, content: str | bytes, told: str
) -> None:
    [problem] = problems(path, content)
    assert problem.startswith(told)
    assert "\n" not in problem


def test_a_file_that_is_not_there_and_a_folder_get_one_line(tmp_path: Path) -> None:
    for path, told in ((tmp_path / "no.yaml", "no such file; give"), (tmp_path, "cannot be read")):
        with pytest.raises(ConfigurationError, match=re.escape(f"{path}: {told}")):
            load(path, configuration())


def test_a_byte_order_mark_is_no_mistake(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + SHIPPED.encode())
    assert load(path, configuration()).stores[0].title == "Harbor Lane"


def test_an_override_wins_over_the_file() -> None:
    settings = load(CONFIG, configuration(), {"database.url": "sqlite:///other.db"})
    assert settings.database.url == "sqlite:///other.db"


def test_a_wrong_override_is_not_blamed_on_the_file(path: Path) -> None:
    [problem] = problems(path, SHIPPED, {"database.url": "oracle://x"})
    assert problem.startswith(
        "database.url, as set in the environment: found 'oracle://x'; allowed"
    )


@pytest.mark.parametrize("parent", ["database: here", "database:", "database: [1]"])
def test_an_override_below_something_that_is_no_stanza_gets_one_line(
    path: Path, parent: str
) -> None:
    content, line = with_change(
        "database:\n  url: sqlite:///var/watchkeeper.db   # or postgresql://…; DATABASE_URL"
        " overrides it\n  keep_runs_for: 14d                  # what was run, and how it ended",
        parent,
    )
    [problem] = problems(path, content, {"database.url": "sqlite:///x"})
    assert problem.startswith(f"F:{line}: database: ")
    assert problem.endswith("allowed: keys and values")


def test_a_password_in_the_database_url_is_told_to_nobody(path: Path) -> None:
    secret = "mysql://keeper:s3cr@t@db/x"
    [problem] = problems(path, SHIPPED, {"database.url": secret})
    assert "s3cr" not in problem
    url = "postgresql://keeper:s3cret@db/x"
    settings = load(CONFIG, configuration(), {"database.url": url})
    assert settings.database.url == url
    assert "s3cret" not in repr(settings)


@given(st.text(alphabet=st.characters(codec="utf-8")) | st.text("[]{}:,-&*!|>'\"%@`# \n\tab1"))
def test_any_text_is_a_configuration_or_one_line_a_problem(
    tmp_path_factory: pytest.TempPathFactory, content: str
) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        load(path, configuration())
    assert all(p and len(p.splitlines()) == 1 for p in caught.value.problems)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
VALUES = st.recursive(
    SCALARS, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.text(max_size=5), v, max_size=3)
)
KEYS = [
    "web.port",
    "alerts",
    "checks",
    "jobs.price_round.schedule",
    "stores",
    "people",
    "duty.order",
]


@hypothesis.settings(max_examples=25)  # each reads the whole file
@given(st.sampled_from(KEYS), VALUES)
def test_any_value_in_any_place_is_taken_or_explained(key: str, value: Any) -> None:
    try:
        settings = load(CONFIG, configuration(), {key: value})
    except ConfigurationError as error:
        lines = [len(problem.splitlines()) for problem in error.problems]
    else:
        lines = [1]
        assert isinstance(settings, Settings)
    assert set(lines) == {1}


def test_a_number_of_a_check_knows_its_line(path: Path) -> None:
    content, line = with_change("factor: 1.8", "factor: 1.95")
    path.write_text(content, encoding="utf-8")
    settings = load(path, configuration())
    assert settings.place("checks", "safety_stock", "factor") == f"config.yaml:{line} factor: 1.95"
    assert settings.place("checks", "safety_stock", "no_such") is None


def test_a_number_from_the_environment_says_so() -> None:
    settings = load(CONFIG, configuration(), {"checks.safety_stock.factor": "2"})
    told = settings.place("checks", "safety_stock", "factor")
    assert told == "set in the environment: factor: 2"
