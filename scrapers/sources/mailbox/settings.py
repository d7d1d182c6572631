"""What config.yaml says of a mailbox: where it is, and what its mails mean."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from core.sources import FeedSettings, SourceSettings
from core.stanza import Duration, Stanza
from core.values import Name, RecordKind, Security, Zone
from scrapers.sources.mailbox.patterns import pattern

PORTS = {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143}
"""RFC 8314, 3.2 and RFC 9051, 2.1."""


def _understood(written: str) -> str:
    pattern(written)
    return written


def _sender(written: str) -> str:
    name, at, domain = written.strip().lower().rpartition("@")
    if (at and not name) or "." not in domain or any(c in written for c in "<>, *"):
        raise ValueError("an address such as case@notice.example, or a domain: notice.example")
    return f"{name}{at}{domain}"


PatternText = Annotated[str, AfterValidator(_understood)]
Sender = Annotated[str, AfterValidator(_sender)]
Constant = str | bool | int


class Kind(Stanza):
    """A kind of mail: who sends it, and what its subject says."""

    senders: list[Sender] = Field(
        min_length=1, description="addresses, or domains with all that is below them"
    )
    subject: PatternText | None = Field(
        default=None, description="words and {fields} of the subject; without: any subject"
    )

    def fits(self, sender: str, subject: str) -> Mapping[str, str] | None:
        """Return what the subject says when a mail is of this kind; otherwise None."""
        domain = sender.rpartition("@")[2]
        if not any(known in (sender, domain) or _below(domain, known) for known in self.senders):
            return None
        return pattern(self.subject).find(subject) if self.subject else {}


def _below(domain: str, known: str) -> bool:
    return "@" not in known and domain.endswith(f".{known}")


class Rule(Kind):
    """What a kind of mail means: the columns of one record."""

    name: Name = Field(description="what it is called when a mail does not give all it needs")
    kind: RecordKind = Field(description="the kind of record (docs/records.md)")
    body: list[PatternText] = Field(
        default=[], description="words and {fields} of the text; each is looked for on its own"
    )
    set: dict[Name, Constant] = Field(
        default={}, description="columns that are always the same, where the mail says nothing else"
    )
    moment: Name | None = Field(default=None, description="the column for the mail's own date")
    due: dict[Name, Duration] = Field(
        default={}, description="columns that lie so long after the mail's date"
    )
    message_id: Name | None = Field(
        default=None, description="the column for the mail's own number, for what has none itself"
    )
    dates: dict[Name, str] = Field(
        default={}, description='how the mail writes a moment or day, such as "%B %d, %Y"'
    )
    timezone: Zone | None = Field(
        default=None, description="of times in the mail; otherwise the store's"
    )

    @property
    def columns(self) -> frozenset[str]:
        """The columns that a mail of this kind may fill."""
        written = [*self.body, *([self.subject] if self.subject else [])]
        found = {name for text in written for name in pattern(text).names}
        given = {self.moment, self.message_id} - {None}
        return frozenset({*found, *given, *self.set, *self.due})  # type: ignore[arg-type]

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        from core.ledger.records import columns_of, kind_of  # noqa: PLC0415  (SQLAlchemy)

        specs = {column.name: spec for column, spec in columns_of(kind_of(self.kind))}
        unknown = sorted({*self.columns, *self.dates} - specs.keys())
        if unknown:
            raise ValueError(f"{self.kind} has no column {', '.join(unknown)} (docs/records.md)")
        keys = {name for name, spec in specs.items() if spec.key and spec.required}
        missing = sorted(keys - self.columns)
        if missing:
            raise ValueError(f"a {self.kind} needs {', '.join(missing)}; no pattern gives it")
        return self


class MailFeed(FeedSettings):
    """The mails of the folder."""

    look_back: Duration = Field(
        description="how far back the first run reads, and the first one with changed rules"
    )


class Feeds(Stanza):
    """What is asked for."""

    mails: MailFeed | None = Field(default=None, description="the notifications in the folder")


class Settings(SourceSettings):
    """The source's part of config.yaml."""

    service: Literal["mailbox"] = Field(description="a folder of notifications, read by IMAP")
    host: str = Field(description="the mail server, for instance imap.gmail.com")
    port: int | None = Field(
        default=None, ge=1, le=65535, description="without: 993 with tls, otherwise 143"
    )
    security: Security = Field(default=Security.TLS, description="tls, starttls or none")
    folder: str = Field(default="INBOX", min_length=1, description="the folder; never written to")
    trusted_server: str | None = Field(
        description="the name your mail server signs its check of the sender with "
        "(Authentication-Results); null: senders are not checked, and anybody can forge one"
    )
    rules: list[Rule] = Field(min_length=1, description="what mails mean; the first that fits")
    ignore: list[Kind] = Field(default=[], description="mails that are known and say nothing")
    feeds: Feeds = Field(description="what is asked for, and when")

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the mail server."""
        return self.host, self.port or PORTS[self.security]

    def brought_by(self, feed: str) -> frozenset[str]:  # noqa: ARG002  (there is one)
        """Return the kinds of record that the rules make: a complete run has read all of them."""
        return frozenset(rule.kind for rule in self.rules)

    def fitting(self, sender: str, subject: str) -> Iterator[tuple[Rule, Mapping[str, str]]]:
        """Yield the rules that a mail may be meant by, with what its subject says."""
        for rule in self.rules:
            found = rule.fits(sender, subject)
            if found is not None:
                yield rule, found

    def passes_over(self, sender: str, subject: str) -> bool:
        """Tell whether a mail is known to say nothing."""
        return any(kind.fits(sender, subject) is not None for kind in self.ignore)

    def reading(self) -> Any:
        """Return what decides how mails are understood: when it changes, they are read again."""
        way = {"feeds", "service", "store", "port", "security"}
        return self.model_dump(mode="json", exclude=way)
