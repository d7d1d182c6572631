"""Who answers for a role at a moment."""

from dataclasses import dataclass
from datetime import datetime

from core.settings import Person, Settings, Store


@dataclass(frozen=True)
class OnDuty:
    """The person who must act, and whether it fell to the fallback role."""

    person: Person
    fell_back: bool = False


def on_duty(
    settings: Settings, store: Store, role: str, at: datetime, named: str | None = None
) -> OnDuty:
    """Return who must act on something that `role` owns.

    A person named by the facts (an order's owner) comes first while not on leave; then the
    role's people in duty order; then the fallback role; then, when everybody is away, the
    fallback role's first person all the same: an alert always has somebody.
    """
    day = at.astimezone(store.zone).date()

    def here(person: Person) -> bool:
        return not any(leave.first <= day <= leave.last for leave in person.leave)

    person = settings.person(named) if named else None
    if person and here(person):
        return OnDuty(person)
    for candidate in _people(settings, role):
        if here(candidate):
            return OnDuty(candidate)
    fallback = _people(settings, settings.duty.fallback)
    return OnDuty(next(filter(here, fallback), fallback[0]), fell_back=True)


def _people(settings: Settings, role: str) -> list[Person]:
    order = [email.lower() for email in settings.duty.order.get(role, [])]
    people = [person for person in settings.people if role in person.roles]

    def place(person: Person) -> int:
        email = person.email.lower()
        return order.index(email) if email in order else len(order)

    return sorted(people, key=place)
