"""The paper that charts are drawn on: its size, its fonts, its colours."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from bot.charts.fonts import families, writer

SIZE, DPI = (8.0, 4.5), 100
"""800 × 450 pixels: what a phone shows across, and mails at full width."""
LARGE, SMALL = 17, 14
"""Points: still readable when a phone shows the picture at half its size."""
OURS, MUTED, GRID = "#12324a", "#5c6b77", "#dde4e9"
THEIRS = ("#d55e00", "#009e73", "#0072b2", "#cc79a7", "#e69f00")
"""Colours that people who see few of them can tell apart (Okabe and Ito)."""


@dataclass(frozen=True)
class Paper:
    """An empty picture, and what makes anybody's text fit to stand on it."""

    figure: Figure
    text: Callable[[str], str]

    def title(self, text: str) -> None:
        """Write the picture's title."""
        self.figure.text(*(0.03, 0.93), self.text(text), fontsize=LARGE, color=OURS, weight="bold")

    def png(self) -> bytes:
        """Return the picture."""
        content = BytesIO()
        FigureCanvasAgg(self.figure).print_png(content)
        return content.getvalue()


@contextmanager
def paper(language: str) -> Iterator[Paper]:
    """Yield an empty picture; all text on it is text, also "$x$". Raises MissingFont."""
    fonts = families(language)
    style: Any = {  # matplotlib types each key, and takes any mapping of them
        "font.family": fonts,
        "font.size": SMALL,
        "text.parse_math": False,
        "axes.unicode_minus": False,
        "axes.edgecolor": MUTED,
        "xtick.color": MUTED,
        "ytick.color": MUTED,
    }
    with rc_context(style):
        yield Paper(Figure(figsize=SIZE, dpi=DPI, facecolor="white"), writer(fonts))
