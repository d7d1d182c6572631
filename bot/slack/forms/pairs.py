"""`/price pairs`: which page of a competitor is which article of ours, for a person to say."""

from typing import Any

from bot.alert_text import name_of as person_of
from bot.slack.command import Asked, Form, in_thread, message
from bot.slack.messages import Reply, section, sections
from core.ledger.catalogue import products
from core.ledger.life.permission import handles_prices
from core.ledger.proposals import item_of, name_of, page_item, waiting, weighing
from core.ledger.records import CompetitorPage, Product
from core.markup import Trusted, to_plain, to_slack
from core.rules.likeness import Likeness, likeness
from core.settings import Store
from core.texts import render
from core.values import Locale

SHOWN = 10
"""Pairs listed in one answer; the rest is counted."""

CONFIRM, WRONG, SKIP = BUTTONS = ("pair_confirm", "pair_wrong", "pair_skip")


def listed(asked: Asked, said: str = "") -> str:
    """Return the pairs that wait for a word, the best first, with buttons for who may say it.

    `said` is what has just become of one, and stands above them.
    """
    with asked.database.read() as ledger:
        pages = waiting(ledger, asked.store.name)
        shown = pages[:SHOWN]
        known = products(ledger, asked.store.name, [page.sku or "" for page in shown])
    may = handles_prices(asked.settings, asked.person)
    roles = asked.settings.duty.leads
    head = asked.text("pairs", "head", count=len(pages), may=may, roles=roles, said=Trusted(said))
    lines = [_line(asked, page, known.get(page.sku or "")) for page in shown]
    rest = len(pages) - len(shown)
    more = asked.text("pairs", "more", more=rest) if rest else ""
    rows = [
        block
        for page, line in zip(shown, lines, strict=True)
        for block in (section(to_slack(line)), *([_buttons(asked, page)] if may else []))
    ]
    whole = "\n\n".join(filter(None, [head, *lines, more]))
    return Reply(whole, [*sections(head), *rows, *sections(more)])


def reasons_text(alike: Likeness, locale: Locale, store: Store) -> list[str]:
    """Return each reason for a pair, or against it, in words."""
    return [
        Trusted(
            render("commands/pairs", "reason", reason._asdict(), locale=locale, zone=store.zone)
        )
        for reason in alike.reasons
    ]


def _line(asked: Asked, page: CompetitorPage, product: Product | None) -> str:
    return asked.text(
        "pairs",
        "line",
        competitor=page.competitor,
        url=page.url,
        title=page.title,
        sku=page.sku,
        name=product and product.name,
        name_zh=product and product.name_zh,
        score=page.score,
        reasons=_reasons(asked, page, product) if product else [],
        left_by=person_of(asked.settings, page.decided_by),
    )


def _reasons(asked: Asked, page: CompetitorPage, product: Product) -> list[str]:
    """Return in words why the two are alike, and what speaks against it."""
    alike = likeness(item_of(product), page_item(page), weighing(asked.settings.pairs))
    return reasons_text(alike, asked.locale, asked.store)


def _buttons(asked: Asked, page: CompetitorPage) -> dict[str, Any]:
    elements = [
        {
            "type": "button",
            "action_id": action,
            "text": {"type": "plain_text", "text": to_plain(asked.text("pairs", action))},
            "value": name_of(page),
        }
        for action in BUTTONS
    ]
    return {"type": "actions", "elements": elements}


PAIRS = (
    Form(
        "pairs",
        message("pages that may be of an article of ours: say which are"),
        in_thread(listed),
    ),
)
"""Forms of `/price`."""
