"""What Prometheus reads, counted in the ledger at each look."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, func, select

from bot.health.vitals import Vitals
from core.ledger import posts, runs
from core.ledger.database import Database
from core.ledger.source_states import READ
from core.ledger.tables import Alert, AlertState
from core.settings import Settings

Gauges = Iterator[GaugeMetricFamily]
Gauge = GaugeMetricFamily
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Metrics(Collector):
    """Gauges over the service's parts, and over the alerts, posts and runs of its ledger.

    A ledger that refuses leaves its gauges out; the part `database` says why.
    """

    database: Database
    settings: Settings
    vitals: Vitals
    clock: Callable[[], datetime]
    pushes: Counts = field(default_factory=Counter)
    """Pushes by token and status, since the start."""

    def page(self) -> bytes:
        """Return the metrics in Prometheus's text format."""
        registry = CollectorRegistry()
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterator[Metric]:
        """Yield the gauges as things stand now, and what was counted since the start."""
        yield from _parts(self.vitals.latest, self.vitals.heartbeat.sent_at)
        yield _pushes(self.pushes)
        try:
            with self.database.read() as ledger:
                known = [
                    *_alerts(ledger, self.clock()),
                    *_posts(ledger, self.clock()),
                    _runs(ledger, self.settings),
                    *_feeds(ledger, self.settings, self.clock()),
                ]
        except SQLAlchemyError:
            return
        yield from known


def _parts(problems: Mapping[str, str | None], heartbeat_at: datetime | None) -> Gauges:
    parts = Gauge("watchkeeper_part_well", "1: the part is well, 0: it is not", labels=["part"])
    for part, problem in problems.items():
        parts.add_metric([part], 0 if problem else 1)
    yield parts
    if heartbeat_at:
        yield Gauge(
            "watchkeeper_heartbeat_timestamp_seconds",
            "When the monitor outside last took a sign of life",
            value=heartbeat_at.timestamp(),
        )


def _pushes(counts: Counts) -> CounterMetricFamily:
    pushes = CounterMetricFamily(
        "watchkeeper_pushes", "Pushes since the start", labels=["token", "status"]
    )
    for labels, count in counts.items():
        pushes.add_metric(labels, count)
    return pushes


def _alerts(ledger: Session, now: datetime) -> Gauges:
    live = Gauge(
        "watchkeeper_alerts", "Alerts whose trouble is still there", labels=["check", "state"]
    )
    counted = select(Alert.check, Alert.state, func.count()).where(col(Alert.gone_at).is_(None))
    for check, state, count in ledger.exec(counted.group_by(Alert.check, Alert.state)):
        live.add_metric([check, state], count)
    yield live
    overdue = select(func.count()).where(
        Alert.state == AlertState.OPEN,
        col(Alert.gone_at).is_(None),
        col(Alert.silenced_by).is_(None),
        col(Alert.snoozed_until).is_(None),
        col(Alert.due_at) <= now,
    )
    yield Gauge(
        "watchkeeper_alerts_overdue",
        "Alerts that nobody took in time",
        value=ledger.exec(overdue).one(),
    )


def _posts(ledger: Session, now: datetime) -> Gauges:
    waiting = Gauge("watchkeeper_posts", "Posts by state", labels=["state"])
    for state, count in posts.by_state(ledger).items():
        waiting.add_metric([state], count)
    yield waiting
    oldest = posts.oldest_owed(ledger, now)
    yield Gauge(
        "watchkeeper_oldest_owed_seconds",
        "How long the post that is owed for longest has been due",
        value=(now - oldest).total_seconds() if oldest else 0,
    )


def _runs(ledger: Session, settings: Settings) -> Gauge:
    finished = Gauge(
        "watchkeeper_run_finished_timestamp_seconds",
        "When a job last ended",
        labels=["job", "store"],
    )
    for store in settings.stores:
        for job, _ in settings.switched_on(store.name):
            run = runs.latest_finished(ledger, job, store.name)
            if run and run.finished_at:
                finished.add_metric([job, store.name], run.finished_at.timestamp())
    return finished


def _feeds(ledger: Session, settings: Settings, now: datetime) -> Gauges:
    labels = ["job", "store"]
    complete = Gauge(
        "watchkeeper_feed_complete_timestamp_seconds",
        "When a source's feed was last read completely",
        labels=labels,
    )
    rows = Gauge("watchkeeper_feed_rows", "Rows of a feed's last complete run", labels=labels)
    for store in settings.stores:
        for feed in settings.feeds(store.name):
            run = runs.latest_done(ledger, feed.job, store.name, now)
            if run and run.finished_at:
                complete.add_metric([feed.job, store.name], run.finished_at.timestamp())
                rows.add_metric([feed.job, store.name], run.summary.get(READ, 0))
    yield from (complete, rows)
