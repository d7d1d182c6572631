"""watchkeeper price: our price beside the competitors', as /price answers it, for scripts too."""

import asyncio
import json
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from bot.charts import draw
from bot.files.price_history import picture
from bot.slack.command import Asked, answer, commands
from bot.slack.forms.price_sheet import gaps_of, sheet_of
from bot.terminal.ask import asked_by, waited
from bot.workplace import open_workplace
from core.errors import UserError, hint
from core.finding import facts
from core.ledger.catalogue import find_product, in_category, sold_products
from core.ledger.records import Product
from core.markup import to_plain
from core.price_terms import PriceTerms, terms_of


@click.command()
@click.argument("words", metavar="[SKU-OR-CATEGORY]", nargs=-1)
@click.option("--as", "email", help="Whose rights and language: an e-mail address.")
@click.option("--json", "as_json", is_flag=True, help="What scripts read.")
@click.option("--png", type=click.Path(path_type=Path), help="Draw a SKU's history into this file.")
@click.pass_obj
def command(
    config: Path | None, words: tuple[str, ...], email: str | None, as_json: bool, png: Path | None
) -> None:
    """Show what is known of a SKU's price; without one, the largest gaps now.

    All that /price takes is taken here: 'price pairs', 'price seen COMPETITOR SKU PRICE'.
    """
    workplace = open_workplace(config)
    with closing(workplace.ledger()) as database:
        asked = asked_by(workplace, database, email)
        wanted = " ".join(words)
        if as_json or png:
            terms = _terms(asked)
            product = _product(asked, wanted) if wanted else None
        if as_json:
            told = _as_json(asked, terms, product, wanted)
            click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            answered = asyncio.run(waited(answer(commands()["/price"], wanted, asked)))
            click.echo(to_plain(answered))
        if png:
            _draw(asked, terms, product, png)


def _terms(asked: Asked) -> PriceTerms:
    terms = terms_of(asked.settings)
    if terms is None:
        raise click.UsageError("the check price_gap is switched off: config.yaml has no stanza")
    return terms


def _product(asked: Asked, wanted: str) -> Product | None:
    with asked.database.read() as ledger:
        return find_product(ledger, asked.store.name, wanted)


def _as_json(asked: Asked, terms: PriceTerms, product: Product | None, wanted: str) -> Any:
    """Return one SKU's sheet, or the list of gaps of a category or of all."""
    if product:
        return facts(sheet_of(asked, product, terms))
    skus = _in_category(asked, wanted) if wanted else None
    return [facts(gap) for gap in gaps_of(asked, terms, skus)]


def _in_category(asked: Asked, wanted: str) -> list[str]:
    """Return the SKUs of a category. Raises click.UsageError when there is none of that name."""
    with asked.database.read() as ledger:
        found = [product.sku for product in in_category(ledger, asked.store.name, wanted)]
        known = [product.sku for product in sold_products(ledger, asked.store.name)]
    if not found:
        raise click.UsageError(f"no SKU and no category {wanted!r}; {hint(wanted, known)}")
    return found


def _draw(asked: Asked, terms: PriceTerms, product: Product | None, path: Path) -> None:
    """Draw an article's history at its smallest quantity. Raises click.UsageError, UserError."""
    if product is None:
        raise click.UsageError("--png draws the history of one SKU: name it")
    told = sheet_of(asked, product, terms)
    quantity = next((tier["quantity"] for tier in told["ours"]), product.moq or 1)
    with asked.database.read() as ledger:
        drawn = picture(
            ledger, asked.settings, asked.store, asked.locale,
            sku=product.sku, quantity=quantity, until=asked.now,
        )  # fmt: skip
    if drawn is None:
        raise UserError(f"no price of {product.sku} is known to draw")
    try:
        path.write_bytes(asyncio.run(draw(drawn.chart)))
    except OSError as error:
        raise UserError(f"{path}: cannot be written: {error.strerror or error}") from None
