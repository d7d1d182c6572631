"""The service's own pages."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from slack_sdk.web.async_client import AsyncWebClient

from bot.web.site import site
from core.ledger.alerts import acknowledge
from tests.support.post_office import PostOffice
from tests.support.watch import served


async def yes() -> bool:
    return True


async def no() -> bool:
    return False


async def broken() -> bool:
    raise OSError("no such thing")


async def test_healthz_is_alive_whatever_is_missing(office: PostOffice) -> None:
    async with served(site(office.database, {"slack": no}, None)) as address:
        answer = await get(f"{address}/healthz")
    assert answer.status_code == 200


async def get(address: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(address)


@pytest.mark.parametrize(
    ("probe", "status", "state"), [(yes, 200, True), (no, 503, False), (broken, 503, False)]
)
async def test_readyz_names_what_is_there(
    office: PostOffice, probe: object, status: int, state: bool
) -> None:
    probes = {"database": yes, "slack": probe}
    async with served(site(office.database, probes, None)) as address:  # type: ignore[arg-type]
        answer = await get(f"{address}/readyz")
    assert (answer.status_code, answer.json()) == (status, {"database": True, "slack": state})


async def test_metrics_count_alerts_and_posts_by_state(office: PostOffice) -> None:
    office.find("R1", "R2", "R3")
    await office.deliver()
    office.step(acknowledge, 2)
    async with served(site(office.database, {}, None)) as address:
        answer = await get(f"{address}/metrics")
    values = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }
    assert values["watchkeeper_alerts", "bad_reviews", "open"] == 2
    assert values["watchkeeper_alerts", "bad_reviews", "acknowledged"] == 1
    assert values["watchkeeper_posts", "owed"] == 1
    assert values["watchkeeper_posts", "sent"] == 2


async def test_in_socket_mode_there_is_no_door_for_slacks_requests(
    office: PostOffice, client: AsyncWebClient
) -> None:
    async with served(site(office.database, {}, None)) as address:
        assert (await get(f"{address}/slack/events")).status_code == 404
