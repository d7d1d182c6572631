"""The page that tells people which columns a file may have, made from the declarations.

python -m core.ledger.reference > docs/records.md
"""

import sys
from collections.abc import Iterator

from core.ledger.records.base import KINDS, Record, columns_of
from core.ledger.records.column import LONGEST_TEXT, Form, Spec

INTRODUCTION = f"""# Records: what `import` and `POST /ingest/KIND` take

This page is made from the code: `python -m core.ledger.reference > docs/records.md`.

- **Files**: CSV, TSV (`,` `;` tab or `|`), XLSX (the visible sheet that fits best, or `--sheet`),
  JSON lines. Text is UTF-8, UTF-16 with its mark, or GB18030; others are named in the map.
- **Headers** are matched without regard to case, spaces, `-` and `_`: the column's name or one of
  the other headers below. Titles above the header are passed over; a header in two lines is joined.
  Columns that nobody knows are named once and ignored.
- **A map** wins over the known headers: `--map M.yaml`. `import --learn FILE` drafts one, see
  [files](sources/files.md).
- **Required** columns must have something in every row. The **key** is what makes a second import
  of a row an update instead of a copy; of several rows with one key the later cells win.
- **An empty cell** leaves what is known; `null`, `NULL`, `-` or `无` clears it.
- **Money**: `1299.5`, `1,299.50`, `1.299,50`, `US$1,299`, `¥12.5`, `12.5 EUR`; at most six
  decimals. The currency column or the sign wins over the store's currency; where both stand they
  must agree. `€1.299` is refused, since it may be either.
- **Moments**: `2026-03-05 14:30`, `2026/3/5 14:30`, `2026-03-05T14:30:00+08:00`; without an offset
  in the store's time zone. **Days**: `2026-03-05`, `2026/3/5`, `2026年3月5日`.
- **Whole numbers** may have separated thousands. **Yes/no**: true/false, yes/no, 1/0, 是/否.
- **Numbers of articles and orders** stay as they are; one that Excel has shortened (`2.1E+17`, or
  more than 15 digits in a cell that is no text) is refused: many orders would be one.
- **Sums**: a row whose number or name is 合计, 总计, 小计, Total or Subtotal is refused.
- **Text** has at most {LONGEST_TEXT:,} characters; of control characters only tabs and new lines.
  What a buyer wrote is cut where it is longer, and ends in … and how many characters are missing.
- **A row that can't be stored** is reported with its number, column and problem, written to
  `NAME.rejected.csv` beside the file, and stops nothing else.
"""


def page() -> str:
    """Return the page, in Markdown."""
    return "\n".join([INTRODUCTION, *(line for name in sorted(KINDS) for line in _kind(name))])


def _kind(name: str) -> Iterator[str]:
    kind = KINDS[name]
    yield f"## {name}\n"
    yield f"{_first_line(kind)} Key: {', '.join(_key(kind))}.\n"
    yield "| column | what it holds | meaning | other headers |"
    yield "|---|---|---|---|"
    for column, spec in columns_of(kind):
        mark = " (required)" if spec.required else ""
        others = "、".join(spec.aliases) if spec.in_files else "(not from files)"
        yield f"| `{column.name}`{mark} | {_holds(spec)} | {spec.meaning} | {others} |"
    yield ""


def _first_line(kind: type[Record]) -> str:
    return (kind.__doc__ or "").splitlines()[0]


def _key(kind: type[Record]) -> list[str]:
    return [f"`{column.name}`" for column, spec in columns_of(kind) if spec.key]


def _holds(spec: Spec) -> str:
    if spec.form is Form.CHOICE:
        return ", ".join(spec.values) + ("" if spec.closed else ", …")
    return f"{spec.form}, {spec.unit}" if spec.unit else str(spec.form)


if __name__ == "__main__":
    sys.stdout.write(page())
