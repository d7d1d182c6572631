"""Which fonts of this machine a chart is written in, and what they can write."""

import unicodedata
from collections.abc import Callable
from functools import cache

from matplotlib.font_manager import FontProperties, findfont, fontManager, get_font

LATIN = "DejaVu Sans"
"""Comes with matplotlib: Latin, Greek, Cyrillic and signs."""
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Noto Sans CJK JP",  # what a collection of all of them is called by its first
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Serif CJK JP",
    "SimHei",
    "SimSun",
    "Arial Unicode MS",
    "Droid Sans Fallback",
)
"""Fonts with Chinese characters, the best to read first."""

LONGEST = 60
"""Characters of a label; a page's title may have thousands."""


class MissingFont(Exception):
    """No font of this machine has Chinese characters."""


def families(language: str) -> list[str]:
    """Return the fonts to write in, by rank. Raises MissingFont for Chinese where there is none."""
    known = fontManager.get_font_names()
    chinese = [name for name in CHINESE if name in known][:1]
    if not chinese and language.startswith("zh"):
        raise MissingFont("no font with Chinese characters is installed (Noto Sans CJK is one)")
    return [LATIN, *chinese]


def writer(families: list[str]) -> Callable[[str], str]:
    """Return what makes a text one line that these fonts can write; "?" stands for the rest."""
    known = _characters(tuple(families))

    def written(text: str) -> str:
        line = " ".join(_visible(unicodedata.normalize("NFC", text)).split())
        cut = line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"
        return "".join(c if ord(c) in known else "?" for c in cut)

    return written


def _visible(text: str) -> str:
    """Return a text without what has no shape: direction marks, joiners, control characters."""
    kinds = ((c, unicodedata.category(c)) for c in text)
    return "".join(" " if kind[0] == "C" or kind[0] == "Z" else c for c, kind in kinds)


@cache
def _characters(families: tuple[str, ...]) -> frozenset[int]:
    paths = [findfont(FontProperties(family=[name]), fallback_to_default=True) for name in families]
    return frozenset(number for path in paths for number in get_font(path).get_charmap())
