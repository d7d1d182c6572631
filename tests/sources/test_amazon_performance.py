"""The figures that Amazon judges an account by."""

import json
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

import pytest

from core.ledger.database import Database
from core.ledger.records import Score
from core.settings import Settings, Store
from core.sources import ProblemKind
from scrapers.api.problems import SourceProblem
from tests.support.amazon import CA, US
from tests.support.amazon_reports import (
    Shop,
    held_to,
    shop_of,
)
from tests.support.contracts import example
from tests.support.intake import facts, stored
from tests.support.schemas import ValidationError


@pytest.fixture
def shop(sqlite_database: Database, settings: Settings, store: Store) -> Shop:
    return partial(shop_of, sqlite_database, settings, store)


def health() -> Any:
    """Return the example of Amazon's schema, with what the schema itself asks for beside it."""
    report = example("amazon/accountHealthReport-2020-11-18.json")["examples"][0]
    [metrics] = report["performanceMetrics"]
    metrics["preFulfillmentCancellationRate"] = metrics.pop("prefulfillmentCancelRate")
    metrics["warningStates"] = metrics.pop("warningState")
    metrics["documentRequests"] = metrics.pop("documentRequest")
    for name in ("restrictedProductPolicyViolations", "suspectedIntellectualPropertyViolations"):
        metrics[name] = metrics["listingPolicyViolations"]
    report["accountStatuses"] = report["accountStatuses"][:1]
    return report


async def test_the_figures_of_the_accounts_health(shop: Shop) -> None:
    making = shop(held_to("accountHealthReport-2020-11-18.json", health()))
    await making.bench.sync("performance")
    kept = {
        score.metric: facts(score, "value", "target", "status")
        for score in stored(making.bench.database, Score)
    }
    assert kept["account_status"] == (None, None, "at_risk")
    assert kept["account_health_rating"] == (None, None, "warned")
    assert kept["late_shipment_rate"] == (Decimal("0.03204"), Decimal("0.04"), "good")
    assert kept["on_time_delivery_rate"] == (Decimal("0.9529"), Decimal("0.95"), "good")
    assert kept["valid_tracking_rate"][0] == Decimal("0.9529")
    assert kept["pre_fulfillment_cancellation_rate"][0] == Decimal("0.005")
    assert kept["order_defect_rate_mfn"] == (Decimal("0.009"), Decimal("0.01"), "good")
    assert kept["order_defects_mfn_claims"] == (Decimal(442), None, "none")
    assert kept["order_defects_afn_negative_feedback"][0] == Decimal(628)
    assert kept["product_safety_customer_complaints"] == (Decimal(165), Decimal(0), "bad")
    assert {score.day for score in stored(making.bench.database, Score)} == {date(2026, 3, 5)}


async def test_figures_of_other_marketplaces_carry_their_country(shop: Shop) -> None:
    report = health()
    report["performanceMetrics"].append(report["performanceMetrics"][0] | {"marketplaceId": CA})
    report["accountStatuses"].append({"marketplaceId": CA, "status": "DEACTIVATED"})
    making = shop(json.dumps(report).encode(), stanza={"marketplaces": [US, CA]})
    await making.bench.sync("performance")
    kept = {score.metric: score.status for score in stored(making.bench.database, Score)}
    assert kept["account_status_ca"] == "deactivated"
    assert kept["late_shipment_rate_ca"] == kept["late_shipment_rate"] == "good"
    assert making.asked_for[0]["marketplaceIds"] == [US, CA]


async def test_a_word_of_health_that_is_new_is_kept(shop: Shop) -> None:
    report = {"accountStatuses": [{"marketplaceId": US, "status": "GLOWING"}]}
    making = shop(json.dumps(report | {"performanceMetrics": []}).encode())
    await making.bench.sync("performance")
    [score] = stored(making.bench.database, Score)
    assert score.status == "unknown:GLOWING"


async def test_no_figures_are_a_problem_not_good_health(shop: Shop) -> None:
    making = shop("CANCELLED")
    with pytest.raises(SourceProblem, match="no figures of the account's health"):
        await making.bench.sync("performance")
    assert making.bench.cursor("performance") == {}


@pytest.mark.parametrize("torn", ['{"accountStatuses": [], "perf', "{}", "<html/>"])
async def test_a_torn_report_of_health_is_told(shop: Shop, torn: str) -> None:
    with pytest.raises(SourceProblem) as problem:
        await shop(torn.encode()).bench.sync("performance")
    assert problem.value.kind is ProblemKind.BROKEN


def test_the_schema_refuses_a_bad_report() -> None:
    """The negative control: what holds the reports does refuse."""
    broken = health() | {"accountStatuses": [{"marketplaceId": US, "status": "GLOWING"}]}
    with pytest.raises(ValidationError):
        held_to("accountHealthReport-2020-11-18.json", broken)
