"""HTTP mode: what happens is POSTed to the app's own address, signed as Slack signs."""

import hashlib
import hmac
import json
import time
from urllib.parse import urlencode, urlsplit

import aiohttp

from sandbox.json_object import Json

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class AppAnswerError(Exception):
    """The app answered, but not as Slack expects; its text is Slack's word for that."""

    def __init__(self, reason: str, *, retry: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.retry = retry


class HttpApp:
    """The app behind a URL on this machine."""

    def __init__(self, url: str, signing_secret: str) -> None:
        """Raises ValueError if `url` is not an http address on this machine."""
        parts = urlsplit(url)
        if parts.scheme != "http" or parts.hostname not in LOOPBACK:
            raise ValueError(f"{url!r} is not an http:// address on this machine (127.0.0.1)")
        self._url = url
        self._secret = signing_secret.encode()
        self._session: aiohttp.ClientSession | None = None

    async def send_event(self, event: Json, headers: dict[str, str]) -> Json | None:
        """POST an event as JSON."""
        return await self._post(json.dumps(event).encode(), "application/json", headers)

    async def send_command(self, command: Json) -> Json | None:
        """POST a slash command as a form."""
        return await self._post_form(command)

    async def send_interaction(self, payload: Json) -> Json | None:
        """POST an action or a view's submission as a form with one field."""
        return await self._post_form({"payload": json.dumps(payload)})

    async def verifies(self) -> bool:
        """Whether the app answers Slack's challenge for a new URL."""
        challenge = {"type": "url_verification", "challenge": "3eZbrw1aB1", "token": "-"}
        try:
            answer = await self.send_event(challenge, {})
        except (AppAnswerError, aiohttp.ClientError, TimeoutError):
            return False
        return answer is not None and answer.get("challenge", answer.get("text")) == "3eZbrw1aB1"

    async def close(self) -> None:
        """Close the connection to the app."""
        if self._session is not None:
            await self._session.close()

    async def _post_form(self, fields: Json) -> Json | None:
        return await self._post(urlencode(fields).encode(), "application/x-www-form-urlencoded", {})

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> Json | None:
        if self._session is None:
            self._session = aiohttp.ClientSession()
        signed = {"Content-Type": content_type, **self._signature(body), **headers}
        async with self._session.post(self._url, data=body, headers=signed) as response:
            if not response.ok:
                retry = response.headers.get("X-Slack-No-Retry") != "1"
                raise AppAnswerError("http_error", retry=retry)
            return _ack(await response.text(), response.content_type)

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signed = f"v0:{timestamp}:".encode() + body
        digest = hmac.new(self._secret, signed, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": f"v0={digest}"}


def _ack(text: str, content_type: str) -> Json | None:
    """The app's answer: a JSON object, words (which are the text), or nothing."""
    if not text.strip():
        return None
    if content_type != "application/json":
        return {"text": text}
    try:
        answer = json.loads(text)
    except ValueError:
        raise AppAnswerError("invalid_response") from None
    if not isinstance(answer, dict):
        raise AppAnswerError("invalid_response")
    return answer or None
