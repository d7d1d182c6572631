"""Pages that a rendering service of the user's own fetches, for shops that are all script."""

from __future__ import annotations

from collections.abc import Mapping

import httpx

from scrapers.fetching.addresses import Guard
from scrapers.fetching.answers import Answer, FetchFailed
from scrapers.fetching.bodies import read

_STATUS = "x-response-code"
"""The header in which services of this kind say what the page itself was answered with."""


class Renderer:
    """Asks by `POST` of `{"url": …}`; the answer's body is the page's HTML.

    The page's address is checked as any other; where the service goes from there (redirects,
    what the page loads) is its own to guard. RENDERER_TOKEN is sent as a bearer token.
    """

    def __init__(self, address: str, seconds: float, environment: Mapping[str, str]) -> None:
        token = environment.get("RENDERER_TOKEN")
        self._address = address
        self._client = httpx.AsyncClient(
            timeout=seconds,
            headers={"Accept-Encoding": "gzip, deflate"}
            | ({"Authorization": f"Bearer {token}"} if token else {}),
            trust_env=False,
        )

    async def ask(self, url: httpx.URL, guard: Guard, limit: int) -> Answer:
        """The page as rendered. Raises FetchRefused, FetchFailed, httpx's errors."""
        await guard.check_for_proxy(url.host, url.port or {"http": 80}.get(url.scheme, 443))
        asked = self._client.stream("POST", self._address, json={"url": str(url)})
        async with asked as answer:
            if not answer.is_success:
                raise FetchFailed(
                    f"{url} could not be read: the rendering service answered {answer.status_code}"
                )
            body, size = await read(answer, limit)
        stated = answer.headers.get(_STATUS, "")
        status = int(stated) if stated.isdecimal() else answer.status_code
        headers = httpx.Headers({"content-type": answer.headers.get("content-type", "text/html")})
        return Answer(url, status, headers, body, size)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()
