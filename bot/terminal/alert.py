"""watchkeeper alert: one alert, every step of it, its messages, and why it is there."""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from bot.alert_text import alert_text, alert_title
from bot.step_text import step_lines
from bot.why import Why, gather, rule_text, why_text
from bot.workplace import open_workplace, utc_now
from core.finding import facts
from core.ledger.life.standing import find_alert, posts_of
from core.ledger.tables import Post
from core.markup import to_plain
from core.settings import Settings
from core.values import Locale

ENGLISH = Locale.ENGLISH


@click.command()
@click.argument("number", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="One object that scripts read.")
@click.pass_obj
def command(config: Path | None, number: int, as_json: bool) -> None:
    """Show one alert: how it stands, who did what when and from where, and why."""
    workplace = open_workplace(config)
    with closing(workplace.ledger()) as database, database.read() as ledger:
        alert = find_alert(ledger, number)
        if alert is None:
            raise click.UsageError(f"there is no alert {number}; /alerts lists those that are live")
        why = gather(ledger, workplace.settings, alert, utc_now())
        posts = posts_of(ledger, alert)
    if as_json:
        told = _as_json(why, posts, workplace.settings)
        click.echo(json.dumps(facts(told), ensure_ascii=False, indent=1))
    else:
        click.echo(_as_text(why, posts, workplace.settings))


def _as_text(why: Why, posts: Sequence[Post], settings: Settings) -> str:
    alert = why.alert
    text = alert_text(alert, settings, ENGLISH, why.steps)
    steps = step_lines(alert, why.steps, settings, ENGLISH)
    messages = [f"{post.medium} {post.recipient} {post.template}: {_fate(post)}" for post in posts]
    parts = [
        f"{alert.severity.upper()} {text.title}\n{text.status}",
        "\n".join(["Steps", *(f"• {line}" for line in steps)]),
        "\n".join(["Messages", *(f"• {line}" for line in messages or ["none"])]),
        why_text(why, settings, ENGLISH),
    ]
    return to_plain("\n\n".join(parts))


def _fate(post: Post) -> str:
    return f"{post.state} ({post.error})" if post.error else post.state


def _as_json(why: Why, posts: Sequence[Post], settings: Settings) -> dict[str, Any]:
    alert = why.alert
    hidden = {"group_id", "next_step", "provenance", "revision"}
    steps = [step.model_dump(exclude={"id", "alert_id"}) for step in why.steps]
    shown = {"id", "medium", "recipient", "template", "state", "sent_at", "place", "error"}
    return alert.model_dump(exclude=hidden) | {
        "title": to_plain(alert_title(alert, settings, ENGLISH)),
        "steps": steps,
        "posts": [post.model_dump(include=shown) for post in posts],
        "why": {
            "rule": to_plain(rule_text(alert, settings, ENGLISH)),
            "origins": [asdict(origin) for origin in why.origins],
            "configuration": list(why.places),
            "times": why.times,
            "days": why.within.days,
        },
    }
