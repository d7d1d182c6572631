"""The ways to a page: cookies, HTTP/2, a proxy, a rendering service; a stanza per host."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import RequestReceived

from core.sections import HostSettings
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.fetching import network
from tests.support.certificate import Certificate, certificate
from tests.support.fetching import Time, changed, not_found, page, robots, shop, to


async def test_a_hosts_cookies_are_kept_and_sent_to_no_other_host() -> None:
    async def sets(request: web.Request) -> web.StreamResponse:
        answer = web.Response(text="hello")
        answer.set_cookie("visit", "1")
        return answer

    both = changed(allowed_private_hosts=["shop.example", "other.example"])
    async with shop({"/p": sets, "/q": page()}, both) as it:
        await it.fetcher.get(it.url("/p"))
        await it.fetcher.get(it.url("/q"))
        assert it.asked[-1].cookies == {"visit": "1"}
        await it.fetcher.get(it.url("/q", "other.example"))
    assert it.asked[-1].cookies == {}


async def test_a_configured_cookie_is_sent_from_the_start() -> None:
    own = {"shop.example": HostSettings(cookies={"sc_g_cfg_f": "sc_b_currency=USD"})}
    async with shop({"/p": page()}, changed(hosts=own)) as it:
        await it.fetcher.get(it.url("/p"))
    assert it.asked[-1].headers["Cookie"] == "sc_g_cfg_f=sc_b_currency=USD"


def test_a_stanza_holds_for_the_hosts_under_its_name() -> None:
    settings = changed(
        hosts={
            "alibaba.com": HostSettings(cookies={"currency": "USD"}),
            "slow.en.alibaba.com": HostSettings(cookies={"currency": "EUR"}),
        }
    )
    for host, cookies in {
        "alibaba.com": {"currency": "USD"},
        "www.Alibaba.com.": {"currency": "USD"},
        "volttrail.en.alibaba.com": {"currency": "USD"},
        "slow.en.alibaba.com": {"currency": "EUR"},
        "notalibaba.com": {},
        "alibaba.com.evil.example": {},
    }.items():
        assert settings.host(host).cookies == cookies


ENVIRONMENT = {"PROXY_BERLIN_USER": "watch", "PROXY_BERLIN_PASSWORD": "keeper"}


async def test_a_host_is_asked_through_its_proxy_with_the_environments_password() -> None:
    async with shop({"/p": page("through the proxy")}) as proxy:
        settings = changed(
            proxies={"berlin": f"http://127.0.0.1:{proxy.port}"},
            hosts={"shop.example": HostSettings(proxy="berlin")},
        )
        async with shop({}, settings, environment=ENVIRONMENT) as it:
            got = await it.fetcher.get("http://shop.example/p")
    assert got.body == b"through the proxy"
    assert it.asked == []
    assert str(proxy.asked[-1].url) == "http://shop.example/p"
    assert proxy.asked[-1].headers["Proxy-Authorization"] == "Basic d2F0Y2g6a2VlcGVy"


@pytest.mark.parametrize("host", ["127.0.0.1", "intranet.example", "2130706433", "printer"])
async def test_a_proxy_is_no_way_into_a_private_network(host: str) -> None:
    async with shop({"/": page("secret")}) as proxy:
        settings = changed(proxies={"berlin": f"http://127.0.0.1:{proxy.port}"}, proxy="berlin")
        async with shop({}, settings) as it:
            with pytest.raises(FetchRefused, match="is not fetched"):
                await it.fetcher.get(f"http://{host}/")
    assert proxy.asked == []


async def test_a_name_that_only_the_proxy_knows_is_left_to_it() -> None:
    async def unknown(host: str, port: int) -> list[str]:
        raise OSError("no such name here")

    async with shop({"/p": page("hello")}) as proxy:
        time = Time()
        settings = changed(proxies={"berlin": f"http://127.0.0.1:{proxy.port}"}, proxy="berlin")
        async with Fetcher(settings, resolver=unknown, clock=time, sleep=time.sleep) as fetcher:
            assert (await fetcher.get("http://far.example/p")).body == b"hello"
            with pytest.raises(FetchRefused, match="no public host"):
                await fetcher.get("http://printer/p")


async def test_a_rendering_service_is_sent_the_address_and_answers_the_page() -> None:
    asked = []

    async def render(request: web.Request) -> web.StreamResponse:
        asked.append((await request.json(), request.headers.get("Authorization")))
        return web.Response(text="<h1>rendered</h1>", content_type="text/html")

    async with shop({"/content": render}) as service:
        settings = changed(
            renderer=f"http://127.0.0.1:{service.port}/content",
            hosts={"shop.example": HostSettings(render=True)},
        )
        rules = robots("User-agent: *\nDisallow: /private")
        async with shop(rules, settings, environment={"RENDERER_TOKEN": "t0k"}) as it:
            got = await it.fetcher.get(it.url("/p"))
            with pytest.raises(FetchRefused, match=r"robots\.txt"):
                await it.fetcher.get(it.url("/private"))
    assert (got.status, got.body) == (200, b"<h1>rendered</h1>")
    assert asked == [({"url": it.url("/p")}, "Bearer t0k")]
    assert it.paths() == ["/robots.txt"]  # the page itself came from the service


async def test_a_page_that_is_gone_is_gone_when_rendered_too() -> None:
    gone = page("<h1>Not found</h1>", headers={"X-Response-Code": "404"})
    async with shop({"/content": gone}) as service:
        settings = changed(
            renderer=f"http://127.0.0.1:{service.port}/content",
            hosts={"shop.example": HostSettings(render=True)},
        )
        async with shop({}, settings) as it:
            assert (await it.fetcher.get(it.url("/p"))).status == 404


async def test_nothing_private_is_rendered_and_a_service_that_fails_is_told() -> None:
    async with shop({"/content": not_found}) as service:
        rendered = {name: HostSettings(render=True) for name in ("shop.example", "example")}
        settings = changed(renderer=f"http://127.0.0.1:{service.port}/content", hosts=rendered)
        async with shop({"/to": to("/p")}, settings) as it:
            with pytest.raises(FetchRefused, match="not on the public internet"):
                await it.fetcher.get("http://intranet.example/")
            with pytest.raises(FetchFailed, match="the rendering service answered 404"):
                await it.fetcher.get(it.url("/p"))


@dataclass
class Http2(asyncio.Protocol):
    """A server of HTTP/2 that answers every request with its version and what it was told."""

    streams: list[dict[str, str]] = field(default_factory=list)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.http = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.http.initiate_connection()
        transport.write(self.http.data_to_send())

    def data_received(self, data: bytes) -> None:
        for event in self.http.receive_data(data):
            if isinstance(event, RequestReceived):
                told = {str(name): str(value) for name, value in event.headers or []}
                self.streams.append(told)
                known = told[":path"] == "/p"
                assert event.stream_id
                self.http.send_headers(event.stream_id, [(":status", "200" if known else "404")])
                self.http.send_data(event.stream_id, json.dumps(told).encode(), end_stream=True)
        self.transport.write(self.http.data_to_send())


@asynccontextmanager
async def http2_server(proof: Certificate) -> AsyncIterator[tuple[int, Http2]]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(proof.certificate, proof.key)
    context.set_alpn_protocols(["h2"])
    server = Http2()
    listening = await asyncio.get_running_loop().create_server(
        lambda: server, "127.0.0.1", 0, ssl=context
    )
    async with listening:
        yield listening.sockets[0].getsockname()[1], server


async def test_http2_is_spoken_where_it_is_offered_and_names_are_proved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = certificate(tmp_path, "shop.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(proof.certificate))
    network.tls.cache_clear()
    async with http2_server(proof) as (port, server):
        settings = changed(
            allowed_private_hosts=["shop.example", "thief.example"], patience=timedelta(0)
        )
        async with shop({}, settings) as it:
            got = await it.fetcher.get(f"https://shop.example:{port}/p")
            with pytest.raises(FetchFailed, match="thief"):
                await it.fetcher.get(f"https://thief.example:{port}/p")
    network.tls.cache_clear()
    assert got.status == 200
    assert json.loads(got.body)[":authority"] == f"shop.example:{port}"
    assert [told[":path"] for told in server.streams] == ["/robots.txt", "/p"]
