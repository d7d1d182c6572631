"""watchkeeper import: files into the ledger; bad rows are set aside with their reasons."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import click
from sqlmodel import select
from tqdm import tqdm

from bot.workplace import open_workplace, utc_now
from core.ledger.database import Database
from core.ledger.records import KINDS, Product
from core.settings import Store
from scrapers.importing import FileProblem, ImportReport, Progress, import_file

SHOWN = 20
"""Bad rows shown in the terminal; all are in the .rejected.csv."""


@click.command()
@click.argument("words", nargs=-1, required=True, metavar="[KIND] FILES...")
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="Their headers → ours.")
@click.option("--sheet", help="The workbook's sheet (otherwise the one that fits best).")
@click.option("--learn", "learning", is_flag=True, help="Draft a map for a file, import nothing.")
@click.option("--store", "store_name", help="Whose records these are (otherwise the first store).")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="One object a file that scripts read.")
@click.pass_obj
def command(
    config: Path | None,
    words: tuple[str, ...],
    map_path: Path | None,
    sheet: str | None,
    learning: bool,
    store_name: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import CSV, TSV, XLSX or JSON lines. Exit code 1 when rows were rejected.

    KIND may be left out where the map says it, and with --learn.
    """
    kind, files = _sorted_out(words, kind_is_known=learning or map_path is not None)
    workplace = open_workplace(config)
    store = workplace.stores(store_name)[0]
    rejected = 0
    with closing(workplace.ledger()) as database:
        if learning:
            return _learn(database, store, kind, files)
        for file in files:
            with _progress(file) as progress:
                report = import_file(
                    database,
                    store,
                    kind,
                    file,
                    map_path=map_path,
                    sheet=sheet,
                    dry_run=dry_run,
                    now=utc_now(),
                    progress=progress,
                )
            rejected += report.taken.rejected
            row = json.dumps(report.as_json(), ensure_ascii=False) if as_json else _text(report)
            click.echo(row)
    return 1 if rejected else 0


def _sorted_out(words: Sequence[str], *, kind_is_known: bool) -> tuple[str | None, list[Path]]:
    """Tell the kind from the files. Raises click.UsageError."""
    first = words[0]
    if kind_is_known and first not in KINDS and (len(words) == 1 or Path(first).exists()):
        return None, [Path(word) for word in words]
    if len(words) == 1:
        raise click.UsageError("Missing argument 'FILES...': import KIND FILE")
    return first, [Path(word) for word in words[1:]]


def _learn(database: Database, store: Store, kind: str | None, files: Sequence[Path]) -> int:
    """Print the draft of a map for one file."""
    from scrapers.learning import as_yaml, learn  # noqa: PLC0415  (only here)

    if len(files) > 1:
        raise click.UsageError("--learn looks at one file: each export has a map of its own")
    with database.read() as ledger:
        skus = set(ledger.exec(select(Product.sku).where(Product.store == store.name)))
    with _told():
        click.echo(as_yaml(learn(files[0], kind, store, skus)), nl=False)
    return 0


@contextmanager
def _progress(file: Path) -> Iterator[Progress]:
    """Show how far a file is, on a terminal only."""
    bar: tqdm[NoReturn] = tqdm(
        desc=file.name, unit="B", unit_scale=True, disable=not sys.stderr.isatty()
    )

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar, _told():
        yield show


@contextmanager
def _told() -> Iterator[None]:
    """Say of a file that is no use what is wrong with it, in one line."""
    try:
        yield
    except FileProblem as problem:
        raise click.UsageError(str(problem)) from None


def _text(report: ImportReport) -> str:
    taken = report.taken
    lines = [
        f"{report.file}: {taken.read:,} rows read, {taken.stored:,} stored, "
        f"{taken.unchanged:,} unchanged, {taken.rejected:,} rejected"
    ]
    lines += [
        f"  {report.file}:{bad.row} {bad.column}: {bad.problem}" for bad in report.rejected[:SHOWN]
    ]
    if report.rejected_file:
        lines.append(f"  all rejected rows with their reasons: {report.rejected_file}")
    if report.unknown_columns:
        lines.append(f"  columns ignored: {', '.join(report.unknown_columns)}")
    if report.ignored_sheets:
        others = ", ".join(report.ignored_sheets)
        lines.append(f"  read from the sheet {report.sheet}; ignored: {others}")
    return "\n".join(lines)
