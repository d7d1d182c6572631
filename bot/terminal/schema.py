"""watchkeeper schema: the JSON Schema of config.yaml, for editors."""

import json

import click

from jobs.registry import configuration


@click.command()
def command() -> None:
    """Print the schema that docs/config.schema.json holds."""
    click.echo(json.dumps(configuration().model_json_schema(), indent=2, ensure_ascii=False))
