"""Competitors whose shop blocks us: their prices grow old until somebody brings new ones in."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlmodel import Session

from core.finding import Finding, facts
from core.jobs import CheckSettings
from core.ledger.fetches import BlockedHost, blocked_hosts
from core.ledger.offers import latest_offers
from core.ledger.pages import known_by_name
from core.settings import Store

Pages = Mapping[tuple[str, str], datetime | None]
"""When the last price of each page is from, by competitor and address; None: it never had one."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""


def find(ledger: Session, as_of: datetime, store: Store, _: Settings) -> Iterator[Finding]:
    """Yield a finding for every competitor with a host that blocks us, as long as it does."""
    blocked = {host.host: host for host in blocked_hosts(ledger, store.name, as_of)}
    if not blocked:
        return
    pages = _pages(ledger, as_of, store)
    shops: dict[str, set[str]] = defaultdict(set)
    for competitor, url in pages:
        if _host(url) in blocked:
            shops[competitor].add(_host(url))
    for competitor, hosts in sorted(shops.items()):
        priced = [
            at for key, at in pages.items() if key[0] == competitor and _host(key[1]) in hosts
        ]
        yield _finding(competitor, [blocked[host] for host in sorted(hosts)], priced)


def _pages(ledger: Session, as_of: datetime, store: Store) -> Pages:
    known = dict.fromkeys(known_by_name(ledger, store.name))
    asked = latest_offers(ledger, store.name, as_of, priced=False)
    priced = latest_offers(ledger, store.name, as_of, priced=True)
    named = dict.fromkeys((offer.competitor, offer.url) for offer in asked)
    return known | named | {(o.competitor, o.url): o.observed_at for o in priced}


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _finding(
    competitor: str, hosts: Sequence[BlockedHost], priced: Collection[datetime | None]
) -> Finding:
    since = min(host.since for host in hosts)
    told = {
        "competitor": competitor,
        "hosts": [host.host for host in hosts],
        "since": since,
        "problem": hosts[0].problem,
        "pages": len(priced),
        "last_price_at": max(filter(None, priced), default=None),
    }
    return Finding(subject=competitor, facts=facts(told), since=since)
