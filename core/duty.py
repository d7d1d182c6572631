"""Who answers for a role at a moment, and when a person can be reached."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from core.hours import ONE_DAY, Hours, moment, next_working, works
from core.settings import Leave, Person, Settings, Store

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class OnDuty:
    """The person who must act, and whether it fell to the fallback role."""

    person: Person
    fell_back: bool = False


@dataclass(frozen=True)
class Change:
    """What somebody said beside config.yaml: days away (`role` None), or days they cover a role."""

    person: str
    role: str | None
    first: date
    last: date


@dataclass(frozen=True)
class Shift:
    """A time in which one person is on duty."""

    begins: datetime
    ends: datetime
    duty: OnDuty


@dataclass(frozen=True)
class Roster:
    """The team as config.yaml and the changes of the day have it; the latest change first."""

    settings: Settings
    changes: Sequence[Change] = ()

    def on_duty(
        self,
        store: Store,
        role: str,
        at: datetime,
        *,
        named: str | None = None,
        wakes: bool = False,
    ) -> OnDuty:
        """Return who must act on something that `role` owns.

        A person named by the facts (an order's owner) comes first while not away: they know the
        customer, also outside their hours. Then the role's people, then the fallback role's; of
        those who are here, whoever works now, else the first when it `wakes`, else whoever begins
        to work first. When everybody is away, the fallback role's first person all the same: an
        alert always has somebody.
        """
        person = self.settings.person(named) if named else None
        if person and self.is_here(person, store, at):
            return OnDuty(person)
        for asked, fell_back in ((role, False), (self.settings.duty.fallback, True)):
            here = [p for p in self.candidates(asked, store, at) if self.is_here(p, store, at)]
            if here:
                return OnDuty(self._soonest(here, store, at, wakes=wakes), fell_back)
        return OnDuty(self.candidates(self.settings.duty.fallback, store, at)[0], fell_back=True)

    def people(self, role: str, store: Store) -> list[Person]:
        """Return everybody of a role who serves a store."""
        people = self.settings.people
        return [p for p in people if role in p.roles and p.serves(store.name)]

    def candidates(self, role: str, store: Store, at: datetime) -> list[Person]:
        """Return everybody of a role who serves a store, whoever comes first first.

        That is who covers the role that day, then whose week it is, then duty.order, then the
        order of `people`.
        """
        first = [email.lower() for email in self._first(role, store, at)]

        def place(person: Person) -> int:
            email = person.email.lower()
            return first.index(email) if email in first else len(first)

        return sorted(self.people(role, store), key=place)

    def is_here(self, person: Person, store: Store, at: datetime) -> bool:
        """Tell whether a person is not away on the day that it is where they are."""
        return not self._is_away(person, self.today(person, store, at))

    def works(self, person: Person, store: Store, at: datetime) -> bool:
        """Tell whether it is within a person's working hours."""
        return works(self.hours(person), zone_of(person, store), at)

    def reached_at(self, person: Person, store: Store, at: datetime, *, wakes: bool) -> datetime:
        """Return when a message may reach a person: at once, or when they work again.

        Their days away are passed over, but not for somebody who is away already: there was
        nobody else to ask.
        """
        if wakes:
            return at
        hours, zone = self.hours(person), zone_of(person, store)
        if not self.is_here(person, store, at):
            return next_working(hours, zone, at)
        return next_working(hours, zone, at, lambda day: self._is_away(person, day))

    def shifts(self, store: Store, role: str, at: datetime, until: datetime) -> Iterator[Shift]:
        """Yield who is on duty for a role from one moment to another, one after the other."""
        begins, duty = at, self.on_duty(store, role, at)
        for turn in self._turns(store, role, at, until):
            after = self.on_duty(store, role, turn)
            if after != duty:
                yield Shift(begins, turn, duty)
                begins, duty = turn, after
        yield Shift(begins, until, duty)

    def today(self, person: Person, store: Store, at: datetime) -> date:
        """Return the day that it is where a person is."""
        return at.astimezone(zone_of(person, store)).date()

    def _first(self, role: str, store: Store, at: datetime) -> Iterator[str]:
        for change in self.changes:
            person = self.settings.person(change.person) if change.role == role else None
            if person and change.first <= self.today(person, store, at) <= change.last:
                yield change.person
        yield from self._whose_week(role, store, at)
        yield from self.settings.duty.order.get(role, [])

    def _whose_week(self, role: str, store: Store, at: datetime) -> Iterator[str]:
        rota = self.settings.duty.rotas.get(role)
        if rota is None:
            return
        today = at.astimezone(store.zone).date()
        monday = today - today.weekday() * ONE_DAY
        if at < moment(monday, rota.hands_over, store.zone):
            monday -= WEEK
        yield rota.people[(monday - rota.first_week) // WEEK % len(rota.people)]

    def _soonest(
        self, people: Sequence[Person], store: Store, at: datetime, *, wakes: bool
    ) -> Person:
        if wakes:
            return next((p for p in people if self.works(p, store, at)), people[0])
        return min(people, key=lambda p: self.reached_at(p, store, at, wakes=False))

    def _is_away(self, person: Person, day: date) -> bool:
        email = person.email.lower()
        said = [c for c in self.changes if c.role is None and c.person.lower() == email]
        leave: list[Leave | Change] = [*person.leave, *said]
        return any(days.first <= day <= days.last for days in leave)

    def hours(self, person: Person) -> Hours | None:
        """Return a person's working hours: their own, otherwise the team's; None: always."""
        return person.working_hours or self.settings.duty.working_hours

    def _turns(self, store: Store, role: str, at: datetime, until: datetime) -> list[datetime]:
        """Return, in order, every moment at which who is on duty may change."""
        roles = (role, self.settings.duty.fallback)
        clocks = {
            (zone_of(person, store), clock)
            for person in chain.from_iterable(self.people(r, store) for r in roles)
            for clock in _clocks(self.hours(person))
        }
        if rota := self.settings.duty.rotas.get(role):
            clocks.add((store.zone, rota.hands_over))
        days = [at.date() + n * ONE_DAY for n in range(-1, (until - at).days + 3)]
        turns = {moment(day, clock, zone) for zone, clock in clocks for day in days}
        return sorted(turn for turn in turns if at < turn < until)


def zone_of(person: Person, store: Store) -> ZoneInfo:
    """Return a person's zone: their own, otherwise the store's."""
    return ZoneInfo(person.timezone) if person.timezone else store.zone


def _clocks(hours: Hours | None) -> Iterator[time]:
    yield time(0)
    if hours:
        yield hours.start
        yield hours.end
