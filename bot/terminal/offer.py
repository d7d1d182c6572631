"""watchkeeper offer: what the price reader sees on a page, and where."""

import asyncio
import gzip
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click

from bot.workplace import Workplace, has_config, open_workplace, utc_now
from jobs.offer_rows import keep_saved, problem_of
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.offer import Offer, read_offer

_WITHHELD = {
    "on_request": "no price is shown: the shop gives it on request",
    "login": "no price is shown: only to buyers that are logged in",
}
_WINDOWS = {
    "30d": "in 30 days",
    "180d": "in 180 days",
    "all_time": "in all",
    None: "the page does not say over which time",
}


@click.command()
@click.argument("page")
@click.option("--url", help="The address that a saved page came from.")
@click.option("--site", help="Read it as this kind of shop, whatever its address.")
@click.option("--json", "as_json", is_flag=True, help="An object that scripts read.")
@click.option("--keep", "competitor", help="Keep it as this competitor's offer, as of now.")
@click.option("--sku", help="With --keep: our article that it competes with.")
@click.pass_obj
def command(
    config: Path | None,
    page: str,
    url: str | None,
    site: str | None,
    as_json: bool,
    competitor: str | None,
    sku: str | None,
) -> int:
    """Read PAGE, an http or https address or a saved file. Exit code 0: a price; 1: none.

    A shop that lets no program read it is read this way: save its page, then --keep it.
    """
    try:
        if urlsplit(page).scheme in ("http", "https"):
            offer = asyncio.run(_fetched(config, page, site))
        else:
            offer = _of_saved(config, page, url or "", site)
    except (FetchFailed, FetchRefused) as error:
        click.echo(f"watchkeeper: {error}", err=True)
        return 1
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(offer.model_dump_json(indent=1) if as_json else _as_text(offer))
    if competitor:
        _keep(config, offer, competitor, sku)
    return 0 if offer.price is not None else 1


def _keep(config: Path | None, offer: Offer, competitor: str, sku: str | None) -> None:
    """Store an offer for the first store. Raises click.UsageError for one that is no price."""
    place = open_workplace(config)
    stanza = place.settings.job("price_round")
    problem = problem_of(offer, getattr(stanza, "min_certainty", 0))
    if problem or not offer.url:
        raise click.UsageError(f"not kept: {problem or 'give the address of the page by --url'}")
    with closing(place.ledger()) as database:
        refused = keep_saved(
            database, place.stores()[0], offer, competitor=competitor, sku=sku, now=utc_now()
        )
    if refused:
        raise click.UsageError(f"not kept: {refused.column} {refused.problem}")
    click.echo(f"kept as an offer of {competitor}", err=True)


async def _fetched(config: Path | None, url: str, site: str | None) -> Offer:
    place = open_workplace(config)
    settings = place.settings.fetch.model_copy(update={"patience": timedelta(0)})  # a person waits
    async with Fetcher(settings, environment=place.outside.environment) as fetcher:
        answer = await fetcher.get(url)
    offer = read_offer(
        answer.body,
        answer.final_url,
        content_type=answer.content_type,
        status=answer.status,
        site=site,
        selectors=_selectors(place, url),
    )
    return offer.model_copy(update={"url": url})


def _of_saved(config: Path | None, page: str, url: str, site: str | None) -> Offer:
    """Return what a saved page offers; config.yaml is needed only for an address's selectors."""
    selectors = _selectors(open_workplace(config), url) if url and has_config(config) else None
    return read_offer(_saved(page), url, site=site, selectors=selectors)


def _selectors(place: Workplace, url: str) -> Mapping[str, str]:
    return place.settings.fetch.host(urlsplit(url).hostname or "").selectors


def _saved(page: str) -> bytes:
    """Return a saved page; the copies that the rounds keep are packed."""
    opened = gzip.open if page.endswith(".gz") else open
    try:
        with opened(page, "rb") as file:
            return bytes(file.read())
    except (OSError, EOFError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.UsageError(f"{page}: cannot be read: {reason}") from None


def _as_text(offer: Offer) -> str:
    if offer.kind != "product":
        return f"no offer: the page is {offer.kind.replace('_', ' ')}"
    why = _WITHHELD.get(offer.withheld or "")
    lines = [f"{name}: {value}" for name, value in _shown(offer) if value not in (None, "", ())]
    found = [
        f"  {entry.field} = {entry.value}  ({entry.where}; {entry.certainty:.0%})"
        for entry in offer.found
    ]
    return "\n".join([*lines, *([why] if why else []), "found:", *found])


def _shown(offer: Offer) -> list[tuple[str, object]]:
    tiers = ", ".join(f"{tier.min_quantity}+: {tier.price}" for tier in offer.tiers)
    hidden = {"url", "kind", "found", "tiers", "withheld", "sold", "sold_over", "sold_at_least"}
    values = offer.model_dump(exclude=hidden)
    return [*values.items(), ("tiers", tiers), ("sold", _sold(offer))]


def _sold(offer: Offer) -> str | None:
    if offer.sold is None:
        return None
    count = f"{offer.sold} or more" if offer.sold_at_least else str(offer.sold)
    return f"{count} ({_WINDOWS[offer.sold_over]})"
