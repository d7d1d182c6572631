"""The auditor: an alert whose next step is late has nobody running after its answer (plan A1).

Alerts keep no history of their clock, so this is known of the present only: asked about a past
moment, it tells what was due by then and has still not been done.
"""

from collections.abc import Iterator
from datetime import datetime

from pydantic import Field
from sqlmodel import Session, col

from core.finding import Blind, Finding, facts
from core.jobs import CheckSettings
from core.ledger.life.answer_clock import overdue
from core.ledger.tables import Alert
from core.settings import Store
from core.stanza import Duration

OWN_NAME = "late_steps"
"""Its own alerts are left out: an auditor of itself would find the same for ever."""


class Settings(CheckSettings):
    """The stanza of config.yaml."""

    late_after: Duration = Field(description="a step so long past its time is late")


def find(
    ledger: Session, as_of: datetime, store: Store, stanza: Settings
) -> Iterator[Finding | Blind]:
    """Yield a finding for every alert of the store whose next step should have been taken."""
    late = overdue(as_of - stanza.late_after).where(
        Alert.store == store.name, Alert.check != OWN_NAME
    )
    for alert in ledger.exec(late.order_by(col(Alert.id))):
        told = {
            "alert": alert.id,
            "of_check": alert.check,
            "of_subject": alert.subject,
            "owner": alert.owner,
            "due_at": alert.due_at,
            "step_at": alert.next_step_at,
        }
        since = alert.next_step_at or as_of
        yield Finding(subject=f"#{alert.id}", facts=facts(told), since=since)
