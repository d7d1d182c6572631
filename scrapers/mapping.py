"""A map: what the headers of one kind of export mean, and how else it is read."""

from pathlib import Path

from pydantic import Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from core.ledger.records import KINDS, Record, columns_of
from core.stanza import Stanza
from scrapers.tables import FileProblem

LINES = "lines like 'columns:' and '  their header: our column'"


class FileMap(Stanza):
    """What a file of `--map` says."""

    kind: str | None = Field(default=None, description="the kind of record")
    encoding: str | None = Field(default=None, description="the text's, where nothing tells it")
    sheet: str | None = Field(default=None, description="the workbook's")
    columns: dict[str, str | None] = Field(
        default={}, description="their header → our column, or null: left out"
    )
    same: dict[str, str] = Field(
        default={}, alias="set", description="our column → what it is in every row"
    )
    fill_down: list[str] = Field(
        default=[], description="headers whose blank cells have what the cell above has"
    )


def read_map(path: Path) -> FileMap:
    """Read a map. Raises FileProblem."""
    try:
        content = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileProblem(f"{path} can't be read: {error.strerror or error}") from None
    except (UnicodeDecodeError, YAMLError, ValueError, RecursionError) as error:
        raise FileProblem(f"{path.name} can't be read: {_one_line(error)}") from None
    try:
        return FileMap.model_validate(content)
    except ValidationError as error:
        raise FileProblem(_told(path, error)) from None


def check_columns(mapping: FileMap, kind: type[Record], name: str) -> None:
    """Raise FileProblem when a map is for another kind, or names columns that `kind` has not."""
    if mapping.kind and mapping.kind != kind.kind_name:
        raise FileProblem(f"{name} is a map for {mapping.kind}, not for {kind.kind_name}")
    ours = [column.name for column, spec in columns_of(kind) if spec.in_files]
    named = [*filter(None, mapping.columns.values()), *mapping.same]
    wrong = [column for column in named if column not in ours]
    if wrong:
        raise FileProblem(
            f"{name}: {wrong[0]!r} is no column of {kind.kind_name}; it has {', '.join(ours)}"
        )
    twice = [column for column in mapping.same if column in mapping.columns.values()]
    if twice:
        raise FileProblem(f"{name}: {twice[0]} stands under columns and under set: leave one out")


def kind_named(kind: str | None, mapping: FileMap) -> str:
    """Return the kind that was said, or else the map's. Raises FileProblem."""
    named = kind or mapping.kind
    if named is None:
        raise FileProblem(f"which kind of record is it? {', '.join(KINDS)}")
    return named


def _told(path: Path, error: ValidationError) -> str:
    """Return the first thing that is wrong with a map."""
    first = error.errors()[0]
    where = [str(part) for part in first["loc"]]
    if not where or where[0] == "columns":
        return f"{path.name} needs {LINES}"
    if first["type"] == "extra_forbidden":
        known = "columns, kind, set, fill_down, sheet, encoding"
        return f"{path.name}: there is no {where[0]!r} in a map; it has {known}"
    return f"{path.name}: {'.'.join(where)}: {first['msg']}"


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
