"""Which encoding a text file is in: proved on the whole file before a row of it is used."""

import codecs
import re
from pathlib import Path
from typing import NamedTuple

from scrapers.tables.table import FileProblem

HEAD = 1 << 10
BLOCK = 1 << 20
LONGEST_LINE = 4 * BLOCK
"""Characters of a line, beyond which a file isn't a table."""

CHINESE_SHARE = 0.5
"""Share of a GB18030 file's other than ASCII characters that common Chinese text has at least."""

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_WIDE = re.compile("[\u0800-\uffff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


class _Fault(NamedTuple):
    """The first place that isn't in an encoding; `after_wide`: a CJK character came before."""

    line: int
    after_wide: bool


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16 with its mark, or GB18030.

    FileProblem names the line where the bytes are wrong.
    """
    with path.open("rb") as file:
        head = file.read(HEAD)
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head:
        raise FileProblem(f"{path.name} is no text file: save it as CSV in UTF-8, or as XLSX")
    encoding = marked or "utf-8"
    fault = _first_fault(path, encoding)
    if fault is None:
        return encoding
    if marked is None and not fault.after_wide and _is_gb18030(path):
        return "gb18030"
    tried = {"utf-8": "UTF-8 nor GB18030", "utf-8-sig": "UTF-8"}.get(encoding, "UTF-16")
    raise FileProblem(f"{path.name}: line {fault.line} is not {tried}: save the file as UTF-8")


def _first_fault(path: Path, encoding: str) -> _Fault | None:
    decoder = codecs.getincrementaldecoder(encoding)()
    lines, length, wide = 1, 0, False
    with path.open("rb") as file:
        while True:
            block = file.read(BLOCK)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                good = error.object[: error.start].decode(encoding, "ignore")
                return _Fault(lines + good.count("\n"), wide or bool(_WIDE.search(good)))
            length = _line_length(text, length)
            if length > LONGEST_LINE:
                raise FileProblem(f"{path.name}: line {lines} is too long for a table")
            lines += text.count("\n")
            wide = wide or bool(not text.isascii() and _WIDE.search(text))
            if not block:
                return None


def _line_length(text: str, length: int) -> int:
    """Return the length so far of the line in which `text` ends."""
    end = max(text.rfind("\n"), text.rfind("\r"))
    return length + len(text) if end < 0 else len(text) - end


def _is_gb18030(path: Path) -> bool:
    """Whether a file is GB18030 all through, and Chinese: Western text may decode by accident."""
    if _first_fault(path, "gb18030"):
        return False
    with path.open(encoding="gb18030", newline="") as file:
        while block := file.read(BLOCK):
            foreign = "".join(_NOT_ASCII.findall(block))
            if foreign:
                common = len(foreign.encode("gb2312", "ignore")) / 2
                return common >= CHINESE_SHARE * len(foreign)
    return True
