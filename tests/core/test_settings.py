"""The shipped configuration holds the plan's numbers, and editors know its shape."""

import json
from collections.abc import Iterator
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from ruamel.yaml import YAML

from core.settings import Settings
from jobs.registry import configuration
from tests.conftest import CONFIG

SCHEMA = Path(__file__).parents[2] / "docs" / "config.schema.json"


@pytest.fixture(scope="module")
def schema() -> Any:
    return json.loads(SCHEMA.read_text(encoding="utf-8"))


def test_the_plans_numbers_are_exact(settings: Settings) -> None:
    stock: Any = settings.check("safety_stock")
    gap: Any = settings.check("price_gap")
    reviews: Any = settings.check("bad_reviews")
    assert (stock.factor, gap.limit) == (Decimal("1.8"), Decimal("0.03"))  # plan C1, B1
    assert (reviews.max_stars, reviews.contact_within) == (3, timedelta(hours=48))  # plan A1
    assert reviews.answer_within == timedelta(minutes=30)


def test_the_plans_hours_are_times_of_the_day(settings: Settings) -> None:
    prices, stock = settings.job("price_round"), settings.check("safety_stock")
    assert prices
    assert stock
    assert prices.schedule.at == [time(9, 30), time(15, 30)]  # plan B1: the answer at 10:00, 16:00
    assert prices.spread_over == timedelta(minutes=30)  # type: ignore[attr-defined]
    assert stock.schedule.at == [time(0)]  # plan C1


def test_the_team_is_the_plans(settings: Settings) -> None:
    counted = dict.fromkeys(settings.roles, 0)
    for person in settings.people:
        counted[person.roles[0]] += 1
    assert counted == {
        "store_manager": 1,
        "operations": 3,
        "sales": 4,
        "order_follower": 2,
        "designer": 1,
        "video": 1,
        "supply_chain": 2,
    }


def test_a_person_is_found_in_whatever_case_the_address_is_written(settings: Settings) -> None:
    person = settings.person("Tom.Becker@HarborLane.example")
    assert person
    assert person.name == "Tom Becker"
    assert settings.person("nobody@harborlane.example") is None


def test_what_has_no_stanza_is_switched_off(settings: Settings) -> None:
    assert settings.check("a_check_of_next_year") is None
    assert settings.job("a_job_of_next_year") is None
    assert settings.store("another") is None


def test_settings_do_not_change_after_reading(settings: Settings) -> None:
    with pytest.raises(ValueError, match="frozen"):
        settings.web.port = 1  # type: ignore[misc]


def test_the_editors_schema_is_current(schema: Any) -> None:
    message = "write docs/config.schema.json anew: make schema"
    assert schema == configuration().model_json_schema(), message


def test_the_editors_schema_accepts_the_shipped_file(schema: Any) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)
    # as an editor sees it: a date is text that looks like one
    shipped = json.loads(json.dumps(YAML(typ="safe").load(CONFIG), default=str))
    jsonschema.validate(shipped, schema)


@pytest.mark.parametrize(
    ("old", "new"),
    [("port: 8020", "port: 80200"), ("every: 5m", "every: 5"), ('"15:30"', '"15:60"')],
)
def test_the_editors_schema_refuses_what_loading_refuses(schema: Any, old: str, new: str) -> None:
    text = CONFIG.read_text(encoding="utf-8").replace(old, new)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(YAML(typ="safe").load(text), schema)


def undescribed(schema: Any) -> Iterator[str]:
    stanzas = {title: node for title, node in schema["$defs"].items() if "properties" in node}
    for title in stanzas.keys() - {"Checks", "Jobs"}:
        for name, value in stanzas[title]["properties"].items():
            if "description" not in value:
                yield f"{title}.{name}"


def test_every_setting_says_what_it_means(schema: Any) -> None:
    assert list(undescribed(schema)) == []
