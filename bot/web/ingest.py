"""`POST /ingest/KIND`: records that a tool pushes, under a token of its own."""

import asyncio
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from math import ceil
from typing import Any, NamedTuple

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.web.media import form_of
from bot.web.problems import Problem, body_of, json_answer
from bot.web.receiving import Receiver
from core.ledger import pushes
from core.ledger.database import Database
from core.ledger.records import kind_of
from core.ledger.tables import PushToken
from core.pushing import Malformed, Push, TakePush, Tell, Unfit
from core.sections import PushSettings
from core.settings import Settings

REALM = 'Bearer realm="watchkeeper"'
MINUTE = timedelta(minutes=1)
UNDER_WAY_SECONDS = 5
"""How long somebody is asked to wait whose first attempt is still under way."""
LONGEST_KEY = 255
KEY = "idempotency-key"
REPLAYED = {"Idempotency-Replayed": "true"}


class Answered(NamedTuple):
    """What a push is answered, and of which kind there is news."""

    status: int
    body: dict[str, Any]
    news: Sequence[str] = ()
    replayed: bool = False


class Rate:
    """So many pushes of each token in any minute, counted in this process's memory."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._taken: defaultdict[int, deque[datetime]] = defaultdict(deque)

    def wait(self, token_id: int, now: datetime) -> int:
        """Count a push and return 0; or the seconds until there may be one."""
        taken = self._taken[token_id]
        while taken and taken[0] <= now - MINUTE:
            taken.popleft()
        if len(taken) >= self._a_minute:
            return ceil((taken[0] + MINUTE - now).total_seconds())
        taken.append(now)
        return 0


@dataclass
class Ingest:
    """Takes pushes. `take` reads and stores one; `tell` hears of what is new."""

    database: Database
    settings: Settings
    limits: PushSettings
    receiver: Receiver
    take: TakePush
    tell: Tell
    clock: Callable[[], datetime]
    counts: Counter[tuple[str, str]]
    """How many pushes of each token were answered with each status; "" is nobody we know."""

    def __post_init__(self) -> None:
        self._rate = Rate(self.limits.a_minute)

    def route(self) -> Route:
        """Return where pushes come in."""
        return Route("/ingest/{kind}", self.push, methods=["POST"])

    async def push(self, request: Request) -> Response:
        """Answer one push. Raises Problem."""
        name = ""
        try:
            token = await self._token(request)
            name = token.name
            answer = await self._answer(request, token)
        except Problem as problem:
            self.counts[name, str(problem.status)] += 1
            raise
        except SQLAlchemyError:  # becomes a 503, see bot.web.problems
            self.counts[name, "503"] += 1
            raise
        self.counts[name, str(answer.status)] += 1
        return json_answer(answer.status, answer.body, REPLAYED if answer.replayed else None)

    async def _token(self, request: Request) -> PushToken:
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not given.strip():
            needed = "a push needs Authorization: Bearer and a token (watchkeeper token create)"
            raise Problem(401, needed, {"WWW-Authenticate": REALM})
        token = await asyncio.to_thread(self._find, given.strip())
        if token is None:
            invalid = {"WWW-Authenticate": f'{REALM}, error="invalid_token"'}
            raise Problem(401, "this token is not known here, or was revoked", invalid)
        return token

    def _find(self, given: str) -> PushToken | None:
        with self.database.read() as ledger:
            return pushes.find_token(ledger, given)

    async def _answer(self, request: Request, token: PushToken) -> Answered:
        kind, key = _kind(request, token), _key(request)
        form, charset = form_of(request.headers.get("content-type", ""))
        store = self.settings.store(token.store)
        if store is None:
            raise Problem(403, f"config.yaml has no store {token.store!r}, which this token is for")
        wait = self._rate.wait(token.id or 0, self.clock())
        if wait:
            told = f"at most {self.limits.a_minute} pushes a minute; come again in {wait} s"
            raise Problem(429, told, {"Retry-After": str(wait)})
        async with self.receiver.body(request) as body:
            source = f"push:{token.name}"
            push = Push(store, kind, source, form, charset, body, self.clock())
            answer = await asyncio.to_thread(self._taken, push, token.id or 0, key)
        if answer.news:
            self.tell(answer.news, store)
        return answer

    def _taken(self, push: Push, token_id: int, key: str | None) -> Answered:
        """Take a push, or find what it was answered before."""
        if key is None:
            with self.database.write() as ledger:
                pushes.note_use(ledger, token_id, push.now)
            return self._take(push)
        body_hash = _hash(push)
        with self.database.write() as ledger:
            pushes.note_use(ledger, token_id, push.now)
            pushes.prune_answers(ledger, push.now - self.limits.keep_answers_for)
            earlier = pushes.begin(ledger, token_id, key, body_hash, push.now)
        if earlier is not None:
            return _again(earlier.body_hash == body_hash, earlier.status, earlier.answer)
        try:
            answer = self._take(push)
        except BaseException:
            with self.database.write() as ledger:
                pushes.release(ledger, token_id, key)
            raise
        with self.database.write() as ledger:
            pushes.settle(ledger, token_id, key, answer.status, answer.body, self.clock())
        return answer

    def _take(self, push: Push) -> Answered:
        try:
            report = self.take(push)
        except (Malformed, Unfit) as problem:
            status = 422 if isinstance(problem, Unfit) else 400
            return Answered(status, body_of(status, str(problem)))
        if report.nothing_usable:
            told = body_of(422, "none of the rows can be stored; `rejected` says why")
            return Answered(422, told | report.as_json())
        news = [push.kind] if report.taken.stored else []
        return Answered(200, report.as_json(), news)


def _kind(request: Request, token: PushToken) -> str:
    kind: str = request.path_params["kind"]
    try:
        kind_of(kind)
    except ValueError as error:
        raise Problem(404, str(error)) from None
    if token.kinds and kind not in token.kinds:
        raise Problem(403, f"this token may push {', '.join(token.kinds)} only")
    return kind


def _key(request: Request) -> str | None:
    key = request.headers.get(KEY)
    if key is None:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not key.isascii():
        raise Problem(400, f"an Idempotency-Key has 1 to {LONGEST_KEY} ASCII characters")
    return key


def _hash(push: Push) -> str:
    about = f"{push.kind} {push.form} {push.charset}\n".encode()
    return sha256(about + push.body).hexdigest()


def _again(same: bool, status: int | None, body: dict[str, Any]) -> Answered:  # noqa: FBT001
    """Return the answer that a push had before. Raises Problem."""
    if not same:
        raise Problem(422, "this Idempotency-Key came before with other content; use a new one")
    if status is None:
        again = {"Retry-After": str(UNDER_WAY_SECONDS)}
        raise Problem(409, "the first push with this Idempotency-Key is still under way", again)
    return Answered(status, body, replayed=True)
