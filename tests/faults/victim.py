"""`watchkeeper run` in a storm, again and again, to be ended at a commit.

`python -m tests.faults.victim READY` (what the sandbox printed when ready, as JSON) imports
everything once. Each line of stdin is an order for one life, lived in a process forked for it;
each line of stdout is how that life ended and which functions had committed by then. The service
is the one that `watchkeeper run` starts, with Slack's socket, its clock and its outbox.
"""

import asyncio
import functools
import gc
import inspect
import itertools
import json
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import Any

import aiohttp

from bot.app import Service
from core.ledger import database as database_module
from core.ledger.database import Database
from core.secrets import Secrets
from core.settings import Settings
from core.texts import TEMPLATES, has_block
from scrapers.api.outside import Outside
from tests.faults.storm import Storm, storm_settings
from tests.support.sandbox_process import ROOT, Json

LIFE_SECONDS = 60
"""A life that takes longer is ended by SIGALRM: something hangs."""
OURS = tuple(f"{ROOT / room}/" for room in ("bot", "jobs", "scrapers", "core"))


def main() -> None:
    """Live once for every order."""
    ready = json.loads(sys.argv[1])
    settings = {together: storm_settings(ready, together=together) for together in (False, True)}
    _warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        lived = functools.partial(_live, order, settings[order["together"]], ready)
        sys.stdout.write(json.dumps(fork(lived)) + "\n")
        sys.stdout.flush()


def _warm_up() -> None:
    """Do once for all lives what is slow the first time."""
    inspect.stack()  # which Bolt looks at when it starts
    for template in TEMPLATES.glob("alerts/*.j2"):
        has_block(f"alerts/{template.stem}", "title")
    gc.collect()
    gc.freeze()


def fork(live: Callable[[int], Coroutine[Any, Any, None]]) -> Json:
    """Live in a process of its own, which tells of its commits; return how it ended."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        signal.alarm(LIFE_SECONDS)
        asyncio.run(live(writing))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        commits = told.read().splitlines()
    _, status = os.waitpid(child, 0)
    return {"ended": os.waitstatus_to_exitcode(status), "commits": commits}


async def _live(order: Json, settings: Settings, ready: Json, told: int) -> None:
    """Serve until the storm is over, or until the order's signal comes."""
    database = Database(order["database"])
    watch_commits(database, order, told)
    secrets = Secrets(slack_bot_token=ready["bot_token"], slack_app_token=ready["app_token"])
    address = asyncio.get_running_loop().create_future()
    slack, whatsapp = ready["slack_api_url"], ready["whatsapp_api_url"]
    service = Service(database, settings, secrets, slack, whatsapp, Outside(), address.set_result)
    async with aiohttp.ClientSession(ready["page"]) as sandbox:
        storm = Storm(database, settings, sandbox, order["together"])
        storm.begin()
        serving = asyncio.create_task(service.run())
        playing = asyncio.create_task(_play(storm, address))
        await asyncio.wait({serving, playing}, return_when=asyncio.FIRST_COMPLETED)
        os.kill(os.getpid(), signal.SIGTERM)
        await serving
        playing.cancel()
        await asyncio.wait({playing})
    if order["signal"] is None:
        playing.result()  # raises what went wrong


async def _play(storm: Storm, address: "asyncio.Future[str]") -> None:
    """Play the storm once the service is connected."""
    health = f"{await address}/readyz"
    while True:
        async with storm.sandbox.get(health) as answer:
            if answer.ok:
                break
        await asyncio.sleep(0.01)
    await storm.play()


def watch_commits(database: Database, order: Json, told: int) -> None:
    """Tell of every commit; send the order's signal right before or after the one it names."""
    dialect: Any = database.engine.dialect
    commit, numbers = dialect.do_commit, itertools.count(1)

    def end_here(number: int, moment: str) -> None:
        if [number, moment] == order["point"]:
            os.kill(os.getpid(), order["signal"])

    def watched(connection: object) -> None:
        number = next(numbers)
        os.write(told, f"{_writer(sys._getframe(1))}\n".encode())
        end_here(number, "before")
        commit(connection)
        end_here(number, "after")

    dialect.do_commit = watched


def _writer(frame: FrameType | None) -> str:
    """Return the function of ours whose transaction is committed."""
    while frame:
        code, frame = frame.f_code, frame.f_back
        if code.co_filename.startswith(OURS) and code.co_filename != database_module.__file__:
            return code.co_qualname
    return "?"


if __name__ == "__main__":
    main()
