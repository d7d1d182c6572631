"""config.yaml as types. Every number of the plan stands there; none stands in code."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    Field,
    StringConstraints,
    create_model,
    model_validator,
)

from core.schedule import Schedule
from core.stanza import Duration, Misfit, Stanza, TimeOfDay


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone of the IANA list, such as Asia/Shanghai") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]


def _known_kind(name: str) -> str:
    from core.ledger.records import kind_of  # noqa: PLC0415  (SQLAlchemy takes a while to load)

    kind_of(name)
    return name


_CURRENCY = r"^[A-Z]{3}$"
_NAME = r"^[a-z][a-z0-9_]*$"
_EMAIL = r"^[^@\s<>]+@[^@\s<>]+$"
_CHANNEL = r"^[a-z0-9][a-z0-9_-]{0,79}$"
_DATABASE = r"^(sqlite:///|postgresql(\+psycopg)?://).+$"
IN_WORDS = {
    _CURRENCY: "a currency's three capital letters, such as USD",
    _NAME: "lower-case letters, digits and _, a letter first",
    _EMAIL: "an e-mail address",
    _CHANNEL: "a Slack channel's name without #",
    _DATABASE: "sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME",
}
"""What each pattern allows, for people."""

Currency = Annotated[str, StringConstraints(pattern=_CURRENCY)]
Name = Annotated[str, StringConstraints(pattern=_NAME)]
Email = Annotated[str, StringConstraints(pattern=_EMAIL)]
Channel = Annotated[str, StringConstraints(pattern=_CHANNEL)]
RecordKind = Annotated[str, AfterValidator(_known_kind)]


class Locale(StrEnum):
    """The languages people are written to in."""

    CHINESE = "zh_CN"
    ENGLISH = "en"


class Severity(StrEnum):
    """How bad a finding is, mildest first."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


class Medium(StrEnum):
    """What a post travels over."""

    SLACK = "slack"
    MAIL = "mail"


class CatchUp(StrEnum):
    """What to do with a slot that was slept through."""

    RUN_LATE = "run late"
    SKIP = "skip"


class Security(StrEnum):
    """How the connection to the mail server is encrypted."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class DatabaseSettings(Stanza):
    """Where the ledger is."""

    url: str = Field(
        pattern=_DATABASE,
        repr=False,  # it may hold a password
        description="sqlite:///PATH or postgresql://…; DATABASE_URL overrides it",
    )


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


class DutySettings(Stanza):
    """Who answers for a role: the first in its list who is not on leave."""

    fallback: Name = Field(description="the role asked when a role has nobody")
    order: dict[Name, list[Email]] = Field(
        default={}, description="per role, who comes first; without a list, the order of `people`"
    )


class SlackSettings(Stanza):
    """How Slack is used. Tokens come from the environment only."""

    channel: Channel = Field(description="where alerts go when their check names no channel")
    seconds_between_messages: Decimal = Field(
        ge=0, le=60, description="per channel; Slack allows about one message a second"
    )
    deaf_after: Duration = Field(description="a socket silent for so long is opened anew")


class MailSettings(Stanza):
    """Where mail is handed over. User and password come from the environment."""

    host: str = Field(min_length=1, description="the mail server")
    port: int = Field(ge=1, le=65535, description="587 for starttls, 465 for tls")
    security: Security = Field(description="none only on your own network")
    sender: str = Field(description="the From of every mail")


class WebSettings(Stanza):
    """The service's own pages: health, metrics, Slack's requests in HTTP mode."""

    host: str = Field(min_length=1, description="the address to listen on")
    port: int = Field(ge=0, le=65535, description="0: any that is free")


class OutboxSettings(Stanza):
    """How hard delivery tries."""

    first_retry: Duration = Field(description="after a first failure; doubled after each more")
    longest_retry: Duration = Field(description="the longest that doubling leads to")
    give_up_after: Duration = Field(description="then the post is failed and shown as such")
    send_timeout: Duration = Field(description="an answer later than this counts as none")


class AlertSettings(Stanza):
    """The alert's life."""

    reopen_after: Duration = Field(
        description="an alert resolved by hand whose trouble is still there opens again then"
    )
    snooze_for: list[Duration] = Field(
        min_length=1, max_length=9, description="the choices of the Snooze dialog"
    )
    snooze_until: TimeOfDay = Field(description="what 'tomorrow' means when snoozing")


class FetchSettings(Stanza):
    """Manners when reading other people's pages."""

    contact: str = Field(description="an address or page that a shop can complain to")
    seconds_between_requests: Decimal = Field(ge=0, description="per host")
    timeout: Duration = Field(description="for a whole page")
    max_bytes: int = Field(ge=10_000, description="a longer page is not read")
    allowed_private_hosts: list[str] = Field(
        default=[], description="hosts on private addresses that may be read all the same"
    )


class JobSettings(Stanza):
    """What the clock needs to know of a job."""

    schedule: Schedule = Field(description="when it runs")
    catch_up: CatchUp = Field(description="what becomes of a fire time that was slept through")


class CheckSettings(JobSettings):
    """What every check has beside its own numbers."""

    role: Name = Field(description="who owns its findings")
    severity: Severity = Field(description="unless the check itself finds it milder or worse")
    channel: Channel | None = Field(default=None, description="instead of slack.channel")
    notify: list[Medium] = Field(min_length=1, description="over what its alerts travel")
    answer_within: Duration = Field(description="from opened to acknowledged (plan A1, A5)")
    stale_after: dict[RecordKind, Duration] = Field(
        default={}, description="per record kind: older facts are not facts"
    )


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
    fetch: FetchSettings
    jobs: Any = Field(description="what the clock runs beside the checks")
    checks: Any = Field(description="the questions put to the ledger")

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

    def check(self, name: str) -> CheckSettings | None:
        """Return a check's stanza; None when the check is switched off by having none."""
        stanza: CheckSettings | None = getattr(self.checks, name, None)
        return stanza

    def job(self, name: str) -> JobSettings | None:
        """Return a job's stanza; None when the job is switched off by having none."""
        stanza: JobSettings | None = getattr(self.jobs, name, None)
        return stanza

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        _unique("people", "email", [person.email.lower() for person in self.people])
        _unique("stores", "name", [store.name for store in self.stores])
        return self

    @model_validator(mode="after")
    def _roles_are_filled(self) -> Self:
        owners = {("checks", name, "role"): stanza.role for name, stanza in self.checks if stanza}
        wanted = {("duty", "fallback"): self.duty.fallback} | owners
        for where, role in wanted.items():
            if role not in self.roles:
                known = ", ".join(sorted(self.roles))
                raise Misfit(where, f"nobody has the role {role!r}; the people here have {known}")
        return self

    @model_validator(mode="after")
    def _duty_names_people(self) -> Self:
        for role, emails in self.duty.order.items():
            for index, email in enumerate(emails):
                person = self.person(email)
                if person is None or role not in person.roles:
                    where = ("duty", "order", role, index)
                    raise Misfit(where, f"none of `people` is {email} with the role {role!r}")
        return self

    @model_validator(mode="after")
    def _followers_are_led(self) -> Self:
        leaders = {
            (section, name): stanza.schedule.after
            for section, stanzas in (("jobs", self.jobs), ("checks", self.checks))
            for name, stanza in stanzas
            if stanza
        }
        running = {name for (_, name), leader in leaders.items() if not leader}
        while led := {name for (_, name), leader in leaders.items() if leader in running} - running:
            running |= led
        for (section, name), leader in leaders.items():
            if name not in running:
                where = (section, name, "schedule", "after")
                raise Misfit(
                    where, f"{leader!r} never runs: it has no stanza here, or waits for {name!r}"
                )
        return self


def _unique(section: str, key: str, values: list[str]) -> None:
    for index, value in enumerate(values):
        if value in values[:index]:
            raise Misfit((section, index, key), f"{value!r} stands here a second time")


def settings_model(
    checks: Mapping[str, type[CheckSettings]], jobs: Mapping[str, type[JobSettings]]
) -> type[Settings]:
    """Return the type of a config.yaml that has a stanza for each of these checks and jobs.

    The stanzas' types stand beside the checks and jobs, so adding one touches no list here.
    """
    return create_model(
        "Settings",
        __base__=Settings,
        __doc__=Settings.__doc__,
        jobs=(_stanzas("Jobs", jobs), Settings.model_fields["jobs"]),
        checks=(_stanzas("Checks", checks), Settings.model_fields["checks"]),
    )


def _stanzas(title: str, models: Mapping[str, type[JobSettings]]) -> type[Stanza]:
    fields: dict[str, Any] = {name: (model | None, None) for name, model in models.items()}
    return create_model(title, __base__=Stanza, **fields)
