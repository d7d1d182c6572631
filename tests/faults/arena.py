"""A sandbox and a victim: the storm can be played again and again, and ended anywhere."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.slack.manifest import manifest
from tests.support.sandbox_process import ROOT, RunningSandbox, running_sandbox

Point = tuple[int, str]
"""A commit's number, and "before" or "after" it."""


@dataclass(frozen=True)
class Life:
    """How one run of the service ended."""

    ended: int
    commits: list[str]
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it ended by SIGKILL."""
        return self.ended == -signal.SIGKILL

    def __str__(self) -> str:
        return f"ended with {self.ended} after commit {len(self.commits)}, {self.commits[-1:]}"


@dataclass
class Arena:
    """Where the storm is played. `fresh` returns the address of a ledger without rows."""

    sandbox: RunningSandbox
    victim: "subprocess.Popen[str]"
    fresh: Callable[[], str]
    log: Path
    together: bool = False
    """Whether the storm's alerts share one message."""
    ledger: str = ""
    lives: list[Life] = field(default_factory=list)

    def begin(self) -> None:
        """Forget what was."""
        self.sandbox.reset()
        self.ledger, self.lives = self.fresh(), []

    def live(self, point: Point | None = None, end: signal.Signals | None = None) -> Life:
        """Let the service run until the storm is over, or end it at a point."""
        assert self.victim.stdin is not None
        assert self.victim.stdout is not None
        began = time.monotonic()
        order = {"database": self.ledger, "point": point, "signal": end, "together": self.together}
        self.victim.stdin.write(json.dumps(order) + "\n")
        self.victim.stdin.flush()
        line = self.victim.stdout.readline()
        assert line, f"the victim is dead: see {self.log}"
        answer = json.loads(line)
        life = Life(answer["ended"], answer["commits"], time.monotonic() - began)
        self.lives.append(life)
        return life

    @property
    def kills(self) -> int:
        """How many lives ended by SIGKILL."""
        return sum(life.killed for life in self.lives)


@contextmanager
def open_arena(fresh: Callable[[], str], log: Path) -> Iterator[Arena]:
    """Start a sandbox and a victim; what the victim has to say goes to `log`."""
    with running_sandbox(message_rate=0) as sandbox, log.open("w", encoding="utf-8") as said:
        sandbox.post("/sandbox/manifest", manifest(None))
        victim = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim", json.dumps(sandbox.ready)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
        )
        with victim:  # which ends when its stdin is closed
            yield Arena(sandbox, victim, fresh, log)
