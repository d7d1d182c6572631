"""The `watchkeeper` command. Exit codes: 0 done, 1 findings or failed items, 2 wrong use.

Each command is a file in `bot/terminal`, imported when it is called, so that `--help` is quick.
"""

import gc
import logging
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import NoReturn

import click

from bot import terminal
from bot.options import no_such
from core.errors import UserError

WRONG_USE = 2
INTERRUPTED = 130
"""What a shell expects of a program that Ctrl-C ended."""


class Commands(click.Group):
    """The commands of `bot/terminal`, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names of the commands."""
        return sorted(module.name.rstrip("_") for module in iter_modules(terminal.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return one command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        name = f"{cmd_name}_" if cmd_name == "import" else cmd_name
        gc.disable()  # what is imported stays: looking through it takes a sixth of the time
        command: click.Command = import_module(f"bot.terminal.{name}").command
        gc.enable()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when there is none of that name."""
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(no_such("command", args[0], known))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with the first line of each file's text; nothing is imported."""
        rows = []
        for name in self.list_commands(ctx):
            file = Path(terminal.__path__[0]) / f"{'import_' if name == 'import' else name}.py"
            first = file.read_text(encoding="utf-8").partition("\n")[0]
            rows.append((name, first.strip('"').partition(": ")[2]))
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file (otherwise WATCHKEEPER_CONFIG, or config.yaml here).",
)
@click.version_option(package_name="watchkeeper")
@click.pass_context
def watchkeeper(context: click.Context, config: Path | None) -> None:
    """The officer on watch for a cross-border store."""
    context.obj = config
    # a command says in one line what went wrong; only `run` keeps a log
    logging.getLogger().addHandler(logging.NullHandler())


def main() -> None:
    """Run the command line; every mistake of the user is one line on stderr and exit 2."""
    try:
        code = watchkeeper.main(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        sys.exit(WRONG_USE)
    except click.ClickException as error:
        _end(error.format_message())
    except UserError as error:
        _end(str(error))
    except click.Abort:
        sys.exit(INTERRUPTED)
    except OSError as error:
        _end(f"{error.filename or 'input or output'}: {error.strerror or error}")
    except Exception as error:
        from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415  (not for a mere --help)

        if not isinstance(error, SQLAlchemyError):
            raise
        _end(f"the ledger: {str(error).partition(chr(10))[0]}; try `watchkeeper doctor`")
    sys.exit(code if isinstance(code, int) else 0)


def _end(problem: str) -> NoReturn:
    for line in problem.splitlines():
        click.echo(f"watchkeeper: {line}", err=True)
    sys.exit(WRONG_USE)
