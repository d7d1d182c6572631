"""What a mail means: a record by one of the rules, or why none understands it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.ledger.batches import BatchReader, Rejected
from core.ledger.cells import CLEARED, as_cell, read_moment
from core.ledger.converter import Converter, Special
from core.ledger.database import Database
from core.ledger.records import Record, columns_of, kind_of
from core.ledger.records.base import Records, Row
from core.ledger.records.column import Form
from core.settings import Store
from scrapers.sources.mailbox.envelope import Envelope
from scrapers.sources.mailbox.patterns import find_all
from scrapers.sources.mailbox.settings import Rule
from scrapers.sources.mailbox.texts import text_of

Fitting = Sequence[tuple[Rule, Mapping[str, str]]]
"""Rules that a mail may be meant by, with what its subject says."""


class Understood(NamedTuple):
    """What a mail means, and what could not be read of it."""

    records: Records
    left_out: Sequence[str] = ()


class NotUnderstood(Exception):
    """A mail that gives no record; `told` says why, None: no rule is about such mails."""

    def __init__(self, told: str | None = None) -> None:
        super().__init__(told)
        self.told = told


@dataclass(frozen=True)
class Reader:
    """Turns mails into rows of a store's ledger."""

    database: Database
    store: Store
    now: datetime

    def records(self, rules: Fitting, envelope: Envelope, mail: bytes) -> Understood:
        """Return the record of the first rule that a mail gives all it needs.

        Raises NotUnderstood with what the first one misses.
        """
        try:
            text = text_of(mail)
        except ValueError as problem:
            raise NotUnderstood(str(problem)) from None
        problems = []
        for rule, subject in rules:
            try:
                row, left_out = self.row(rule, envelope, subject, text)
                return Understood({rule.kind: [row]}, [f"{rule.name}: {p}" for p in left_out])
            except ValueError as problem:
                problems.append(f"{rule.name}: {problem}")
        raise NotUnderstood(problems[0])

    def row(
        self, rule: Rule, envelope: Envelope, subject: Mapping[str, str], text: str
    ) -> tuple[Row, list[str]]:
        """Return the record that a mail means by a rule, and what could not be read of the rest.

        What the mail says wins over what the rule knows. A later mail about a record, such as the
        end of a dispute, need not repeat all: the ledger knows the rest. ValueError with what is
        missing or wrong of what a record must have.
        """
        found = {**find_all(text, rule.body), **subject}
        said, left_out = self._read(rule, found)
        row = _given(rule, envelope) | said
        row |= self._known(rule.kind, row)
        return row, left_out + self._without_bad(rule.kind, row)

    def _read(self, rule: Rule, found: Mapping[str, str]) -> tuple[dict[str, object], list[str]]:
        """Return what a mail says, its moments read as the rule says, and what is no moment."""
        record = kind_of(rule.kind)
        row: dict[str, object] = {}
        left_out = []
        for name, cell in found.items():
            if cell and cell not in CLEARED:
                try:
                    row[name] = _value(rule, name, cell, self.store)
                except ValueError as problem:
                    if name in _needed(record):
                        raise
                    left_out.append(str(problem))
        return row, left_out

    def _known(self, kind: str, row: Row) -> dict[str, object]:
        """Return required columns that the mail does not give, as the ledger knows them."""
        record = kind_of(kind)
        needed = [c.name for c, spec in columns_of(record) if spec.required and not spec.key]
        missing = [name for name in needed if name not in row]
        key = self._key(record, row) if missing else None
        if key is None:
            return {}
        with self.database.read() as ledger:
            known = ledger.get(record, {"store": self.store.name, **key})
            return {name: getattr(known, name) for name in missing} if known else {}

    def _key(self, record: type[Record], row: Row) -> dict[str, object] | None:
        """Return the key of a row as the ledger has it; None for an incomplete one."""
        dialect = self.database.engine.dialect
        key: dict[str, object] = {}
        for column, spec in columns_of(record):
            if spec.key:
                converter = Converter(column, spec, self.store, self.now, dialect)
                key[column.name] = converter[as_cell(row.get(column.name, ""))]
        is_whole = not any(cell is None or isinstance(cell, Special) for cell in key.values())
        return key if is_whole else None

    def _without_bad(self, kind: str, row: dict[str, object]) -> list[str]:
        """Take out of a row what the ledger would refuse; return what that was.

        ValueError where a record cannot do without it.
        """
        left_out = []
        while bad := self._bad(kind, row):
            problem = f"{bad.column} {bad.problem}"
            if bad.column not in row or bad.column in _needed(kind_of(kind)):
                raise ValueError(problem)
            del row[bad.column]
            left_out.append(problem)
        return left_out

    def _bad(self, kind: str, row: Row) -> Rejected | None:
        reader = BatchReader(
            kind_of(kind),
            list(row),
            store=self.store,
            now=self.now,
            dialect=self.database.engine.dialect,
        )
        return next(iter(reader.read(1, [list(map(as_cell, row.values()))]).rejected), None)


def _given(rule: Rule, envelope: Envelope) -> dict[str, object]:
    """Return what a rule knows without looking into the mail."""
    row: dict[str, object] = dict(rule.set)
    if rule.moment:
        row[rule.moment] = envelope.sent_at
    if rule.message_id:
        row[rule.message_id] = envelope.message_id
    return row | {name: envelope.sent_at + length for name, length in rule.due.items()}


def _needed(record: type[Record]) -> set[str]:
    return {column.name for column, spec in columns_of(record) if spec.required or spec.key}


def _value(rule: Rule, name: str, cell: str, store: Store) -> object:
    """Return what a cell says, a moment read as the rule says. ValueError for no moment."""
    forms = {column.name: spec.form for column, spec in columns_of(kind_of(rule.kind))}
    form, written = forms[name], rule.dates.get(name)
    if form is not Form.MOMENT and not (form is Form.DAY and written):
        return cell
    zone = ZoneInfo(rule.timezone) if rule.timezone else store.zone
    moment = _moment(name, cell, written, zone)
    return moment if form is Form.MOMENT else moment.date()


def _moment(name: str, cell: str, written: str | None, zone: ZoneInfo) -> datetime:
    try:
        if not written:
            return read_moment(cell, zone)
        moment = datetime.strptime(" ".join(cell.split()), written)  # noqa: DTZ007  (its zone follows)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    except ValueError as error:
        told = f"{cell!r} isn't written as {written}" if written else str(error)
        raise ValueError(f"{name}: {told}") from None
