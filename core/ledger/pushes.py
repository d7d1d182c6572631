"""Who may push, what a push with an idempotency key was answered, which deliveries came before."""

import hmac
import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, select, update

from core.ledger.tables import PushAnswer, PushToken, WebhookDelivery

PREFIX = "wk_"
"""What every token begins with, so that scanners for leaked secrets can know one."""
RANDOM_BYTES = 32
LEASE = timedelta(minutes=10)
"""A push that is still under way after this long died with its process."""


def token_hash(token: str) -> str:
    """Return what is kept of a token. It has 256 random bits: no salt, no slow hash is needed."""
    return sha256(token.encode()).hexdigest()


def create_token(
    session: Session, name: str, store: str, kinds: Sequence[str], now: datetime
) -> str | None:
    """Make a token, the only time that it can be read; None: there is one of that name.

    The name of a revoked one may be given again.
    """
    row = session.exec(select(PushToken).where(PushToken.name == name).with_for_update()).first()
    if row and row.revoked_at is None:
        return None
    token = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    row = row or PushToken(name=name, store=store, token_hash="", created_at=now)
    row.store, row.kinds, row.token_hash = store, list(kinds), token_hash(token)
    row.created_at, row.revoked_at, row.last_used_at = now, None, None
    session.add(row)
    return token


def revoke_token(session: Session, name: str, now: datetime) -> bool:
    """Let a token be refused from now on; False: there is none of that name that works."""
    working = update(PushToken).where(
        col(PushToken.name) == name, col(PushToken.revoked_at).is_(None)
    )
    return bool(session.exec(working.values(revoked_at=now)).rowcount)


def tokens(session: Session) -> Sequence[PushToken]:
    """Return every token by name, also those that were revoked."""
    return session.exec(select(PushToken).order_by(PushToken.name)).all()


def find_token(session: Session, token: str) -> PushToken | None:
    """Return whose token it is; None: nobody's, or revoked.

    It is looked up by its hash: how long that takes says nothing of a token that one has not.
    """
    wanted = token_hash(token)
    row = session.exec(select(PushToken).where(PushToken.token_hash == wanted)).first()
    if row is None or not hmac.compare_digest(row.token_hash, wanted) or row.revoked_at:
        return None
    return row


def note_use(session: Session, token_id: int, now: datetime) -> None:
    """Remember when a token was last used."""
    row = update(PushToken).where(col(PushToken.id) == token_id)
    session.exec(row.values(last_used_at=now))


def begin(
    session: Session, token_id: int, key: str, body_hash: str, now: datetime
) -> PushAnswer | None:
    """Claim an idempotency key; None: it is ours, and `settle` or `release` must follow.

    Otherwise returns what there is: another body's key, a push under way (no status yet), or the
    answer. A push whose process died is taken over: the same rows may be stored again.
    """
    row = session.get(PushAnswer, (token_id, key), with_for_update=True)
    if row is None:
        claimed = PushAnswer(token_id=token_id, key=key, body_hash=body_hash, at=now)
        try:
            with session.begin_nested():
                session.add(claimed)
        except IntegrityError:  # another process was first
            return session.get_one(PushAnswer, (token_id, key))
        return None
    dead = row.status is None and row.at <= now - LEASE
    if not dead or row.body_hash != body_hash:
        return row
    row.at = now
    session.add(row)
    return None


def settle(
    session: Session, token_id: int, key: str, status: int, answer: dict[str, Any], now: datetime
) -> None:
    """Keep what a push was answered."""
    row = session.get_one(PushAnswer, (token_id, key), with_for_update=True)
    row.status, row.answer, row.at = status, answer, now
    session.add(row)


def release(session: Session, token_id: int, key: str) -> None:
    """Let a key be used again whose push was not taken."""
    mine = delete(PushAnswer).where(
        col(PushAnswer.token_id) == token_id, col(PushAnswer.key) == key
    )
    session.exec(mine)


def prune_answers(session: Session, before: datetime) -> None:
    """Forget answers that were given longer ago."""
    session.exec(delete(PushAnswer).where(col(PushAnswer.at) < before))


def is_known(session: Session, source: str, delivery_id: str) -> bool:
    """Tell whether a webhook's delivery was taken before."""
    return session.get(WebhookDelivery, (source, delivery_id)) is not None


def keep_delivery(session: Session, source: str, delivery_id: str, now: datetime) -> None:
    """Remember that a delivery was taken."""
    row = WebhookDelivery(source=source, delivery_id=delivery_id, at=now)
    with suppress(IntegrityError), session.begin_nested():  # it came twice at once
        session.add(row)


def prune_deliveries(session: Session, before: datetime) -> None:
    """Forget deliveries that came longer ago."""
    session.exec(delete(WebhookDelivery).where(col(WebhookDelivery.at) < before))
