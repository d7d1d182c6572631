"""Access tokens that a service grants: kept for all runs, renewed before they end or when refused.

Two feeds of a source may ask at once: one renews, the other waits and takes what came of it.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from scrapers.api.client import Api
from scrapers.api.memory import Token
from scrapers.api.problems import TokenRefused

Grant = Callable[[], Awaitable[Token]]
"""Gets a new token. Raises SourceProblem."""

Got = TypeVar("Got")


async def with_access(api: Api, grant: Grant, ask: Callable[[str], Awaitable[Got]]) -> Got:
    """Return what `ask` gets with an access token; with a new one, once, where that is refused.

    Raises SourceProblem; TokenRefused where the new one is refused as well.
    """
    token = await access(api, grant)
    try:
        return await ask(token)
    except TokenRefused:
        renewed = await access(api, grant, refused=token)
    return await ask(renewed)


async def access(api: Api, grant: Grant, *, refused: str | None = None) -> str:
    """Return an access token that holds for a while yet, other than the one refused."""
    memory = api.memory
    async with memory.renewing:
        token = memory.token(api.now())
        if token is None or token.value == refused:
            token = await grant()
            memory.keep(token)
    return token.value
