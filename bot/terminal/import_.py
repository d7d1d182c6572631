"""watchkeeper import: files into the ledger; bad rows are set aside with their reasons."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NoReturn

import click
from tqdm import tqdm

from bot.workplace import open_workplace, utc_now
from scrapers.importing import FileProblem, ImportReport, Progress, import_file

SHOWN = 20
"""Bad rows shown in the terminal; all are in the .rejected.csv."""


@click.command()
@click.argument("kind")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "map_path", type=click.Path(path_type=Path), help="Their headers → ours.")
@click.option("--store", "store_name", help="Whose records these are (otherwise the first store).")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True, help="One object a file that scripts read.")
@click.pass_obj
def command(
    config: Path | None,
    kind: str,
    files: tuple[Path, ...],
    map_path: Path | None,
    store_name: str | None,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Import CSV, TSV, XLSX or JSON lines. Exit code 1 when rows were rejected."""
    workplace = open_workplace(config)
    store = workplace.stores(store_name)[0]
    rejected = 0
    with closing(workplace.ledger()) as database:
        for file in files:
            with _progress(file) as progress:
                report = import_file(
                    database,
                    store,
                    kind,
                    file,
                    map_path=map_path,
                    dry_run=dry_run,
                    now=utc_now(),
                    progress=progress,
                )
            rejected += report.taken.rejected
            row = json.dumps(report.as_json(), ensure_ascii=False) if as_json else _text(report)
            click.echo(row)
    return 1 if rejected else 0


@contextmanager
def _progress(file: Path) -> Iterator[Progress]:
    """Show how far a file is, on a terminal only."""
    bar: tqdm[NoReturn] = tqdm(
        desc=file.name, unit="B", unit_scale=True, disable=not sys.stderr.isatty()
    )

    def show(done: int, total: int) -> None:
        bar.total = total
        bar.update(done - bar.n)

    with bar:
        try:
            yield show
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
    return "\n".join(lines)
