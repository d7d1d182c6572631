"""An alert by WhatsApp: once or told, to who asked for it, in the shape that Meta describes."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import respx
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest

from bot.senders.transport import Errand, TransportError
from bot.senders.whatsapp import TITLE_LIMIT, WhatsAppSender, whatsapp_client
from core.configuration import load
from core.ledger import opt_ins, posts
from core.ledger.life import owing
from core.ledger.tables import Alert, Post
from core.sections import WhatsAppSettings
from core.settings import Settings
from core.values import Medium
from jobs.registry import configuration
from tests.conftest import CONFIG
from tests.support.post_office import Json, PostOffice, review
from tests.support.sandbox_process import ROOT, RunningSandbox

CONTRACT = ROOT.parent / "shared/contracts/whatsapp/business-messaging-api_v23.0.yaml"
META = "https://graph.facebook.com"
PHONE, NUMBER = "8613800138000", "15550001111"
EMMA, LIN = "emma.clarke@harborlane.example", "lin.yue@harborlane.example"
TAKEN = {"messaging_product": "whatsapp", "messages": [{"id": "wamid.1"}]}

OWN = WhatsAppSettings(
    phone_number_id=NUMBER,
    version="v23.0",
    template="watchkeeper_alert",
    languages={"en": "en_US", "zh_CN": "zh_CN"},
)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With WhatsApp set up."""
    return settings.model_copy(update={"whatsapp": OWN})


@pytest.fixture
async def office(office: PostOffice, sandbox: RunningSandbox) -> AsyncIterator[PostOffice]:
    """A post office whose WhatsApp is the sandbox's; Emma asked for it."""
    ready = sandbox.ready
    token, url = ready["whatsapp_token"], ready["whatsapp_api_url"]
    async with whatsapp_client(token, url, timedelta(seconds=2)) as client:
        office.senders[Medium.WHATSAPP] = WhatsAppSender(client, office.settings, OWN)
        with office.database.write() as ledger:
            opt_ins.record(ledger, EMMA, PHONE, office.clock(), "test")
        yield office


def owe(office: PostOffice, email: str = EMMA, **facts: Any) -> None:
    """Owe an alert by WhatsApp, as a step of its chain does."""
    office.find("R1", **facts)
    now = office.clock()
    with office.database.write() as ledger:
        alert = ledger.get_one(Alert, 1)
        ledger.add(owing.about(alert, Medium.WHATSAPP, email, "nudge", now, due=now))


def arrived(office: PostOffice) -> list[Json]:
    return list(office.sandbox.get("/sandbox/whatsapp")["messages"])


def owed(office: PostOffice) -> Post:
    return next(post for post in office.posts() if post.medium == Medium.WHATSAPP)


def values(message: Json) -> list[str]:
    (body,) = message["template"]["components"]
    return [parameter["text"] for parameter in body["parameters"]]


async def test_who_asked_for_it_gets_the_alerts_title_and_number(office: PostOffice) -> None:
    owe(office)
    await office.deliver()
    (message,) = arrived(office)
    assert message["phone"] == PHONE
    assert message["template"]["language"]["code"] == "en_US"
    assert values(message) == ["2-star review on amazon: Power station 1000", "1"]
    assert owed(office).place == {"message_id": message["id"]}


async def test_a_title_is_one_line_without_rows_of_spaces_and_fits(office: PostOffice) -> None:
    owe(office, name="Power\n\tstation" + " " * 9 + "<!channel>" + "x" * 60_000)
    await office.deliver()
    (message,) = arrived(office)
    title, _ = values(message)
    assert title.startswith("2-star review on amazon: Power station <!channel>x")
    assert len(title) == TITLE_LIMIT


async def test_who_did_not_ask_for_it_gets_none_and_it_is_told(office: PostOffice) -> None:
    owe(office, LIN)
    await office.deliver()
    assert arrived(office) == []
    assert "has not asked for WhatsApp messages" in (owed(office).error or "")
    (notice,) = office.told("watch")
    assert LIN in notice["text"]


@pytest.mark.parametrize("mode", ["429", "500"])
async def test_what_whatsapp_refuses_for_now_is_tried_again(office: PostOffice, mode: str) -> None:
    office.sandbox.fault("whatsapp", mode, times=2)
    owe(office)
    await office.deliver()
    assert len(arrived(office)) == 1


@pytest.mark.parametrize("mode", ["lost_answer", "reset", "hang"])
async def test_what_may_have_arrived_is_not_sent_again_but_told(
    office: PostOffice, mode: str
) -> None:
    more = {"hang_seconds": 1.5} if mode == "hang" else {}
    office.sandbox.fault("whatsapp", mode, times=1, **more)
    owe(office)
    await office.deliver()
    assert len(arrived(office)) == (1 if mode == "lost_answer" else 0)
    assert owed(office).state == "failed"
    (notice,) = office.told("watch")
    assert "it may have arrived by WhatsApp" in notice["text"]


async def test_what_was_on_its_way_in_a_crash_is_not_sent_again(office: PostOffice) -> None:
    owe(office)
    with office.database.write() as ledger:
        assert posts.claim_next(
            ledger, posts.Lane("whatsapp", EMMA), office.clock(), timedelta(seconds=9)
        )
    await office.deliver()
    assert (arrived(office), owed(office).state) == ([], "failed")


async def test_a_person_who_retries_it_gets_it_sent(office: PostOffice) -> None:
    office.sandbox.fault("whatsapp", "reset", times=1)
    owe(office)
    await office.deliver()
    with office.database.write() as ledger:
        assert posts.retry(ledger, office.clock(), owed(office).id) == 1
    await office.deliver()
    assert len(arrived(office)) == 1


async def test_without_a_token_it_fails_and_is_told(office: PostOffice, settings: Settings) -> None:
    del office.senders[Medium.WHATSAPP]
    owe(office)
    await office.deliver()
    assert owed(office).error == "whatsapp is not set up"
    assert len(office.told("watch")) == 1


# One answer at a time, as the vendor words them.


@pytest.fixture
def errand(now: datetime) -> Errand:
    """A message on its way to Emma."""
    found = review("R1", now)
    alert = Alert(
        id=1, store="harborlane", check="bad_reviews", subject=found.subject, facts=found.facts,
        severity="warning", role="sales", channel="reviews", owner=EMMA,
        since=now, opened_at=now, due_at=now,
    )  # fmt: skip
    post = owing.about(alert, Medium.WHATSAPP, EMMA, "nudge", now, due=now)
    return Errand(post, alert, None, may_have_arrived=False, phone=PHONE)


@pytest.fixture(scope="module")
def shipped() -> Settings:
    """The shipped config.yaml."""
    return load(CONFIG, configuration())


@pytest.fixture
async def meta(shipped: Settings) -> AsyncIterator[WhatsAppSender]:
    """A sender to Meta's own address; respx stands there."""
    async with whatsapp_client("secret", META, timedelta(seconds=1)) as client:
        yield WhatsAppSender(client, shipped, OWN)


def answering(answer: httpx.Response | type[Exception]) -> respx.MockRouter:
    router = respx.mock(base_url=META)
    router.post(f"/v23.0/{NUMBER}/messages").mock(
        **{"side_effect" if isinstance(answer, type) else "return_value": answer}  # type: ignore[arg-type]
    )
    return router


def refusal(code: int, status: int = 400) -> httpx.Response:
    error = {"message": f"(#{code}) No", "type": "OAuthException", "code": code}
    return httpx.Response(status, json={"error": error})


async def outcome(sender: WhatsAppSender, errand: Errand) -> TransportError:
    with pytest.raises(TransportError) as raised:
        await sender.send(errand)
    return raised.value


@pytest.mark.parametrize("code", [4, 80007, 130429, 131016, 131056])
async def test_errors_that_pass(meta: WhatsAppSender, errand: Errand, code: int) -> None:
    with answering(refusal(code)):
        error = await outcome(meta, errand)
    assert (error.permanent, error.uncertain) == (False, False)


@pytest.mark.parametrize(
    ("code", "status"),
    [(190, 401), (0, 401), (10, 403), (368, 400), (131026, 400), (131047, 400), (132001, 404)],
)
async def test_errors_that_somebody_must_mend(
    meta: WhatsAppSender, errand: Errand, code: int, status: int
) -> None:
    with answering(refusal(code, status)):
        error = await outcome(meta, errand)
    assert (error.permanent, error.uncertain) == (True, False)
    assert str(error) == f"WhatsApp said {code}: (#{code}) No"


@pytest.mark.parametrize(
    ("answer", "permanent", "uncertain"),
    [
        (refusal(131000, 500), False, False),  # refused in so many words: it passes
        (httpx.ConnectError, False, False),
        (httpx.ReadTimeout, True, True),
        (httpx.Response(502, html="<h1>Bad gateway</h1>"), True, True),
        (httpx.Response(200, json={"messages": []}), True, True),
        (httpx.Response(200, json=["what"]), True, True),
        (httpx.Response(302, headers={"Location": "https://evil.example"}), True, False),
        (httpx.Response(403, text="no JSON"), True, False),
    ],
)
async def test_answers_without_a_refusal_in_words(
    meta: WhatsAppSender,
    errand: Errand,
    answer: httpx.Response | type[Exception],
    permanent: bool,
    uncertain: bool,
) -> None:
    with answering(answer):
        error = await outcome(meta, errand)
    assert (error.permanent, error.uncertain) == (permanent, uncertain)


@pytest.mark.parametrize(
    ("contacts", "place"),
    [
        ([{"input": PHONE, "wa_id": PHONE}], {"message_id": "wamid.1"}),
        ([{"input": PHONE, "wa_id": "86138"}], {"message_id": "wamid.1", "wa_id": "86138"}),
        ([], {"message_id": "wamid.1"}),
        ("what", {"message_id": "wamid.1"}),
    ],
)
async def test_what_whatsapp_calls_the_phone_is_kept_where_it_differs(
    meta: WhatsAppSender, errand: Errand, contacts: Any, place: Json
) -> None:
    with answering(httpx.Response(200, json=TAKEN | {"contacts": contacts})):
        assert await meta.send(errand) == place


async def test_the_token_is_in_no_error(meta: WhatsAppSender, errand: Errand) -> None:
    with answering(refusal(190, 401)):
        assert "secret" not in str(await outcome(meta, errand))


# Meta's own description of the request.


@pytest.fixture(scope="module")
def contract() -> OpenAPI:
    """The description of the Cloud API; its own errors are none of ours."""
    if not CONTRACT.exists():
        pytest.skip(f"the Cloud API's description is not here: {CONTRACT.name}")
    return OpenAPI.from_file_path(str(CONTRACT), config=Config(spec_validator_cls=None))


@pytest.fixture
async def request_of(meta: WhatsAppSender, errand: Errand) -> httpx.Request:
    with answering(httpx.Response(200, json=TAKEN)) as router:
        assert await meta.send(errand) == {"message_id": "wamid.1"}
        request: httpx.Request = router.calls.last.request
    return request


def described(request: httpx.Request, body: Json) -> MockRequest:
    return MockRequest(
        META,
        request.method.lower(),
        request.url.path,
        headers=dict(request.headers),
        data=json.dumps(body).encode(),
        content_type="application/json",
    )


def test_a_request_is_what_meta_describes(contract: OpenAPI, request_of: httpx.Request) -> None:
    contract.validate_request(described(request_of, json.loads(request_of.content)))
    assert request_of.headers["Authorization"] == "Bearer secret"


SPOILT: dict[str, Callable[[Json], Any]] = {
    "no recipient type": lambda body: body.pop("recipient_type"),
    "no template name": lambda body: body["template"].pop("name"),
    "no language policy": lambda body: body["template"]["language"].pop("policy"),
    "an unknown type": lambda body: body.update(type="telegram"),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_the_description_refuses_what_is_wrong(
    contract: OpenAPI, request_of: httpx.Request, spoil: Callable[[Json], Any]
) -> None:
    body = json.loads(request_of.content)
    spoil(body)
    with pytest.raises(OpenAPIError):
        contract.validate_request(described(request_of, body))
