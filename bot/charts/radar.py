"""Draws stores on a radar: how far each is from the mean of the pool, axis by axis."""

from collections.abc import Sequence
from math import pi
from typing import Any

from bot.charts import Radar, Shape
from bot.charts.canvas import GRID, MUTED, OURS, SMALL, THEIRS, paper

EDGE = 3.0
"""Standard deviations at the rim; what is further is drawn there."""


def draw_radar(chart: Radar) -> bytes:
    """Return the chart as PNG. Raises `fonts.MissingFont`."""
    with paper(chart.language) as sheet:
        axes: Any = sheet.figure.add_axes((0.12, 0.07, 0.46, 0.71), projection="polar")
        angles = [2 * pi * index / len(chart.axes) for index in range(len(chart.axes))]
        _frame(axes, angles, [sheet.text(name) for name in chart.axes])
        shown = [_mean(axes, sheet.text(chart.mean_label))]
        others = [shape for shape in chart.shapes if not shape.ours]
        shown += [_shape(axes, angles, shape, THEIRS[2], 1.0) for shape in others][:1]
        labels = [sheet.text(chart.mean_label), sheet.text(chart.pool_label)][: len(shown)]
        for shape in chart.shapes:
            if shape.ours:
                shown.append(_shape(axes, angles, shape, THEIRS[0], 4.0))
                labels.append(sheet.text(shape.label))
        sheet.title(chart.title)
        sheet.figure.legend(
            *(shown[::-1], [f" {label}" for label in labels[::-1]]),
            loc="center left",
            bbox_to_anchor=(0.66, 0.45),
            frameon=False,
            fontsize=SMALL,
            handlelength=1.5,
        )
        return sheet.png()


def _frame(axes: Any, angles: Sequence[float], names: Sequence[str]) -> None:
    axes.set_theta_offset(pi / 2)
    axes.set_theta_direction(-1)
    axes.set_ylim(-EDGE, EDGE)
    axes.set_yticks([-2, -1, 0, 1, 2], ["-2 σ", "-1", "0", "1", "2 σ"], fontsize=11, color=MUTED)
    axes.set_rlabel_position(180 / max(len(angles), 1))
    axes.set_xticks(angles, names, fontsize=SMALL, color=OURS)
    axes.tick_params(axis="x", pad=14)
    axes.grid(color=GRID)
    axes.spines["polar"].set_color(GRID)


def _mean(axes: Any, label: str) -> Any:
    circle = [2 * pi * step / 90 for step in range(91)]
    [drawn] = axes.plot(circle, [0.0] * len(circle), color=MUTED, linestyle="--", label=f" {label}")
    return drawn


def _shape(axes: Any, angles: Sequence[float], shape: Shape, colour: str, width: float) -> Any:
    """Draw one store: its known figures as points, with a line between neighbours."""
    known = [
        (angle, None if value is None else min(max(value, -EDGE), EDGE))
        for angle, value in zip(angles, shape.values, strict=True)
    ]
    around = [*known, *known[:1]]
    alpha = 1.0 if shape.ours else 0.45
    [drawn] = axes.plot(
        [angle for angle, _ in around],
        [float("nan") if value is None else value for _, value in around],
        color=colour,
        linewidth=width,
        marker="o",
        markersize=2 * width + 2,
        alpha=alpha,
        zorder=3 if shape.ours else 2,
    )
    if shape.ours and all(value is not None for _, value in around):
        axes.fill(*zip(*around, strict=True), color=colour, alpha=0.2)
    return drawn
