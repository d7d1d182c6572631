"""The parts of config.yaml that say how Watchkeeper itself works: delivery, alerts, silence."""

import re
from decimal import Decimal
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from core.errors import hint
from core.matching import Matcher
from core.offer_fields import OFFER_FIELDS
from core.schedule import Schedule
from core.stanza import Duration, Misfit, Stanza, TimeOfDay
from core.values import (
    DATABASE,
    GRAPH_VERSION,
    PHONE_NUMBER_ID,
    PLAIN_ADDRESS,
    Channel,
    Locale,
    Name,
    Security,
    Severity,
)


class DatabaseSettings(Stanza):
    """Where the ledger is."""

    url: str = Field(
        pattern=DATABASE,
        repr=False,  # it may hold a password
        description="sqlite:///PATH or postgresql://…; DATABASE_URL overrides it",
    )
    keep_runs_for: Duration = Field(description="what was run longer ago is forgotten")


class SlackSettings(Stanza):
    """How Slack is used. Tokens come from the environment only."""

    channel: Channel = Field(description="where alerts go when their check names no channel")
    seconds_between_messages: Decimal = Field(
        ge=0, le=60, description="per channel; Slack allows about one message a second"
    )
    messages_a_minute: int = Field(
        ge=1, description="in the whole workspace; Slack allows several hundred"
    )
    rewrites_a_minute: int = Field(
        ge=1, description="in the whole workspace; Slack allows some fifty (chat.update, tier 3)"
    )
    deaf_after: Duration = Field(description="a socket silent for so long is opened anew")


class MailSettings(Stanza):
    """Where mail is handed over. User and password come from the environment."""

    host: str = Field(min_length=1, description="the mail server")
    port: int = Field(ge=1, le=65535, description="587 for starttls, 465 for tls")
    security: Security = Field(description="none only on your own network")
    sender: str = Field(description="the From of every mail")


class PushSettings(Stanza):
    """What others may send here: records to /ingest, and the webhooks of services."""

    max_bytes: int = Field(ge=1_000, description="a longer body, unpacked, is not taken")
    a_minute: int = Field(ge=1, description="of one token; more are asked to wait")
    at_once: int = Field(ge=1, le=16, description="bodies that are read and stored together")
    receive_within: Duration = Field(description="a body that takes longer to come is let go")
    keep_answers_for: Duration = Field(description="an Idempotency-Key is remembered so long")
    keep_deliveries_for: Duration = Field(
        description="a webhook sent again within this time is not taken again"
    )


class WebSettings(Stanza):
    """The service's own pages: health, metrics, Slack's requests in HTTP mode, pushes."""

    host: str = Field(min_length=1, description="the address to listen on")
    port: int = Field(ge=0, le=65535, description="0: any that is free")
    push: PushSettings | None = Field(
        default=None, description="without: no pushes and no webhooks are taken"
    )


class OutboxSettings(Stanza):
    """How hard delivery tries."""

    first_retry: Duration = Field(description="after a first failure; doubled after each more")
    longest_retry: Duration = Field(description="the longest that doubling leads to")
    give_up_after: Duration = Field(description="then the post is failed and shown as such")
    send_timeout: Duration = Field(description="an answer later than this counts as none")
    notice_every: Duration = Field(
        description="news of messages that failed for one reason come no more often than this"
    )


class FlappingSettings(Stanza):
    """When something that comes and goes is told as one alert, marked as flapping."""

    changes: int = Field(ge=2, description="so many openings and ends …")
    within: Duration = Field(description="… in so long; it ends after as long without a change")


class AlertSettings(Stanza):
    """The alert's life."""

    reopen_after: Duration = Field(
        description="an alert resolved by hand whose trouble is still there opens again then"
    )
    snooze_for: list[Duration] = Field(
        min_length=1, max_length=9, description="the choices of the Snooze dialog"
    )
    snooze_until: TimeOfDay = Field(description="what 'tomorrow' means when snoozing")
    group_over: int = Field(
        ge=1, description="more alerts that open together for one channel become one message"
    )
    worst_shown: int = Field(ge=1, le=20, description="alerts that a group's message names")
    digest: list[Severity] = Field(
        description="severities that wait for the digest instead of a message of their own"
    )
    rewrite_every: Duration = Field(description="a message is rewritten no more often than this")
    flapping: FlappingSettings = Field(description="what comes and goes is one alert")
    history: Duration = Field(description="how far back `Why?` counts how often an alert came")


class CopiesSettings(Stanza):
    """Where pages are kept for `watchkeeper offer`: of each the last good and the first bad one."""

    folder: str = Field(min_length=1, description="of the packed pages")
    max_bytes: int = Field(ge=0, description="of the whole folder; the oldest give way")


def _offer_field(name: str) -> str:
    if name not in OFFER_FIELDS:
        raise ValueError(f"no such field of an offer; {hint(name, OFFER_FIELDS)}")
    return name


class HostSettings(Stanza):
    """What differs for one host, and those under its name."""

    seconds_between_requests: Decimal | None = Field(
        default=None, ge=0, description="instead of fetch.seconds_between_requests"
    )
    cookies: dict[str, str] = Field(
        default={}, description="sent from the start, for instance the currency to show"
    )
    proxy: Name | None = Field(default=None, description="one of fetch.proxies")
    render: bool = Field(default=False, description="pages come through fetch.renderer")
    selectors: dict[Annotated[str, AfterValidator(_offer_field)], str] = Field(
        default={},
        description="CSS of what the price reader takes for something else; @attribute behind it",
    )


class FetchSettings(Stanza):
    """Manners when reading other people's pages."""

    contact: str = Field(
        pattern=r"^[ -~]+$", description="an address or page that a shop can complain to"
    )
    seconds_between_requests: Decimal = Field(ge=0, description="per host")
    connections_per_host: int = Field(ge=1, le=8, description="requests under way at one host")
    timeout: Duration = Field(description="for a whole page")
    max_bytes: int = Field(ge=10_000, description="a longer page, unpacked, is not read")
    patience: Duration = Field(
        description="what fails and passes is asked again so long, per host and round"
    )
    read_whole_every: Duration = Field(
        description="a page that says it is unchanged is believed so long"
    )
    keep_rows_for: Duration = Field(description="each request's row is forgotten then")
    copies: CopiesSettings | None = Field(default=None, description="without: no page is kept")
    allowed_private_hosts: list[str] = Field(
        default=[], description="hosts on private addresses that may be read all the same"
    )
    proxies: dict[Name, Annotated[str, Field(pattern=PLAIN_ADDRESS)]] = Field(
        default={}, description="http or https addresses; PROXY_<NAME>_USER and _PASSWORD"
    )
    proxy: Name | None = Field(default=None, description="the one for hosts that name none")
    renderer: str | None = Field(
        default=None,
        pattern=PLAIN_ADDRESS,
        description="a service that is sent {url} and answers the page's HTML; RENDERER_TOKEN",
    )
    hosts: dict[str, HostSettings] = Field(default={}, description="what differs, by host name")

    def host(self, name: str) -> HostSettings:
        """Return what differs for a host: its own stanza, else that of the name it is under."""
        labels = name.lower().rstrip(".").split(".")
        names = (".".join(labels[start:]) for start in range(len(labels)))
        return next((self.hosts[each] for each in names if each in self.hosts), HostSettings())

    def pace(self, name: str) -> float:
        """Return the seconds between two requests of a host."""
        own = self.host(name).seconds_between_requests
        return float(self.seconds_between_requests if own is None else own)

    @model_validator(mode="after")
    def _proxies_exist(self) -> Self:
        wanted = [(("hosts", name, "proxy"), host.proxy) for name, host in self.hosts.items()]
        for where, proxy in [(("proxy",), self.proxy), *wanted]:
            if proxy and proxy not in self.proxies:
                raise Misfit(where, f"fetch.proxies has no {proxy!r}")
        return self

    @model_validator(mode="after")
    def _hosts_are_names(self) -> Self:
        for name, host in self.hosts.items():
            if not re.fullmatch(r"[a-z0-9.-]+|[0-9a-f:]+", name):
                raise Misfit(("hosts", name), "a host is named in small letters, without http://")
            if host.render and not self.renderer:
                raise Misfit(("hosts", name, "render"), "needs fetch.renderer")
        return self


class WhatsAppSettings(Stanza):
    """The Cloud API's number and template. Its token comes from the environment."""

    phone_number_id: str = Field(pattern=PHONE_NUMBER_ID, description="of the sending number")
    version: str = Field(pattern=GRAPH_VERSION, description="of the Graph API")
    template: Name = Field(description="the approved template: title and number of the alert")
    languages: dict[Locale, str] = Field(description="per language, the template's language code")

    @model_validator(mode="after")
    def _every_language(self) -> Self:
        missing = set(Locale) - set(self.languages)
        if missing:
            raise Misfit(("languages",), f"says nothing of {', '.join(sorted(missing))}")
        return self


class MaintenanceWindow(Stanza):
    """A time that comes again in which what matches is not told."""

    name: Name = Field(description="what messages call it")
    schedule: Schedule = Field(description="when it begins: `at`, on `days`")
    length: Duration = Field(description="how long it lasts")
    match: Matcher = Field(description="which alerts are silent then")

    @model_validator(mode="after")
    def _at_times(self) -> Self:
        if not self.schedule.at:
            raise ValueError("a maintenance window begins `at` times of the day")
        return self


class Inhibition(Stanza):
    """While one alert is live, the alerts that only follow from it are not told."""

    while_: Matcher = Field(alias="while", description="the alert that explains the others")
    silence: Matcher = Field(description="the alerts it explains")
    same: list[Name] = Field(default=[], description="facts in which both must agree")


class HeartbeatSettings(Stanza):
    """A sign of life for a monitor outside; its address is HEARTBEAT_URL in the environment."""

    every: Duration = Field(description="how often it is sent while all is well")
