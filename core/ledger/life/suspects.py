"""Suspects: what a check has found, but not yet in as many runs in a row as it asks for."""

from collections.abc import Sequence

from sqlmodel import Session, select

from core.finding import Finding
from core.ledger.life.asked import Answer, Asked, Subject
from core.ledger.tables import Suspect


def confirmed(
    session: Session, asked: Asked, answer: Answer, new: dict[Subject, Finding]
) -> dict[Subject, Finding]:
    """Return what of the new findings enough runs in a row have found; blind spots need no more.

    A run that does not find a suspect forgets it, unless a blind spot may hide it (law 5). The
    same moment asked again counts once (law 2).
    """
    needed = asked.stanza.runs_in_a_row
    if needed == 1:
        return new
    known = _suspects(session, asked)
    session.add_all(
        Suspect(
            store=asked.store.name,
            check=asked.check,
            subject=subject,
            runs=1,
            last_at=asked.at,
        )
        for subject, blind in new.keys() - {(suspect.subject, False) for suspect in known}
        if not blind
    )
    ripe = set()
    for suspect in known:
        found = (suspect.subject, False) in new
        if found and asked.at > suspect.last_at:
            suspect.runs, suspect.last_at = suspect.runs + 1, asked.at
        if found and suspect.runs >= needed:
            ripe.add(suspect.subject)
        if suspect.subject in ripe or not (found or answer.hides(suspect.subject)):
            session.delete(suspect)
    return {key: finding for key, finding in new.items() if key[1] or key[0] in ripe}


def _suspects(session: Session, asked: Asked) -> Sequence[Suspect]:
    query = select(Suspect).where(Suspect.store == asked.store.name, Suspect.check == asked.check)
    return session.exec(query.with_for_update()).all()
