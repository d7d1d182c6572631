"""watchkeeper offer: what the price reader sees on a page, and where."""

import asyncio
from pathlib import Path
from urllib.parse import urlsplit

import click

from bot.workplace import open_workplace
from jobs.syncs.price_round import manners
from scrapers.fetch import Fetcher, FetchFailed, FetchRefused
from scrapers.offer import Offer, read_offer


@click.command()
@click.argument("page")
@click.option("--url", help="The address that a saved page came from.")
@click.option("--site", help="Read it as this kind of shop, whatever its address.")
@click.option("--json", "as_json", is_flag=True, help="An object that scripts read.")
@click.pass_obj
def command(
    config: Path | None, page: str, url: str | None, site: str | None, as_json: bool
) -> int:
    """Read PAGE, an http or https address or a saved file. Exit code 0: a price; 1: none."""
    try:
        if urlsplit(page).scheme in ("http", "https"):
            offer = asyncio.run(_fetched(config, page, site))
        else:
            offer = read_offer(_saved(page), url or "", site=site)
    except (FetchFailed, FetchRefused) as error:
        click.echo(f"watchkeeper: {error}", err=True)
        return 1
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    click.echo(offer.model_dump_json(indent=1) if as_json else _as_text(offer))
    return 0 if offer.price is not None else 1


async def _fetched(config: Path | None, url: str, site: str | None) -> Offer:
    settings = open_workplace(config).settings
    async with Fetcher(manners(settings.fetch)) as fetcher:
        answer = await fetcher.get(url)
    return read_offer(
        answer.body, url, content_type=answer.content_type, status=answer.status, site=site
    )


def _saved(page: str) -> bytes:
    try:
        return Path(page).read_bytes()
    except OSError as error:
        reason = error.strerror or error
        raise click.UsageError(f"{page}: cannot be read: {reason}") from None


def _as_text(offer: Offer) -> str:
    if offer.kind != "product":
        return f"no offer: the page is {offer.kind.replace('_', ' ')}"
    lines = [f"{name}: {value}" for name, value in _shown(offer) if value not in (None, "", ())]
    found = [f"  {entry.field} = {entry.value}  ({entry.where})" for entry in offer.found]
    return "\n".join([*lines, "found:", *found])


def _shown(offer: Offer) -> list[tuple[str, object]]:
    tiers = ", ".join(f"{tier.min_quantity}+: {tier.price}" for tier in offer.tiers)
    values = offer.model_dump(exclude={"url", "kind", "found", "tiers"})
    return [*values.items(), ("tiers", tiers)]
