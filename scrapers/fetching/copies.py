"""Saved copies of pages: the last good and the first bad one of each address."""

from __future__ import annotations

import gzip
import hashlib
import re
from pathlib import Path
from urllib.parse import urlsplit

GOOD, BAD = ".good.html.gz", ".bad.html.gz"
_LEVEL = 1
_UNSAFE = re.compile(r"[^a-z0-9.-]+")


class Copies:
    """A folder of packed pages. The oldest give way when it holds more than `max_bytes`."""

    def __init__(self, folder: Path, max_bytes: int) -> None:
        self._folder = folder
        self._max_bytes = max_bytes

    def keep_good(self, url: str, body: bytes) -> Path:
        """Keep a page that gave its price, in place of the one before; its trouble is over."""
        good, bad = self._path(url, GOOD), self._path(url, BAD)
        bad.unlink(missing_ok=True)
        _write(good, body)
        return good

    def keep_bad(self, url: str, body: bytes) -> Path:
        """Keep a page that gave no price, if it is the first since the last good one."""
        bad = self._path(url, BAD)
        if not bad.exists():
            _write(bad, body)
        return bad

    def prune(self) -> None:
        """Remove the oldest copies until the folder holds no more than it may."""
        kept = sorted(
            ((found := path.stat()).st_mtime, found.st_size, path)
            for path in self._folder.glob("*/*.html.gz")
        )
        excess = sum(size for _, size, _ in kept) - self._max_bytes
        for _, size, path in kept:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size

    def _path(self, url: str, ending: str) -> Path:
        host = _UNSAFE.sub("_", (urlsplit(url).hostname or "").lower()).strip(".") or "_"
        name = hashlib.sha256(url.encode()).hexdigest()[:24]
        return self._folder / host[:100] / f"{name}{ending}"


def _write(path: Path, body: bytes) -> None:
    """Write whole or not at all: a reader never sees half a page."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(gzip.compress(body, _LEVEL, mtime=0))
    fresh.replace(path)
