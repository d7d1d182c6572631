"""Which addresses a fetch may reach: the public web, and hosts named in the configuration."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpcore
import httpx

from scrapers.fetching.answers import FetchRefused

_GLOBAL_UNICAST = IPv6Network("2000::/3")  # RFC 4291: all that is handed out of the public internet
_NAT64 = IPv6Network("64:ff9b::/96")
_KNOWN_FOR = timedelta(minutes=1)

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
        inner = _wrapped(ip)
        if inner is None:
            return ip in _GLOBAL_UNICAST and ip.is_global
        ip = inner
    return ip.is_global and not ip.is_multicast


def _wrapped(ip: IPv6Address) -> IPv4Address | None:
    """The IPv4 address inside an IPv6 one: mapped, 6to4, NAT64 or Teredo."""
    if ip in _NAT64:
        return IPv4Address(ip.packed[-4:])
    return ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)


class Guard:
    """Says which IP addresses of a host may be connected to."""

    def __init__(
        self, resolver: Resolver, clock: Callable[[], datetime], allowed: frozenset[str]
    ) -> None:
        self._resolve = resolver
        self._now = clock
        self._allowed = allowed
        self._known: dict[tuple[str, int], tuple[datetime, list[str]]] = {}

    async def addresses(self, host: str, port: int) -> list[str]:
        """The host's addresses, each of them checked; an answer of DNS holds for a minute.

        Raises FetchRefused (one is private), httpcore.ConnectError (there are none).
        """
        known_until, found = self._known.get((host, port), (None, []))
        if known_until is None or known_until <= self._now():
            found = await self._checked(host, port)
            self._known[host, port] = self._now() + _KNOWN_FOR, found
        return found

    async def check_for_proxy(self, host: str, port: int) -> None:
        """Raise FetchRefused for a host that is private as far as can be told from here.

        A name that only the proxy can resolve is the proxy's to judge.
        """
        try:
            await self.addresses(host, port)
        except httpcore.ConnectError:
            if "." not in host.rstrip("."):
                raise FetchRefused(f"{host} is not fetched: it is no public host") from None

    async def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = await self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(f"{host} is not found: {error}") from None
        if {host, f"{host}:{port}"} & self._allowed:
            return found
        private = [address for address in found if not is_public(address)]
        if private:
            raise FetchRefused(
                f"{host} is not fetched: its address {private[0]} is not on the public "
                f"internet; name the host in allowed_private_hosts if that is meant"
            )
        return found
