"""watchkeeper doctor: tries everything it needs and says for each what to do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import aiosmtplib
import click
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.app import slack_client
from bot.charts import CHART, DrawingFailed, NoFont, draw
from bot.diagnosis import Diagnosis, examine_sources
from bot.slack.directory import Directory
from bot.slack.manifest import SCOPES
from bot.workplace import Workplace, open_workplace, utc_now
from core.configuration import ConfigurationError
from core.ledger import pushes
from core.ledger.database import Database
from core.values import Locale
from jobs.registry import checks, jobs


@click.command()
@click.pass_obj
def command(config: Path | None) -> int:
    """Try configuration, database, Slack, people, mail, sources. Exit code 1: one is amiss."""
    workplace = open_workplace(config)
    click.echo(f"ok    configuration: {_switched(workplace)}")
    try:
        database = workplace.ledger()
    except ConfigurationError as error:
        click.echo(f"AMISS database: {error}")
        return 1
    with closing(database):
        click.echo(f"ok    database: {database.engine.url.render_as_string(hide_password=True)}")
        return asyncio.run(_examine(workplace, database))


def _switched(workplace: Workplace) -> str:
    names = [name for name in checks() if workplace.settings.check(name)]
    names += [name for name in jobs() if workplace.settings.job(name)]
    return f"{len(names)} checks and jobs on ({', '.join(names)})"


async def _examine(workplace: Workplace, database: Database) -> int:
    amiss = 0
    async for diagnosis in _diagnoses(workplace, database):
        amiss += not diagnosis.well
        mark, cure = ("ok   ", "") if diagnosis.well else ("AMISS", f"; {diagnosis.cure}")
        click.echo(f"{mark} {diagnosis.thing}: {diagnosis.found}{cure}")
    return 1 if amiss else 0


async def _diagnoses(workplace: Workplace, database: Database) -> AsyncIterator[Diagnosis]:
    if workplace.secrets.has_slack:
        async with slack_client(workplace.secrets, workplace.slack_api_url) as client:
            async for diagnosis in _slack(workplace, database, client):
                yield diagnosis
    else:
        cure = "set SLACK_BOT_TOKEN and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET (see .env.example)"
        yield Diagnosis("slack", well=False, found="no credentials", cure=cure)
    yield await _mail(workplace)
    yield _whatsapp(workplace)
    yield _heartbeat(workplace)
    yield await _charts(workplace)
    for source in await examine_sources(workplace.settings, workplace.outside):
        yield source
    with database.read() as ledger:
        working = [token.name for token in pushes.tokens(ledger) if token.revoked_at is None]
    if working:
        yield Diagnosis("pushes", well=True, found=f"{len(working)} tokens: {', '.join(working)}")


async def _slack(
    workplace: Workplace, database: Database, client: AsyncWebClient
) -> AsyncIterator[Diagnosis]:
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        yield Diagnosis(
            "slack",
            well=False,
            found=str(error.response["error"]),
            cure="reinstall the app, copy its bot token",
        )
        return
    except (OSError, TimeoutError) as error:
        yield Diagnosis(
            "slack",
            well=False,
            found=f"no answer: {error}",
            cure="look at SLACK_API_URL, the network",
        )
        return
    yield Diagnosis("slack", well=True, found=f"{answer['team']} as {answer['user']}")
    granted = answer.headers.get("x-oauth-scopes", "")
    missing = sorted(set(SCOPES) - set(granted.split(","))) if granted else []
    cure = "reinstall the app with the manifest of `watchkeeper manifest`"
    yield Diagnosis(
        "slack scopes",
        well=not missing,
        found=f"missing {missing}" if missing else "all",
        cure=cure,
    )
    directory = Directory(client, database, workplace.settings, utc_now)
    async for diagnosis in _channels(workplace, directory):
        yield diagnosis
    async for diagnosis in _people(workplace, directory):
        yield diagnosis


async def _channels(workplace: Workplace, directory: Directory) -> AsyncIterator[Diagnosis]:
    settings = workplace.settings
    named = [stanza.channel for _, stanza in settings.checks if stanza]
    named += [rule.channel for rule in settings.routing]
    named += [getattr(stanza, "channel", None) for _, stanza in settings.jobs]
    for name in sorted({settings.slack.channel, *filter(None, named)}):
        there = await directory.channel_id(name) is not None
        found = "there" if there else "no such channel, or the app is not in it"
        yield Diagnosis(
            f"channel #{name}", well=there, found=found, cure="create it and invite the app"
        )


async def _people(workplace: Workplace, directory: Directory) -> AsyncIterator[Diagnosis]:
    people = workplace.settings.people
    unknown = [person.email for person in people if await directory.user_id(person) is None]
    found = f"not in Slack: {', '.join(unknown)}" if unknown else f"all {len(people)} in Slack"
    yield Diagnosis(
        "people",
        well=not unknown,
        found=found,
        cure="write the addresses as their Slack profiles do",
    )


async def _mail(workplace: Workplace) -> Diagnosis:
    mail, secrets = workplace.settings.mail, workplace.secrets
    place = f"{mail.host}:{mail.port}"
    try:
        async with aiosmtplib.SMTP(
            hostname=mail.host,
            port=mail.port,
            use_tls=mail.security == "tls",
            start_tls=mail.security == "starttls",
            username=secrets.smtp_user,
            password=secrets.smtp_password,
            timeout=10,
        ) as server:
            await server.noop()
    except (aiosmtplib.SMTPException, OSError) as error:
        cure = "look at `mail` in config.yaml, SMTP_USER and SMTP_PASSWORD"
        return Diagnosis("mail", well=False, found=f"{place}: {error}", cure=cure)
    return Diagnosis("mail", well=True, found=place)


def _whatsapp(workplace: Workplace) -> Diagnosis:
    wanted, token = workplace.settings.whatsapp, workplace.secrets.whatsapp_token
    if wanted is None:
        return Diagnosis("whatsapp", well=True, found="not used")
    cure = "set WHATSAPP_TOKEN (see .env.example), or take `whatsapp` out of config.yaml"
    found = f"number {wanted.phone_number_id}" if token else "no credentials"
    return Diagnosis("whatsapp", well=bool(token), found=found, cure=cure)


async def _charts(workplace: Workplace) -> Diagnosis:
    """Draw one: in Chinese, which asks for a font, where somebody here reads it."""
    read = {person.locale for person in workplace.settings.people}
    language = Locale.CHINESE if Locale.CHINESE in read else Locale.ENGLISH
    empty = {"title": "", "axes": (), "shapes": (), "mean_label": "", "pool_label": ""}
    chart = CHART.validate_python({"kind": "radar", "language": str(language)} | empty)
    try:
        await draw(chart)
    except NoFont as missing:
        cure = "install one, for instance Noto Sans CJK; until then their words are English"
        return Diagnosis("charts", well=False, found=str(missing), cure=cure)
    except DrawingFailed as failed:
        cure = "look whether matplotlib is whole: install Watchkeeper anew"
        return Diagnosis("charts", well=False, found=str(failed), cure=cure)
    return Diagnosis("charts", well=True, found="can be drawn")


def _heartbeat(workplace: Workplace) -> Diagnosis:
    """Say only whether there is a monitor: to try it would make it believe that all is well."""
    wanted = workplace.secrets.heartbeat_url
    found = "a monitor is told" if wanted else "no monitor outside: HEARTBEAT_URL is not set"
    return Diagnosis("heartbeat", well=True, found=found)
