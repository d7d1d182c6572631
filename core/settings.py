"""config.yaml as types. Every number of the plan stands there; none stands in code."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import reduce
from operator import or_
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PrivateAttr, create_model, model_validator

from core.competitors import CompetitorSettings, PairSettings
from core.escalation import EVERYONE, OWNER, EscalationSettings
from core.hours import Hours
from core.jobs import CheckSettings, JobSettings
from core.matching import Matcher
from core.prices import PriceSettings
from core.sections import (
    AlertSettings,
    DatabaseSettings,
    FetchSettings,
    HeartbeatSettings,
    Inhibition,
    MailSettings,
    MaintenanceWindow,
    OutboxSettings,
    SlackSettings,
    WebSettings,
    WhatsAppSettings,
)
from core.sources import Feed, SourceSettings
from core.stanza import Misfit, Stanza, TimeOfDay
from core.values import Channel, Currency, Email, Locale, Medium, Name, Zone


class Store(Stanza):
    """One shop the team runs."""

    name: Name = Field(description="what records and commands call it")
    title: str = Field(description="what people call it")
    timezone: Zone = Field(description='decides what "Monday 09:00" and "today" are')
    currency: Currency = Field(description="of amounts in files that name none")

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)


class Leave(Stanza):
    """Days somebody is away, both included."""

    first: date = Field(description="the first day away")
    last: date = Field(description="the last day away")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.last < self.first:
            raise ValueError(f"leave ends on {self.last}, before it begins on {self.first}")
        return self


class Person(Stanza):
    """Somebody of the team; the e-mail address is how Slack's member is found."""

    email: Email = Field(description="also the one in Slack")
    name: str = Field(description="as colleagues write it")
    roles: list[Name] = Field(min_length=1, description="what they answer for")
    locale: Locale = Field(description="the language they are written to in")
    leave: list[Leave] = Field(default=[], description="when they are off duty")
    stores: list[Name] = Field(default=[], description="the stores they serve; none: all of them")
    timezone: Zone | None = Field(default=None, description="theirs; otherwise the store's")
    working_hours: Hours | None = Field(
        default=None, description="theirs; otherwise duty.working_hours"
    )

    def serves(self, store: str) -> bool:
        """Tell whether they work for the store of a name."""
        return not self.stores or store in self.stores


class Rota(Stanza):
    """Whose week it is: the people of a role take turns."""

    people: list[Email] = Field(min_length=1, description="in the order of their weeks")
    first_week: date = Field(description="the Monday on which the first one's week began")
    hands_over: TimeOfDay = Field(description="when on Monday, in the store's zone")

    @model_validator(mode="after")
    def _begins_on_monday(self) -> Self:
        if self.first_week.weekday():
            raise ValueError(f"first_week is a Monday; {self.first_week} is none")
        return self


class DutySettings(Stanza):
    """Who answers for a role: whose week it is, else the first in its list who is here."""

    fallback: Name = Field(description="the role asked when a role has nobody")
    leads: list[Name] = Field(
        min_length=1, description="the roles that run jobs and decide what is not told"
    )
    working_hours: Hours | None = Field(
        default=None, description="when people are reached; without, around the clock"
    )
    order: dict[Name, list[Email]] = Field(
        default={}, description="per role, who comes first; without a list, the order of `people`"
    )
    rotas: dict[Name, Rota] = Field(default={}, description="per role, who has which week")


class RoutingRule(Stanza):
    """Where alerts go that a matcher means, instead of where their check says."""

    match: Matcher = Field(description="which alerts")
    role: Name | None = Field(default=None, description="who owns them")
    channel: Channel | None = Field(default=None, description="the Slack channel they are told in")
    notify: list[Medium] | None = Field(default=None, min_length=1, description="over what")
    escalation: Name | None = Field(default=None, description="a chain of escalation.chains")


class Settings(Stanza):
    """The whole of config.yaml."""

    database: DatabaseSettings
    stores: list[Store] = Field(min_length=1)
    people: list[Person] = Field(min_length=1)
    duty: DutySettings
    slack: SlackSettings
    mail: MailSettings
    web: WebSettings
    outbox: OutboxSettings
    alerts: AlertSettings
    escalation: EscalationSettings
    routing: list[RoutingRule] = Field(default=[], description="the first that matches counts")
    maintenance: list[MaintenanceWindow] = Field(default=[], description="times of silence")
    inhibitions: list[Inhibition] = Field(default=[], description="what explains what")
    whatsapp: WhatsAppSettings | None = Field(default=None, description="without: not used")
    heartbeat: HeartbeatSettings
    fetch: FetchSettings
    competitors: dict[str, CompetitorSettings] = Field(
        default={}, description="whose shops are read, by the name that records give them"
    )
    pairs: PairSettings
    prices: PriceSettings
    sources: Any = Field(default={}, description="where facts come from, by a name of your own")
    jobs: Any = Field(description="what the clock runs beside the checks")
    checks: Any = Field(description="the questions put to the ledger")

    _places: Mapping[str, str] = PrivateAttr(default={})

    def model_post_init(self, context: Any) -> None:
        """Remember where each value stands in the file, as `core.configuration.load` says it."""
        self._places = context or {}

    def place(self, *path: str) -> str | None:
        """Return where a value stands and as what: `config.yaml:142 factor: 1.8`.

        None for one that the file does not give.
        """
        return self._places.get(".".join(path))

    @property
    def roles(self) -> set[str]:
        """Every role somebody has."""
        return {role for person in self.people for role in person.roles}

    def person(self, email: str) -> Person | None:
        """Return the person with this address, in whatever case it is written."""
        return next((p for p in self.people if p.email.lower() == email.lower()), None)

    def store(self, name: str) -> Store | None:
        """Return the store of this name."""
        return next((store for store in self.stores if store.name == name), None)

    def store_of(self, name: str) -> Store:
        """Return the store that a row names; the first one for a store no longer configured."""
        return self.store(name) or self.stores[0]

    def stores_of(self, person: Person) -> list[Store]:
        """Return the stores that a person serves; what they ask is about the first of them."""
        return [store for store in self.stores if person.serves(store.name)]

    def check(self, name: str) -> CheckSettings | None:
        """Return a check's stanza; None when the check is switched off by having none."""
        stanza: CheckSettings | None = getattr(self.checks, name, None)
        return stanza

    def job(self, name: str) -> JobSettings | None:
        """Return the stanza of a job or feed; None when it is switched off by having none."""
        stanza: JobSettings | None = getattr(self.jobs, name, None)
        return stanza or next((feed.stanza for feed in self.feeds() if feed.job == name), None)

    def feeds(self, store: str | None = None) -> Iterator[Feed]:
        """Yield the feeds of every source, or of one store's."""
        for source, settings in self.sources.items():
            if store in (None, self.store_of_source(settings)):
                for name, stanza in settings.running_feeds():
                    yield Feed(f"{source}_{name}", source, name, stanza, settings)

    def store_of_source(self, source: SourceSettings) -> str:
        """Return the name of the store that a source's records belong to."""
        return source.store or self.stores[0].name

    def switched_on(self, store: str | None = None) -> Iterator[tuple[str, JobSettings]]:
        """Yield every job, feed and check that has a stanza, what brings facts first.

        Of the feeds only those of a store, when it is named.
        """
        yield from ((feed.job, feed.stanza) for feed in self.feeds(store))
        for stanzas in (self.jobs, self.checks):
            yield from ((name, stanza) for name, stanza in stanzas if stanza)

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _unique("people", "email", [person.email.lower() for person in self.people])
        _unique("stores", "name", [store.name for store in self.stores])
        return self

    @model_validator(mode="after")
    def _roles_are_filled(self) -> Self:
        for where, role in self._named_roles():
            if role not in self.roles:
                known = ", ".join(sorted(self.roles))
                raise Misfit(where, f"nobody has the role {role!r}; the people here have {known}")
        return self

    def _named_roles(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        yield ("duty", "fallback"), self.duty.fallback
        for index, role in enumerate(self.duty.leads):
            yield ("duty", "leads", index), role
        for name, stanza in self.checks:
            if stanza:
                yield ("checks", name, "role"), stanza.role
        for index, rule in enumerate(self.routing):
            if rule.role:
                yield ("routing", index, "role"), rule.role
        for name, chain in self.escalation.chains.items():
            for index, step in enumerate(chain.steps):
                if step.to not in (OWNER, EVERYONE):
                    yield ("escalation", "chains", name, "steps", index, "to"), step.to

    @model_validator(mode="after")
    def _chains_exist(self) -> Self:
        for where, chain in self._named_chains():
            if chain not in self.escalation.chains:
                known = ", ".join(sorted(self.escalation.chains))
                raise Misfit(where, f"no chain {chain!r}; escalation.chains has {known}")
        return self

    def _named_chains(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        for severity, chain in self.escalation.by_severity.items():
            yield ("escalation", "by_severity", severity), chain
        for name, stanza in self.checks:
            if stanza and stanza.escalation:
                yield ("checks", name, "escalation"), stanza.escalation
        for index, rule in enumerate(self.routing):
            if rule.escalation:
                yield ("routing", index, "escalation"), rule.escalation

    @model_validator(mode="after")
    def _duty_names_people(self) -> Self:
        for where, role, email in self._named_people():
            person = self.person(email)
            if person is None or role not in person.roles:
                raise Misfit(where, f"none of `people` is {email} with the role {role!r}")
        return self

    def _named_people(self) -> Iterator[tuple[tuple[str | int, ...], str, str]]:
        for role, emails in self.duty.order.items():
            for index, email in enumerate(emails):
                yield ("duty", "order", role, index), role, email
        for role, rota in self.duty.rotas.items():
            for index, email in enumerate(rota.people):
                yield ("duty", "rotas", role, "people", index), role, email

    @model_validator(mode="after")
    def _every_store_has_somebody(self) -> Self:
        role = self.duty.fallback
        people = [person for person in self.people if role in person.roles]
        for store in self.stores:
            if not any(person.serves(store.name) for person in people):
                raise Misfit(("duty", "fallback"), f"no {role} serves the store {store.name!r}")
        return self

    @model_validator(mode="after")
    def _stores_exist(self) -> Self:
        for index, person in enumerate(self.people):
            for place, name in enumerate(person.stores):
                if self.store(name) is None:
                    raise Misfit(("people", index, "stores", place), f"no store is named {name!r}")
        return self

    @model_validator(mode="after")
    def _sources_have_their_own_names(self) -> Self:
        taken = {name for stanzas in (self.jobs, self.checks) for name, _ in stanzas}
        for feed in self.feeds():
            if feed.job in taken:
                problem = f"its job would be {feed.job!r}, as another one is; rename the source"
                raise Misfit(("sources", feed.source, "feeds", feed.name), problem)
            taken.add(feed.job)
        for name, source in self.sources.items():
            if source.store and self.store(source.store) is None:
                problem = f"no store is named {source.store!r}"
                raise Misfit(("sources", name, "store"), problem)
        return self

    @model_validator(mode="after")
    def _followers_are_led(self) -> Self:
        leaders: dict[tuple[str, ...], str | None] = {
            (section, name): stanza.schedule.after
            for section, stanzas in (("jobs", self.jobs), ("checks", self.checks))
            for name, stanza in stanzas
            if stanza
        }
        for feed in self.feeds():
            leaders["sources", feed.source, "feeds", feed.name, feed.job] = (
                feed.stanza.schedule.after
            )
        running = {name for (*_, name), leader in leaders.items() if not leader}
        while (
            led := {name for (*_, name), leader in leaders.items() if leader in running} - running
        ):
            running |= led
        for (*place, name), leader in leaders.items():
            if name not in running:
                path = place if place[0] == "sources" else [*place, name]
                where = (*path, "schedule", "after")
                raise Misfit(
                    where, f"{leader!r} never runs: it has no stanza here, or waits for {name!r}"
                )
        return self


def _unique(section: str, key: str, values: list[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise Misfit((section, index, key), f"{value!r} stands here a second time")


def settings_model(
    checks: Mapping[str, type[CheckSettings]],
    jobs: Mapping[str, type[JobSettings]],
    services: Mapping[str, type[SourceSettings]],
) -> type[Settings]:
    """Return the type of a config.yaml with a stanza for each of these checks and jobs.

    And with sources of these services. The stanzas' types stand beside the checks, jobs and
    services, so adding one touches no list here.
    """
    source: Any = Annotated[reduce(or_, services.values()), Field(discriminator="service")]
    return create_model(
        "Settings",
        __base__=Settings,
        __doc__=Settings.__doc__,
        sources=(_or_none(dict[Name, source]), Settings.model_fields["sources"]),
        jobs=(_stanzas("Jobs", jobs), Settings.model_fields["jobs"]),
        checks=(_stanzas("Checks", checks), Settings.model_fields["checks"]),
    )


def _or_none(form: Any) -> Any:
    """Return a mapping's form that may also be left empty: a key with nothing but comments."""
    return Annotated[form | None, AfterValidator(lambda found: found or {})]


def _stanzas(title: str, models: Mapping[str, type[JobSettings]]) -> type[Stanza]:
    fields: dict[str, Any] = {name: (model | None, None) for name, model in models.items()}
    return create_model(title, __base__=Stanza, **fields)
