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

PDF = b"%PDF-"

OTHERS = ("cp932", "cp1252")
"""Encodings that a file may have when all signs fail, the pickiest first."""

_WIDE = re.compile("[\u0800-\uffff]")
_NOT_ASCII = re.compile("[^\x00-\x7f]")


class _Fault(NamedTuple):
    """The first place that isn't in an encoding; `after_wide`: a CJK character came before."""

    line: int
    after_wide: bool


def encoding_of(path: Path, told: str | None = None) -> str:
    """Return the encoding of a text file: UTF-8, UTF-16 with its mark, or GB18030.

    Others have to be `told`: what other bytes mean nobody can be sure of. FileProblem names the
    line where the bytes are wrong.
    """
    if told:
        _hold_to(path, told)
        return told
    marked = _marked(path)
    encoding = marked or "utf-8"
    fault = _first_fault(path, encoding)
    if fault is None:
        return encoding
    if marked is None and not fault.after_wide and _is_gb18030(path):
        return "gb18030"
    tried = {"utf-8": "UTF-8 nor GB18030", "utf-8-sig": "UTF-8"}.get(encoding, "UTF-16")
    advice = "save the file as UTF-8, or name its encoding in a map (`import --learn`)"
    raise FileProblem(f"{path.name}: line {fault.line} is not {tried}: {advice}")


def _marked(path: Path) -> str | None:
    """Return the encoding that a text's mark tells. FileProblem for what is no text."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    marked = next((encoding for mark, encoding in MARKS if head.startswith(mark)), None)
    if marked is None and (b"\0" in head or head.startswith(PDF)):
        raise FileProblem(f"{path.name} is no text file: save it as CSV in UTF-8, or as XLSX")
    return marked


def guessed_encoding(path: Path) -> str:
    """Return the encoding that a text file is likely in, for a person to look at.

    Beside those of `encoding_of` they are Japan's and the West's: Amazon's reports have them.
    """
    marked = _marked(path)
    try:
        return encoding_of(path)
    except FileProblem:
        likely = [] if marked else [name for name in OTHERS if not _first_fault(path, name)]
        if not likely:
            raise
        return likely[0]


def _hold_to(path: Path, encoding: str) -> None:
    try:
        "a".encode(encoding)
    except LookupError:
        raise FileProblem(f"there is no encoding {encoding!r}, such as gb18030, cp1252") from None
    fault = _first_fault(path, encoding)
    if fault:
        raise FileProblem(f"{path.name}: line {fault.line} is not {encoding}, as the map says")


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
