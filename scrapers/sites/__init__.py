"""Readers for kinds of shops; a new one is one new file in this folder.

Each module here has `matches(url, html) -> bool` and `read(document) -> Reading | None`; its file
name is its name (`watchkeeper offer --site NAME`). The first match in alphabetical order reads.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Protocol, cast

from scrapers.page.document import Document
from scrapers.page.model import Reading


class Site(Protocol):
    """What a module in this folder must have."""

    def matches(self, url: str, html: str) -> bool:
        """Whether the page comes from this kind of shop, told by address or markers."""

    def read(self, document: Document) -> Reading | None:
        """What the shop's own data on the page says; None when there is none."""


@cache
def discover() -> dict[str, Site]:
    """The readers of this folder by name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast(Site, import_module(f"{__name__}.{name}")) for name in names}


def named(name: str) -> Site:
    """The reader called `name`. Raises ValueError that lists the ones there are."""
    readers = discover()
    if name not in readers:
        raise ValueError(f"site {name!r} is not known; known sites: {', '.join(readers)}")
    return readers[name]


def reader_for(url: str, html: str) -> Site | None:
    """The reader whose shop the page comes from, None for a shop without its own."""
    return next((site for site in discover().values() if site.matches(url, html)), None)
