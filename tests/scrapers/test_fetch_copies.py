"""Saved copies: the last good and the first bad page of each address, in a bounded folder."""

import gzip
import os
from pathlib import Path

import pytest

from scrapers.fetching.copies import Copies

URL = "https://shop.example/p/1?x=/../../etc"


@pytest.fixture
def copies(tmp_path: Path) -> Copies:
    return Copies(tmp_path / "pages", 10_000)


def text(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())


def test_the_last_good_page_is_kept(copies: Copies) -> None:
    assert copies.keep_good(URL, b"one") == copies.keep_good(URL, b"two")
    assert text(copies.keep_good(URL, b"three")) == b"three"


def test_the_first_bad_page_is_kept_until_the_page_is_well_again(copies: Copies) -> None:
    bad = copies.keep_bad(URL, b"first")
    assert text(copies.keep_bad(URL, b"second")) == b"first"
    copies.keep_good(URL, b"well")
    assert not bad.exists()
    assert text(copies.keep_bad(URL, b"third")) == b"third"


@pytest.mark.parametrize(
    "url", [URL, "http://../x", "http://[::1]:80/", "https://" + "a" * 300 + ".example/", ""]
)
def test_no_address_leads_out_of_the_folder(copies: Copies, tmp_path: Path, url: str) -> None:
    assert copies.keep_good(url, b"x").resolve().parent.parent == tmp_path / "pages"


def test_addresses_that_differ_are_kept_apart(copies: Copies) -> None:
    assert copies.keep_good("https://a.example/1", b"1") != copies.keep_good(
        "https://a.example/2", b"2"
    )


def test_the_oldest_give_way_when_the_folder_is_full(copies: Copies) -> None:
    kept = [copies.keep_good(f"https://a.example/{n}", os.urandom(3_000)) for n in range(5)]
    for age, path in enumerate(reversed(kept)):
        os.utime(path, (1_000_000 - age, 1_000_000 - age))
    copies.prune()
    assert [path.exists() for path in kept] == [False, False, True, True, True]


def test_an_empty_folder_needs_no_tidying(copies: Copies) -> None:
    copies.prune()
