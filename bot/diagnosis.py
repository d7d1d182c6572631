"""Trying each source's credentials, for `watchkeeper doctor`."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from core.errors import one_line
from core.settings import Settings
from core.sources import ProblemKind, SourceSettings
from scrapers.api.outside import Outside, services, variable
from scrapers.api.problems import SourceProblem

PATIENCE = 20.0
"""Seconds that a source has to answer; all are tried at once."""

CURES = {
    ProblemKind.NO_CREDENTIALS: "put them into .env or the environment",
    ProblemKind.REFUSED: "renew the credentials, or grant what is missing",
    ProblemKind.MISCONFIGURED: "correct it",
    ProblemKind.THROTTLED: "nothing to do: it may be asked again later",
    ProblemKind.UNREACHABLE: "look at the network, and whether the service is down",
    ProblemKind.BROKEN: "the answer is not what was agreed on: tell who looks after Watchkeeper",
}


@dataclass(frozen=True)
class Diagnosis:
    """One thing that was tried; `cure` is what to do when it did not work."""

    thing: str
    well: bool
    found: str
    cure: str = ""


async def examine_sources(
    settings: Settings, outside: Outside, patience: float = PATIENCE
) -> Iterable[Diagnosis]:
    """Ask every source something that costs nothing, and look for its webhooks' secrets."""
    sources = settings.sources.items()
    tried = [_try(settings, outside, name, source, patience) for name, source in sources]
    hooks = [_webhooks(outside, name, source.service) for name, source in sources]
    return [*await asyncio.gather(*tried), *filter(None, hooks)]


async def _try(
    settings: Settings, outside: Outside, name: str, source: SourceSettings, patience: float
) -> Diagnosis:
    thing = f"source {name}"
    store = settings.store_of(settings.store_of_source(source))
    try:
        async with asyncio.timeout(patience), outside.open(name, source, store) as connection:
            found = await services()[source.service].probe(connection)
    except SourceProblem as problem:
        return Diagnosis(thing, well=False, found=str(problem), cure=CURES[problem.kind])
    except TimeoutError:
        found, cure = f"no answer within {patience:g} seconds", CURES[ProblemKind.UNREACHABLE]
        return Diagnosis(thing, well=False, found=found, cure=cure)
    except Exception as error:  # noqa: BLE001  (one source's mistake must not hide the others)
        found = one_line(error)
        return Diagnosis(thing, well=False, found=found, cure=CURES[ProblemKind.BROKEN])
    return Diagnosis(thing, well=True, found=found)


def _webhooks(outside: Outside, name: str, service: str) -> Diagnosis | None:
    """Say what a source that could push lacks to do so; it need not push."""
    wanted = services()[service]
    if wanted.webhook is None or outside.webhook_credentials(name, wanted) is not None:
        return None
    missing = " and ".join(variable(name, each) for each in wanted.webhook_credentials)
    return Diagnosis(f"webhooks of {name}", well=True, found=f"not taken: set {missing}")
