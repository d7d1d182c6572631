"""How large a workbook unpacks, before anything unpacks it."""

from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo
from zlib import error as ZlibError  # noqa: N812  (zlib's own name is no class's)

from scrapers.tables.table import FileProblem

XLSX = b"PK\x03\x04"

LARGE = 64 << 20
"""Unpacked bytes up to which a workbook is read at once; it takes about twice that in memory."""

LARGEST = 8 << 30
"""Unpacked bytes of a workbook: Excel's largest sheet, every cell of it a sentence, has fewer."""

DENSEST = 200
"""Times that a large workbook is larger unpacked; tables come to 10 or 30, bombs to 1,000."""

BLOCK = 1 << 20


def unpacked_size(path: Path) -> int:
    """Return the bytes that a workbook unpacks to; FileProblem for a damaged one, or a bomb.

    An archive's own word is believed only where it says that it is large: then nothing reads more
    of it than it says.
    """
    with path.open("rb") as file:
        if file.read(len(XLSX)) != XLSX:
            return 0
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
            size = sum(member.file_size for member in members)
            if size > LARGEST or size > max(LARGE, DENSEST * path.stat().st_size):
                raise FileProblem(_too_large(path))
            if size <= LARGE and _bursts(archive, members):
                raise FileProblem(_too_large(path))
    except (BadZipFile, ZlibError, EOFError, NotImplementedError, RuntimeError, ValueError):
        raise FileProblem(f"{path.name} is damaged or locked: save the workbook again") from None
    return size


def _bursts(archive: ZipFile, members: list[ZipInfo]) -> bool:
    """Tell whether a workbook that says it is small unpacks to more."""
    room = LARGE
    for member in members:
        member.file_size = LARGE + 1  # whatever it said
        with archive.open(member) as content:
            while block := content.read(BLOCK):
                room -= len(block)
                if room < 0:
                    return True
    return False


def _too_large(path: Path) -> str:
    return f"{path.name} unpacks to far more than a table has: save the sheet as CSV"
