"""The connections to one host: guarded, through a proxy where one is set, HTTP/2 where offered."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable, Mapping
from functools import cache

import httpcore
import httpx

from core.sections import FetchSettings, HostSettings
from scrapers.fetching.addresses import Guard

AGENT = "Watchkeeper"

NETWORK_ERRORS = (
    httpx.HTTPError,
    httpx.StreamError,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    OSError,
)
"""What a request fails with when the network, or the host's end of it, is at fault."""
TIMEOUTS = (TimeoutError, httpx.TimeoutException, httpcore.TimeoutException)


@cache
def tls() -> ssl.SSLContext:
    """One context for all hosts: loading the certificates takes longer than a page.

    SSL_CERT_FILE names certificates to trust instead of those that come with httpx.
    """
    return httpx.create_ssl_context()


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Connects only to addresses that were checked.

    The host is resolved here and the connection made to the very address that was checked, so a
    name that answers differently the second time (DNS rebinding) gains nothing. TLS still proves
    the host's name.
    """

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  (httpcore's signature)
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers. Raises FetchRefused for a private one."""
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in await self._guard.addresses(host, port):
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
        raise failure


class _Body(httpx.AsyncByteStream):
    """An answer's body as httpx wants it; to be closed, as httpcore's is."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


class Network(httpx.AsyncBaseTransport):
    """httpx's way to one host; unlike its own transport it takes a backend that is guarded."""

    def __init__(self, pool: httpcore.AsyncConnectionPool, proxied: Guard | None) -> None:
        self._pool = pool
        self._proxied = proxied

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request. Raises FetchRefused for a private address, httpcore's errors."""
        url = request.url
        if self._proxied:
            port = url.port or {"http": 80}.get(url.scheme, 443)
            await self._proxied.check_for_proxy(url.host, port)
        answer = await self._pool.handle_async_request(
            httpcore.Request(
                request.method,
                httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


def open_client(
    settings: FetchSettings, host: HostSettings, guard: Guard, environment: Mapping[str, str]
) -> httpx.AsyncClient:
    """A client for one host: scanning one small pool is what keeps httpx fast."""
    proxy = host.proxy or settings.proxy
    return httpx.AsyncClient(
        transport=(
            Network(_proxied(settings, proxy, environment), guard)
            if proxy
            else Network(_direct(settings, guard), None)
        ),
        timeout=settings.timeout.total_seconds(),
        headers={
            "User-Agent": f"{AGENT}/0.1 (price watch; contact: {settings.contact})",
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
        cookies=host.cookies,
        trust_env=False,
    )


def _direct(settings: FetchSettings, guard: Guard) -> httpcore.AsyncConnectionPool:
    return httpcore.AsyncConnectionPool(
        ssl_context=tls(),
        max_connections=settings.connections_per_host,
        http2=True,
        network_backend=GuardedBackend(guard),
    )


def _proxied(
    settings: FetchSettings, name: str, environment: Mapping[str, str]
) -> httpcore.AsyncHTTPProxy:
    prefix = f"PROXY_{name.upper()}"
    user = environment.get(f"{prefix}_USER")
    return httpcore.AsyncHTTPProxy(
        proxy_url=settings.proxies[name],
        proxy_auth=(user, environment.get(f"{prefix}_PASSWORD", "")) if user else None,
        ssl_context=tls(),
        max_connections=settings.connections_per_host,
        http2=True,
    )
