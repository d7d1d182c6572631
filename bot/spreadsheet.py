"""CSV files for people: opened with a spreadsheet, no cell of them is a formula (law 6)."""

import csv
import re
from collections.abc import Iterable
from io import StringIO
from typing import Any

from core.markup import guard, to_plain

CELL_LIMIT = 32_000
"""Excel takes 32,767 characters in a cell."""
_FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")
"""What makes a spreadsheet take a cell for a formula; Chinese ones take the wide signs too."""
_BLANK = " \n\u00a0\u3000"
_AFTER_SEMICOLON = re.compile(r";(?=[=+\-@＝＋－＠])")
"""Where the comma is decimal, spreadsheets take a semicolon for the end of a cell."""
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def as_csv(rows: Iterable[Iterable[Any]]) -> bytes:
    """Return rows as a CSV file: UTF-8 with the mark that Excel knows it by."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows(map(_cell, row) for row in rows)
    return file.getvalue().encode("utf-8-sig")


def _cell(value: Any) -> str:
    """Return a cell that no spreadsheet takes for a formula; a bare number is none."""
    text = "" if value is None else to_plain(guard(str(value)))[:CELL_LIMIT]
    if _NUMBER.fullmatch(text):
        return text
    text = _AFTER_SEMICOLON.sub(";'", text)
    return f"'{text}" if _FORMULA.match(text.lstrip(_BLANK)) else text
