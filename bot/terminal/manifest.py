"""watchkeeper manifest: the Slack app manifest, made from the commands that exist."""

import json

import click

from bot.slack.manifest import manifest


@click.command()
@click.option("--request-url", help="For HTTP mode: the public https address of /slack/events.")
def command(request_url: str | None) -> None:
    """Print the manifest to paste at api.slack.com under "From a manifest" (JSON)."""
    click.echo(json.dumps(manifest(request_url), ensure_ascii=False, indent=2))
