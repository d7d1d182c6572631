"""Charts as PNG, drawn in a process of their own: what draws them takes 60 MB and is rarely needed.

A chart is plain data. `draw` hands it to `python -m bot.charts` as JSON and takes the picture; the
process ends with the picture, with its time, or with the service.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Discriminator, TypeAdapter

LIMIT = 30.0
"""Seconds a picture may take; a machine's first one looks through all its fonts."""
NO_FONT = 3
"""The exit code that says that no font here has the chart's characters."""


class DrawingFailed(Exception):
    """A picture that could not be drawn; `in_time` tells whether it failed, or took too long."""

    def __init__(self, problem: str, *, in_time: bool = True) -> None:
        super().__init__(problem)
        self.in_time = in_time


class NoFont(DrawingFailed):
    """No font of this machine has the language's characters: draw it in English."""


@dataclass(frozen=True)
class Stretch:
    """A time over which a price is known; `low` and `high` are a band around it, if it has one."""

    first: datetime
    last: datetime
    price: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Line:
    """One seller's prices, oldest first; between two stretches that do not touch none is known."""

    label: str
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class History:
    """Prices of one article over a time. Moments are in the zone that the axis shows."""

    language: str
    title: str
    price_axis: str
    first: datetime
    last: datetime
    ours: Line
    theirs: tuple[Line, ...]
    band_label: str
    kind: Literal["history"] = "history"


@dataclass(frozen=True)
class Shape:
    """One store on the radar; None where a figure is not known."""

    label: str
    values: tuple[float | None, ...]
    ours: bool = False


@dataclass(frozen=True)
class Radar:
    """Stores compared on several axes, in standard deviations from their mean."""

    language: str
    title: str
    axes: tuple[str, ...]
    shapes: tuple[Shape, ...]
    mean_label: str
    pool_label: str
    kind: Literal["radar"] = "radar"


Chart = Annotated[History | Radar, Discriminator("kind")]
CHART: TypeAdapter[History | Radar] = TypeAdapter(Chart)


async def draw(chart: History | Radar, limit: float = LIMIT) -> bytes:
    """Return a chart as PNG, within `limit` seconds. Raises DrawingFailed, NoFont."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "bot.charts"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(limit):
            picture, said = await process.communicate(CHART.dump_json(chart))
    except TimeoutError:
        problem = f"the chart was not drawn within {limit:g} seconds"
        raise DrawingFailed(problem, in_time=False) from None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        lines = said.decode(errors="replace").strip().splitlines()
        failure = NoFont if process.returncode == NO_FONT else DrawingFailed
        raise failure(f"the chart could not be drawn: {lines[-1] if lines else 'no reason given'}")
    return picture
