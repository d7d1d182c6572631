"""The process that reads pages: its answers are those of `read_offer`, and it may end any time."""

import asyncio
import json
import signal
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from scrapers.offer import read_offer
from scrapers.reading import Reader, ReadingFailed

PAGES = Path(__file__).parents[1] / "pages"
URL = "https://shop.example/p/1"


def reading_processes() -> list[psutil.Process]:
    """Our children that read pages."""
    children = psutil.Process().children()
    return [each for each in children if "scrapers.reading_process" in each.cmdline()]


def reading_process() -> psutil.Process:
    """The only one."""
    (process,) = reading_processes()
    return process


def page(price: str) -> bytes:
    return f"<h1>Cup</h1><p class=price>US${price}</p><button>Buy now</button>".encode()


async def test_pages_are_read_as_without_it_each_as_it_was_asked() -> None:
    ladder = (PAGES / "alibaba_ladder.html").read_bytes()
    shelf = "<p id=now>12,50 €</p><h1>Tasse für 99 €</h1>".encode("cp1252")
    async with Reader() as reader:
        several = await asyncio.gather(
            reader.read(ladder, URL),
            reader.read(shelf, URL, content_type="text/html", selectors={"price": "#now"}),
            reader.read(page("12.50"), URL, status=404),
            *(reader.read(page(f"{n}.50"), URL) for n in range(1, 9)),
        )
    assert several[0] == read_offer(ladder, URL)
    assert [tier.price for tier in several[0].tiers][:1] == [Decimal("3.87")]
    assert (several[1].price, several[1].currency) == (Decimal("12.50"), "EUR")
    assert several[2].kind == "not_found"
    assert [offer.price for offer in several[3:]] == [Decimal(f"{n}.50") for n in range(1, 9)]


async def test_a_page_whose_reader_is_killed_is_told_and_the_next_ones_are_read() -> None:
    async with Reader() as reader:
        await reader.read(page("1.00"), URL)
        process = reading_process()
        process.suspend()
        asked = [asyncio.ensure_future(reader.read(page(f"{n}.00"), URL)) for n in (2, 3, 4)]
        await asyncio.sleep(0)
        process.kill()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert str(answers[0]) == "its reader ended"
        assert [offer.price for offer in answers[1:]] == [Decimal(3), Decimal(4)]  # type: ignore[union-attr]


async def test_a_reader_that_ended_while_nothing_was_asked_costs_no_page() -> None:
    async with Reader() as reader:
        await reader.read(page("1.00"), URL)
        process = reading_process()
        process.kill()
        while psutil.pid_exists(process.pid):  # noqa: ASYNC110  (it is the system's to tell)
            await asyncio.sleep(0)
        for _ in range(5):  # the loop's rounds in which the closed pipe is seen
            await asyncio.sleep(0)
        assert (await reader.read(page("2.00"), URL)).price == Decimal(2)


async def test_a_page_that_takes_too_long_is_given_up() -> None:
    async with Reader(limit=0.001) as reader:
        with pytest.raises(ReadingFailed, match=r"reading it took more than 0\.001 seconds"):
            await reader.read(page("1.00"), URL)


def test_a_page_that_hangs_ends_its_reader_though_the_service_is_gone() -> None:
    program = (
        "import sys, time; from scrapers import reading_process as it; it.ALONE = 0.05;"
        "it.read_offer = lambda *_, **__: time.sleep(20);"
        "it.serve(sys.stdin.buffer, sys.stdout.buffer)"
    )
    asked = json.dumps({"size": 0, "said": {"url": URL}}).encode() + b"\n"
    ended = subprocess.run([sys.executable, "-c", program], input=asked, check=False)
    assert ended.returncode == -signal.SIGALRM


async def test_half_a_letter_in_a_title_loses_no_price() -> None:
    shown = page("12.50")
    data = (
        b'<script type="application/ld+json">{"@type": "Product", "name": "Cup \\ud83d", '
        b'"offers": {"price": "12.50", "priceCurrency": "USD"}}</script>'
    )
    async with Reader() as reader:
        offer = await reader.read(data + shown, URL)
    assert (offer.title, offer.price) == ("Cup ?", Decimal("12.50"))


async def test_selectors_that_are_no_css_are_told_and_the_reader_goes_on() -> None:
    async with Reader() as reader:
        with pytest.raises(ReadingFailed, match=r"selector for price: '\[\[' is no CSS"):
            await reader.read(page("1.00"), URL, selectors={"price": "[["})
        assert (await reader.read(page("2.00"), URL)).price == Decimal(2)


async def test_it_ends_with_its_round() -> None:
    async with Reader() as reader:
        await reader.read(page("1.00"), URL)
        process = reading_process()
    assert not psutil.pid_exists(process.pid)
    async with Reader():
        assert reading_processes() == []  # nothing was asked


async def test_a_reader_that_cannot_start_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    async with Reader() as reader:
        for _ in range(2):
            with pytest.raises(ReadingFailed, match="its reader did not start: No such file"):
                await reader.read(page("1.00"), URL)
