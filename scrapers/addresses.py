"""Which addresses a fetch may reach: the public web, and hosts named in the configuration."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpx

from scrapers.answers import FetchRefused

_NAT64 = IPv6Network("64:ff9b::/96")

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""Host and port → the IP addresses of the host; raises OSError when there are none."""


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host, as the system resolves it."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_url(url: str) -> httpx.URL:
    """The address without its fragment. Raises FetchRefused for what is no public web address."""
    try:
        parts, parsed = urlsplit(url), httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchRefused(f"{url!r} is not a web address: {error}") from None
    if parts.scheme.lower() not in {"http", "https"}:
        raise FetchRefused(f"{url!r} is not fetched: only http and https addresses are")
    if not parsed.host or "%" in parsed.host:
        raise FetchRefused(f"{url!r} is not a web address: it names no host")
    if parsed.userinfo:
        raise FetchRefused(f"the address at {parsed.host} is not fetched: it carries a password")
    return parsed.copy_with(fragment=None)


def is_public(address: str) -> bool:
    """Whether an IP address is on the public internet, also when IPv6 wraps an IPv4 one."""
    ip = ip_address(address.partition("%")[0])
    if isinstance(ip, IPv6Address):
        ip = _wrapped(ip) or ip
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, NAT64 or Teredo."""
    if ip in _NAT64:
        return IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Connects only to addresses it has checked.

    The host is resolved here and the connection made to the very address that was checked, so a
    name that answers differently the second time (DNS rebinding) gains nothing. TLS still proves
    the host's name.
    """

    def __init__(
        self, inner: httpx.AsyncBaseTransport, resolver: Resolver, allowed: frozenset[str]
    ) -> None:
        self._inner = inner
        self._resolve = resolver
        self._allowed = allowed

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request. Raises FetchRefused (private address), httpx.ConnectError (no host)."""
        failure: httpx.ConnectError | None = None
        for address in await self._addresses(request.url):
            try:
                return await self._inner.handle_async_request(_pinned(request, address))
            except httpx.ConnectError as error:
                failure = error
        raise failure or httpx.ConnectError(f"{request.url.host} has no address", request=request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._inner.aclose()

    async def _addresses(self, url: httpx.URL) -> list[str]:
        port = url.port or {"http": 80}.get(url.scheme, 443)
        try:
            found = await self._resolve(url.host, port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{url.host} is not found: {error}") from None
        if {url.host, f"{url.host}:{port}"} & self._allowed:
            return found
        private = [address for address in found if not is_public(address)]
        if private:
            raise FetchRefused(
                f"{url.host} is not fetched: its address {private[0]} is not on the public "
                f"internet; name the host in allowed_private_hosts if that is meant"
            )
        return found


def _pinned(request: httpx.Request, address: str) -> httpx.Request:
    return httpx.Request(
        request.method,
        request.url.copy_with(host=address),
        headers=request.headers,  # these hold Host: the name, not the address
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": request.url.host},
    )
