"""config.yaml as types. Every number of the plan stands there; none stands in code."""

from collections.abc import Mapping
from datetime import date, time
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
from core.stanza import Duration, Stanza


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError("not a time zone of the IANA list, such as Asia/Shanghai") from None
    return name


Zone = Annotated[str, AfterValidator(_known_zone)]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s<>]+@[^@\s<>]+$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$")]


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


class DatabaseSettings(Stanza):
    """Where the ledger is."""

    url: str = Field(description="sqlite:///PATH or postgresql://…; DATABASE_URL overrides it")


class Store(Stanza):
    """One shop the team runs."""

    name: Name
    title: str
    timezone: Zone = Field(description='decides what "Monday 09:00" and "today" are')
    currency: Currency = Field(description="of amounts in files that name none")

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)


class Leave(Stanza):
    """Days somebody is away, both included."""

    first: date
    last: date


class Person(Stanza):
    """Somebody of the team; the e-mail address is how Slack's member is found."""

    email: Email
    name: str
    roles: list[Name] = Field(min_length=1)
    locale: Locale
    leave: list[Leave] = Field(default=[])


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

    host: str
    port: int = Field(ge=1, le=65535)
    security: Annotated[str, StringConstraints(pattern="^(none|starttls|tls)$")] = Field(
        description="none, starttls or tls"
    )
    sender: str = Field(description="the From of every mail")


class WebSettings(Stanza):
    """The service's own pages: health, metrics, Slack's requests in HTTP mode."""

    host: str
    port: int = Field(ge=0, le=65535)


class OutboxSettings(Stanza):
    """How hard delivery tries."""

    first_retry: Duration
    longest_retry: Duration
    give_up_after: Duration = Field(description="then the post is failed and shown as such")
    send_timeout: Duration


class AlertSettings(Stanza):
    """The alert's life."""

    reopen_after: Duration = Field(
        description="an alert resolved by hand whose trouble is still there opens again then"
    )
    snooze_for: list[Duration] = Field(min_length=1, max_length=10)
    snooze_until: time = Field(description="what 'tomorrow' means when snoozing")


class FetchSettings(Stanza):
    """Manners when reading other people's pages."""

    contact: str = Field(description="an address or page that a shop can complain to")
    seconds_between_requests: Decimal = Field(ge=0, description="per host")
    timeout: Duration
    max_bytes: int = Field(ge=10_000)
    allowed_private_hosts: list[str] = Field(
        default=[], description="hosts on private addresses that may be read all the same"
    )


class JobSettings(Stanza):
    """What the clock needs to know of a job."""

    schedule: Schedule
    catch_up: CatchUp


class CheckSettings(JobSettings):
    """What every check has beside its own numbers."""

    role: Name = Field(description="who owns its findings")
    severity: Severity
    channel: Channel | None = Field(default=None, description="instead of slack.channel")
    notify: list[Medium] = Field(min_length=1)
    answer_within: Duration = Field(description="from opened to acknowledged (plan A1, A5)")
    stale_after: dict[Name, Duration] = Field(
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
    jobs: Any
    checks: Any

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

    def check(self, name: str) -> CheckSettings | None:
        """Return a check's stanza; None when the check is switched off by having none."""
        stanza: CheckSettings | None = getattr(self.checks, name)
        return stanza

    def job(self, name: str) -> JobSettings | None:
        """Return a job's stanza; None when the job is switched off by having none."""
        stanza: JobSettings | None = getattr(self.jobs, name)
        return stanza

    @model_validator(mode="after")
    def _roles_are_filled(self) -> Self:
        owners = {
            f"checks.{name}.role": stanza.role for name, stanza in self.checks if stanza is not None
        }
        wanted = {"duty.fallback": self.duty.fallback} | owners
        for where, role in wanted.items():
            if role not in self.roles:
                raise ValueError(
                    f"{where}: nobody has the role {role!r}; the people here have "
                    + ", ".join(sorted(self.roles))
                )
        return self

    @model_validator(mode="after")
    def _duty_names_people(self) -> Self:
        for role, emails in self.duty.order.items():
            for email in emails:
                person = self.person(email)
                if person is None or role not in person.roles:
                    raise ValueError(f"duty.order.{role}: {email} is nobody with that role")
        return self


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
        checks=(_stanzas("Checks", checks), ...),
        jobs=(_stanzas("Jobs", jobs), ...),
    )


def _stanzas(title: str, models: Mapping[str, type[JobSettings]]) -> type[Stanza]:
    fields: dict[str, Any] = {name: (model | None, None) for name, model in models.items()}
    return create_model(title, __base__=Stanza, **fields)
