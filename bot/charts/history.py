"""Draws prices over time: ours, theirs, the band within which no gap is told."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import cycle
from math import ceil, nan

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.dates import DateFormatter, date2num
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from bot.charts import History, Line, Stretch
from bot.charts.canvas import GRID, MUTED, OURS, SMALL, THEIRS, paper

NAMED = 5
"""Days that the axis names."""
NARROW = 22
"""Characters of a label up to which three stand side by side."""
AIR = 0.15
"""Of the drawn prices' span, above and below them."""
FLAT = 0.05
"""The same of a price that never moved, as a share of it."""

Points = tuple[list[datetime], list[float]]


def draw_history(chart: History) -> bytes:
    """Return the chart as PNG. Raises `fonts.MissingFont`."""
    with paper(chart.language) as sheet:
        labels = [sheet.text(line.label) for line in (chart.ours, *chart.theirs)]
        columns = 3 if max(map(len, labels)) <= NARROW else 2
        bottom = 0.11 + 0.065 * ceil((len(labels) + 1) / columns)
        axes = sheet.figure.add_axes((0.12, bottom, 0.82, 0.82 - bottom))
        shown = [_line(axes, chart.ours, OURS, 4.0, labels[0])]
        for line, label, colour in zip(chart.theirs, labels[1:], cycle(THEIRS), strict=False):
            shown.append(_line(axes, line, colour, 2.5, label))
            shown += _band(axes, line, colour, sheet.text(chart.band_label))
        _frame(axes, chart)
        axes.set_title(sheet.text(chart.price_axis), fontsize=SMALL, color=MUTED, loc="left", pad=8)
        sheet.title(chart.title)
        sheet.figure.legend(
            handles=shown,
            loc="lower left",
            bbox_to_anchor=(0.02, 0.0),
            ncols=columns,
            frameon=False,
            fontsize=SMALL,
            handlelength=1.2,
            columnspacing=1.2,
        )
        return sheet.png()


def _line(axes: Axes, line: Line, colour: str, width: float, label: str) -> Artist:
    """Draw one seller's line, broken where no price is known, with a dot at its end."""
    moments, prices = _points(line.stretches, lambda stretch: stretch.price)
    [drawn] = axes.plot(
        date2num(moments),
        prices,
        color=colour,
        linewidth=width,
        marker="o",
        markersize=2 * width,
        markevery=[-1] if moments else None,
        clip_on=False,
        label=_legend(label),
    )
    return drawn


def _band(axes: Axes, line: Line, colour: str, label: str) -> list[Artist]:
    known = [each for each in line.stretches if each.low is not None and each.high is not None]
    if not known:
        return []
    moments, low = _points(known, lambda stretch: stretch.low or nan)
    _, high = _points(known, lambda stretch: stretch.high or nan)
    at, name = date2num(moments), _legend(label)
    return [axes.fill_between(at, low, high, color=colour, alpha=0.15, linewidth=0, label=name)]


def _points(stretches: Sequence[Stretch], value: Callable[[Stretch], float]) -> Points:
    """Return a line's corners; nan breaks it between stretches that do not touch."""
    corners = list(_corners(stretches, value))
    return [moment for moment, _ in corners], [price for _, price in corners]


def _corners(
    stretches: Sequence[Stretch], value: Callable[[Stretch], float]
) -> Iterator[tuple[datetime, float]]:
    ended: datetime | None = None
    for stretch in stretches:
        if ended is not None and stretch.first > ended:
            yield ended.replace(tzinfo=None), nan
        # the store's clock as it stands on the wall there
        yield stretch.first.replace(tzinfo=None), value(stretch)
        yield stretch.last.replace(tzinfo=None), value(stretch)
        ended = stretch.last


def _frame(axes: Axes, chart: History) -> None:
    first, last = (moment.replace(tzinfo=None) for moment in (chart.first, chart.last))
    named = [first + (last - first) * part / (NAMED - 1) for part in range(NAMED)]
    axes.set_xlim(date2num(first), date2num(last))
    axes.set_ylim(*_span(chart))
    axes.set_xticks(date2num(named))
    axes.xaxis.set_major_formatter(DateFormatter("%m-%d"))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.10g}"))
    axes.grid(axis="y", color=GRID)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=SMALL)


def _span(chart: History) -> tuple[float, float]:
    """Return the lowest and highest price on the axis: a zoom on what moved, never from 0."""
    every = [each for line in (chart.ours, *chart.theirs) for each in line.stretches]
    prices = [each.price for each in every]
    prices += [edge for each in every for edge in (each.low, each.high) if edge is not None]
    low, high = (min(prices), max(prices)) if prices else (0.0, 1.0)
    air = (high - low) * AIR or high * FLAT
    return low - air, high + air


def _legend(label: str) -> str:
    """Return a label that the legend takes for one: it leaves out those that begin with "_"."""
    return f" {label}" if label.startswith("_") else label
