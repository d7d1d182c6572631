"""The process that reads pages for `scrapers.reading`; it imports what reading takes, no more.

Every round starts one: what is imported here is paid for each time.
"""

from __future__ import annotations

import json
import signal
import sys
from typing import BinaryIO

from scrapers.offer import read_offer

ALONE = 60.0
"""Seconds after which a page ends the process, if nobody is left to end it."""


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Read the pages that are asked for, one after another, until there are no more."""
    while line := questions.readline():
        asked = json.loads(line)
        body = questions.read(asked["size"])
        signal.setitimer(signal.ITIMER_REAL, ALONE)
        try:
            answer = read_offer(body, **asked["said"]).model_dump_json(exclude_computed_fields=True)
        except Exception as error:  # noqa: BLE001  (told to whoever asked)
            answer = "!" + " ".join(str(error).split() or [type(error).__name__])
        signal.setitimer(signal.ITIMER_REAL, 0)
        answers.write(answer.encode("utf-8", "replace") + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
