"""The folder that people put files into: what is ready to be read, and where it goes then."""

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import NamedTuple

DONE, REJECTED = "done", "rejected"
LOCK = ".watchkeeper.lock"

LONGEST_NAME = 180
"""Bytes of a file's name, so that what is written beside it can have a longer one."""

HIDDEN = (".", "~")
UNDER_WAY = (".part", ".partial", ".filepart", ".crdownload", ".download", ".tmp", ".swp")
"""How the names end of what browsers and copying programs have not finished."""
OWN = frozenset({"thumbs.db", "desktop.ini"})
"""What Windows puts into folders."""


class Dropped(NamedTuple):
    """A file in the folder, as it was when it was first looked at."""

    path: Path
    size: int
    changed: tuple[int, int]
    """When its content and when anything about it last changed, in nanoseconds."""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.path.name

    def is_unchanged(self) -> bool:
        """Tell whether it is still there, and what it was."""
        try:
            return _dropped(self.path, self.path.stat()) == self
        except FileNotFoundError:
            return False

    def identity(self, source: str) -> str:
        """Return what tells it from every other file that ever lies in a source's folder."""
        told = f"{source} {self.name} {self.size} {self.changed}"
        return sha256(told.encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _dropped(path: Path, stat: os.stat_result) -> Dropped:
    return Dropped(path, stat.st_size, (stat.st_mtime_ns, stat.st_ctime_ns))


class Inbox:
    """A watched folder, with `done` and `rejected` in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folders for what was read. Raises OSError where nothing could be moved."""
        if not self.folder.is_dir():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.folder))
        for place in (self.folder, self.folder / DONE, self.folder / REJECTED):
            place.mkdir(exist_ok=True)
            if not os.access(place, os.R_OK | os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(place))

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """Yield whether no other process is at the folder; the lock ends with the process."""
        with (self.folder / LOCK).open("w") as lock:
            yield _locked(lock.fileno())

    def dropped(self, now: datetime, settle: timedelta) -> tuple[list[Dropped], list[str]]:
        """Return what has stood still long enough, the oldest first, and what is no file."""
        found, odd = [], []
        with os.scandir(self.folder) as entries:
            for entry in entries:
                if _is_passed_over(entry.name) or entry.is_dir(follow_symlinks=False):
                    continue
                if not entry.is_file(follow_symlinks=False):
                    odd.append(f"{entry.name!a} is a link, or no file: put the file itself there")
                elif not entry.name.isprintable() or len(os.fsencode(entry.name)) > LONGEST_NAME:
                    odd.append(f"{entry.name!a} is no name that can be shown: give it another")
                else:
                    found.append(_dropped(Path(entry.path), entry.stat(follow_symlinks=False)))
        still_since = int((now - settle).timestamp() * 1e9)
        ready = [file for file in found if max(file.changed) <= still_since]
        return sorted(ready, key=lambda file: (file.changed[0], file.name)), sorted(odd)

    def aside(self, file: Dropped, kind: str) -> Path:
        """Return where the rejected rows of a file are gathered while it is read."""
        return self.folder / REJECTED / f".{file.name}.{kind}.rejected.csv"

    def free(self, place: str, name: str) -> str:
        """Return a name in one of the folders, with a number where the name is taken."""
        stem, dot, rest = name.partition(".")
        names = (f"{place}/{stem}-{n}{dot}{rest}" if n > 1 else f"{place}/{name}" for n in count(1))
        return next(name for name in names if not (self.folder / name).exists())

    def put_away(self, file: Dropped, to: str, why: str | None) -> None:
        """Move a file to its place, and leave a note beside it of why it is no use."""
        if why:
            note = self.folder / f"{to}.why.txt"
            note.write_text(f"{why}\n", encoding="utf-8", errors="replace")
        move(file.path, self.folder / to)


def move(path: Path, target: Path) -> None:
    """Move a file; to another file system by a copy that gets its name once it is whole."""
    try:
        path.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy = target.with_name(f".{target.name}.part")
        shutil.copy2(path, copy)
        copy.replace(target)
        path.unlink()


def _locked(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network's file system may know no locks: an import bears repetition
        return True
    return True


def _is_passed_over(name: str) -> bool:
    folded = name.casefold()
    return folded.startswith(HIDDEN) or folded.endswith(UNDER_WAY) or folded in OWN
