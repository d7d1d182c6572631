"""Charts: PNGs of their size that show their data, anybody's words as text, no boxes."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from struct import unpack
from typing import Any

import numpy as np
import psutil  # type: ignore[import-untyped]
import pytest
from matplotlib import image
from numpy.typing import NDArray

from bot.charts import CHART, DrawingFailed, History, Line, NoFont, Radar, Shape, Stretch, draw
from bot.charts.fonts import LATIN, LONGEST, MissingFont, families, writer
from bot.charts.history import draw_history
from bot.charts.radar import draw_radar
from tests.support.fonts import without_chinese

FIRST = datetime(2026, 1, 1, tzinfo=UTC)
Pixels = NDArray[np.float32]


def day(number: float) -> datetime:
    return FIRST + timedelta(days=number)


def line(label: str, *stretches: tuple[float, float, float], band: float = 0) -> Line:
    edges = (lambda p: (p * (1 - band), p * (1 + band))) if band else (lambda _: ())
    return Line(label, tuple(Stretch(day(a), day(b), p, *edges(p)) for a, b, p in stretches))


HISTORY = History(
    language="en",
    title="PS-1000: 90 days",
    price_axis="USD a piece",
    first=day(0),
    last=day(90),
    ours=line("Ours: 439.00", (0, 60, 449), (60, 90, 439)),
    theirs=(line("VoltTrail: 419.00", (0, 30, 440), (50, 90, 419), band=0.03),),
    band_label="±3 %: not told",
)
RADAR = Radar(
    language="en",
    title="2 stores",
    axes=("traffic +0.4 σ", "conversion", "repurchase -0.8 σ"),
    shapes=(Shape("A", (1, -1, 2)), Shape("B", (None, 0.5, 9)), Shape("us", (0.4, 1, -0.8), True)),
    mean_label="mean",
    pool_label="others",
)


def pixels(png: bytes) -> Pixels:
    found: Pixels = image.imread(BytesIO(png), format="png")[..., :3]
    return found


def has(found: Pixels, colour: str) -> Any:
    """Where a picture has exactly a colour, row by column."""
    wanted = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    return np.isclose(found, wanted, atol=0.01).all(axis=2)


def test_it_is_a_png_for_a_phone() -> None:
    for png in (draw_history(HISTORY), draw_radar(RADAR)):
        assert png.startswith(b"\x89PNG\r\n\x1a\n")
        assert unpack(">II", png[16:24]) == (800, 450)


def test_another_price_is_another_picture_and_the_same_one_the_same() -> None:
    other = replace(HISTORY, ours=line("Ours: 439.00", (0, 60, 441), (60, 90, 439)))
    assert draw_history(HISTORY) == draw_history(HISTORY)
    assert draw_history(other) != draw_history(HISTORY)


def test_a_line_is_broken_where_nothing_is_known() -> None:
    theirs = has(pixels(draw_history(HISTORY)), "#d55e00")[80:300]  # rows of the plot itself
    left, right = 96, 752  # columns of day 0 and day 90
    at = [round(left + (right - left) * n / 90) for n in (15, 40, 70)]
    assert [bool(theirs[:, column].any()) for column in at] == [True, False, True]


def test_the_axis_is_not_drawn_from_0() -> None:
    ours = has(pixels(draw_history(HISTORY)), "#12324a")[80:300, 110:740]
    rows = np.flatnonzero(ours.any(axis=1))
    assert rows.max() - rows.min() > 30  # 449 → 439 would be 5 of 220 rows


@pytest.mark.parametrize(
    "label",
    [
        r"$\frac{1}{2}$ $x_$ \n",
        "_hidden_",
        "a\nb\r\t\x00\x1b[31m\u202eevil\u200b",
        "🔋👨\u200d👩\u200d👧 ∰ 𓀀",
        "储能电源 " * 400,
        "",
        "%s {x} {0} ${PATH}",
    ],
)
def test_anybodys_words_are_only_text(label: str) -> None:
    hostile = replace(HISTORY, title=label, theirs=(replace(HISTORY.theirs[0], label=label),))
    assert pixels(draw_history(hostile)).shape == (450, 800, 3)
    shapes = (Shape(label, (1, 1, 1)), Shape(label, (0, 0, 0), True))
    assert draw_radar(replace(RADAR, title=label, axes=(label,) * 3, shapes=shapes))


def test_a_formula_stands_there_as_it_was_written() -> None:
    def width(title: str) -> int:
        bold = has(pixels(draw_history(replace(HISTORY, title=title))), "#12324a")[10:45]
        return int(np.flatnonzero(bold.any(axis=0)).max())

    assert width("$x^{222}$") > width("xx222") + 40  # as mathematics it would be narrower


def test_what_no_font_can_write_is_a_question_mark_and_long_words_are_cut() -> None:
    written = writer([LATIN])
    assert written("Ｖolt 特卖 🔋 €") == "Ｖolt ?? ? €".replace("Ｖ", "?")
    assert len(written("x" * 500)) == LONGEST


def test_nothing_known_is_an_empty_chart() -> None:
    empty = replace(HISTORY, ours=line("Ours"), theirs=(line("VoltTrail"),))
    assert pixels(draw_history(empty)).shape == (450, 800, 3)


def test_an_unknown_figure_is_not_drawn_as_0() -> None:
    known = replace(RADAR, shapes=(Shape("A", (1, -1, 0)), RADAR.shapes[2]))
    unknown = replace(RADAR, shapes=(Shape("A", (1, -1, None)), RADAR.shapes[2]))
    assert draw_radar(known) != draw_radar(unknown)


async def test_a_process_of_its_own_draws_it() -> None:
    assert await draw(HISTORY) == draw_history(HISTORY)


@pytest.mark.slow
async def test_without_a_chinese_font_it_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_chinese(tmp_path, monkeypatch)
    with pytest.raises(NoFont, match="no font with Chinese characters is installed"):
        await draw(replace(HISTORY, language="zh_CN"))


def test_chinese_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.charts.fonts.CHINESE", ("No Such Font",))
    assert families("en") == [LATIN]
    with pytest.raises(MissingFont):
        families("zh_CN")


async def test_what_is_no_chart_fails_with_one_line() -> None:
    broken = replace(HISTORY, theirs=(line("x", (0, 1, float("nan"))),))
    assert json.loads(CHART.dump_json(broken))  # nan has no number in JSON
    with pytest.raises(DrawingFailed, match=r"^the chart could not be drawn: [^\n]+$") as caught:
        await draw(broken)
    assert caught.value.in_time


def drawing_processes() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "bot.charts" in child.cmdline()]


async def test_a_slow_drawing_is_ended() -> None:
    with pytest.raises(DrawingFailed, match=r"not drawn within 0\.05 seconds") as caught:
        await draw(HISTORY, limit=0.05)
    assert not caught.value.in_time
    assert drawing_processes() == []


async def test_a_drawing_that_nobody_waits_for_ends_with_its_task() -> None:
    drawing = asyncio.create_task(draw(HISTORY))
    while not drawing_processes():  # noqa: ASYNC110  (a process tells nobody that it has begun)
        await asyncio.sleep(0.01)
    drawing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await drawing
    assert drawing_processes() == []
