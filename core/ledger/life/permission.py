"""Who may act on an alert: its owner, the people of its role, the people of the fallback role."""

from core.ledger.tables import Alert
from core.settings import Person, Settings


def may_act(settings: Settings, alert: Alert, person: Person) -> bool:
    """Tell whether a person may take, put aside, hand over or end an alert."""
    if _owns(person, alert):
        return True
    roles = {alert.role, settings.duty.fallback}
    return person.serves(alert.store) and not roles.isdisjoint(person.roles)


def who_may_act(settings: Settings, alert: Alert) -> list[Person]:
    """Return everybody who may act on an alert, its owner first."""
    able = [person for person in settings.people if may_act(settings, alert, person)]
    return sorted(able, key=lambda person: not _owns(person, alert))


def handles_prices(settings: Settings, person: Person) -> bool:
    """Tell whether a person decides on prices, and may see what an article costs us (plan B1)."""
    check = settings.check("price_gap")
    roles = {*settings.duty.leads, *([check.role] if check else [])}
    return not roles.isdisjoint(person.roles)


def successors(settings: Settings, alert: Alert) -> list[Person]:
    """Return whom an alert can be handed to: the people of its role first, not its owner."""
    others = [
        person
        for person in settings.people
        if person.serves(alert.store) and not _owns(person, alert)
    ]
    return sorted(others, key=lambda person: alert.role not in person.roles)


def _owns(person: Person, alert: Alert) -> bool:
    return person.email.lower() == alert.owner.lower()
