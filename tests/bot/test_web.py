"""The service's own pages."""

from collections import Counter
from datetime import timedelta

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from slack_sdk.web.async_client import AsyncWebClient

from bot.health.heartbeat import Heartbeat
from bot.health.lifeline import Lifeline
from bot.health.vitals import Vitals
from bot.web.metrics import Metrics
from bot.web.site import site
from core.ledger import runs
from core.ledger.life.steps import acknowledge
from tests.support.monitor import beating, listening_monitor
from tests.support.post_office import PostOffice
from tests.support.sandbox_process import PLAIN
from tests.support.toy import with_toys
from tests.support.watch import all_well, served

Values = dict[tuple[str, ...], float]


async def slack_deaf() -> dict[str, str | None]:
    return {"database": None, "slack": "not connected"}


async def get(address: str) -> httpx.Response:
    async with httpx.AsyncClient(verify=PLAIN) as client:
        return await client.get(address)


async def test_healthz_is_alive_whatever_is_missing() -> None:
    async with served(site(slack_deaf, bytes, None)) as address:
        answer = await get(f"{address}/healthz")
    assert answer.status_code == 200


async def test_readyz_names_what_is_there() -> None:
    async with served(site(slack_deaf, bytes, None)) as address:
        answer = await get(f"{address}/readyz")
    assert (answer.status_code, answer.json()) == (503, {"database": True, "slack": False})


async def test_readyz_is_ready_when_all_is_well() -> None:
    async with served(site(all_well, bytes, None)) as address:
        answer = await get(f"{address}/readyz")
    assert (answer.status_code, answer.json()) == (200, {})


def metrics_of(office: PostOffice, heartbeat: Heartbeat) -> tuple[Metrics, Vitals]:
    """The metrics of a service whose parts are a database and Slack, which is deaf."""

    async def database() -> str | None:
        return None

    async def slack() -> str | None:
        return "not connected"

    vitals = Vitals(
        office.database,
        "ship:8020",
        {"database": database, "slack": slack},
        heartbeat,
        Lifeline(office.settings, {}, None, office.clock),
        office.clock,
        lambda: None,
    )
    return Metrics(office.database, office.settings, vitals, office.clock), vitals


async def read(metrics: Metrics) -> Values:
    """The values on the page, by name and labels."""
    async with served(site(all_well, metrics.page, None)) as address:
        answer = await get(f"{address}/metrics")
    assert answer.status_code == 200
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


async def test_metrics_count_alerts_and_posts_by_state(office: PostOffice) -> None:
    office.find("R1", "R2", "R3")
    await office.deliver()
    office.step(acknowledge, 2)
    async with beating(None, office.clock) as heartbeat:
        values = await read(metrics_of(office, heartbeat)[0])
    assert values["watchkeeper_alerts", "bad_reviews", "open"] == 2
    assert values["watchkeeper_alerts", "bad_reviews", "acknowledged"] == 1
    posts = {state: values["watchkeeper_posts", state] for state in ("owed", "sent")}
    assert posts == Counter(office.states())
    assert posts["owed"] > 0


async def test_metrics_tell_what_is_late(office: PostOffice) -> None:
    office.find("R1", "R2", "R3")
    office.step(acknowledge, 2)
    async with beating(None, office.clock) as heartbeat:
        metrics, _ = metrics_of(office, heartbeat)
        assert (await read(metrics))["watchkeeper_alerts_overdue",] == 0
        office.clock.ahead(minutes=31)  # they are to be answered within 30
        values = await read(metrics)
    assert values["watchkeeper_alerts_overdue",] == 2
    assert values["watchkeeper_oldest_owed_seconds",] == pytest.approx(31 * 60, abs=30)


async def test_metrics_tell_how_the_parts_are_and_when_the_heart_beat(office: PostOffice) -> None:
    async with (
        listening_monitor() as monitor,
        beating(monitor.address, office.clock) as heartbeat,
    ):
        metrics, vitals = metrics_of(office, heartbeat)
        await vitals.look()
        values = await read(metrics)
        assert values["watchkeeper_part_well", "database"] == 1
        assert values["watchkeeper_part_well", "slack"] == 0
        assert ("watchkeeper_heartbeat_timestamp_seconds",) not in values  # Slack is deaf
        await heartbeat.beat()
        sent_at = (await read(metrics))["watchkeeper_heartbeat_timestamp_seconds",]
    assert sent_at == pytest.approx(office.clock().timestamp(), abs=30)


async def test_metrics_tell_when_each_job_last_ended(office: PostOffice) -> None:
    ended = office.clock()
    with office.database.write() as ledger:
        for slot in (ended - timedelta(hours=1), ended):
            runs.claim(ledger, "snoozes", "harborlane", slot, slot)
        runs.finish(ledger, "snoozes", "harborlane", ended - timedelta(hours=1), ended)
    async with beating(None, office.clock) as heartbeat:
        values = await read(metrics_of(office, heartbeat)[0])
    finished = values["watchkeeper_run_finished_timestamp_seconds", "snoozes", "harborlane"]
    assert finished == pytest.approx(ended.timestamp(), abs=0.001)


async def test_metrics_tell_when_each_feed_was_last_read_completely(office: PostOffice) -> None:
    office.settings = with_toys(office.settings)
    ended = office.clock() - timedelta(minutes=5)
    with office.database.write() as ledger:
        for slot, error in ((ended, None), (ended + timedelta(minutes=1), "down")):
            runs.claim(ledger, "toy_stock", "harborlane", slot, slot)
            job = ("toy_stock", "harborlane", slot, slot)
            runs.finish(ledger, *job, summary={"read": 500}, error=error)
    async with beating(None, office.clock) as heartbeat:
        values = await read(metrics_of(office, heartbeat)[0])
    complete = values["watchkeeper_feed_complete_timestamp_seconds", "toy_stock", "harborlane"]
    assert complete == pytest.approx(ended.timestamp(), abs=0.001)
    assert values["watchkeeper_feed_rows", "toy_stock", "harborlane"] == 500
    assert ("watchkeeper_feed_rows", "toy_orders", "harborlane") not in values


async def test_metrics_count_pushes_by_token_and_status(office: PostOffice) -> None:
    async with beating(None, office.clock) as heartbeat:
        metrics, _ = metrics_of(office, heartbeat)
        metrics.pushes["mango_rpa", "422"] += 2
        values = await read(metrics)
    assert values["watchkeeper_pushes_total", "422", "mango_rpa"] == 2


async def test_metrics_of_a_ledger_that_refuses_tell_that_it_does(office: PostOffice) -> None:
    with office.database.engine.begin() as connection:
        for table in ("watcher", "post"):
            connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO lost_{table}")
    async with beating(None, office.clock) as heartbeat:
        metrics, vitals = metrics_of(office, heartbeat)
        await vitals.look()
        values = await read(metrics)
    assert values["watchkeeper_part_well", "database"] == 0
    assert {name for name, *_ in values} == {"watchkeeper_part_well"}


async def test_in_socket_mode_there_is_no_door_for_slacks_requests(client: AsyncWebClient) -> None:
    async with served(site(all_well, bytes, None)) as address:
        assert (await get(f"{address}/slack/events")).status_code == 404
