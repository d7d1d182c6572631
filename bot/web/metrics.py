"""What Prometheus reads, counted in the ledger at each look."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlmodel import col, func, select

from core.ledger import posts
from core.ledger.database import Database
from core.ledger.tables import Alert, Run


class LedgerCollector(Collector):
    """Gauges over alerts, posts and runs."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges as the ledger stands now."""
        with self._database.read() as ledger:
            alerts = ledger.exec(
                select(Alert.check, Alert.state, func.count())
                .where(col(Alert.gone_at).is_(None))
                .group_by(Alert.check, Alert.state)
            ).all()
            owed = posts.by_state(ledger)
            ran = ledger.exec(
                select(Run.job, Run.store, func.max(Run.finished_at)).group_by(Run.job, Run.store)
            ).all()
        live = GaugeMetricFamily(
            "watchkeeper_alerts", "Alerts whose trouble is still there", labels=["check", "state"]
        )
        for check, state, count in alerts:
            live.add_metric([check, state], count)
        yield live
        waiting = GaugeMetricFamily("watchkeeper_posts", "Posts by state", labels=["state"])
        for state, count in owed.items():
            waiting.add_metric([state], count)
        yield waiting
        finished = GaugeMetricFamily(
            "watchkeeper_run_finished_timestamp_seconds",
            "When a job last ended",
            labels=["job", "store"],
        )
        for job, store, at in ran:
            if at is not None:
                finished.add_metric([job, store], at.timestamp())
        yield finished


def metrics(database: Database) -> bytes:
    """Return the metrics in Prometheus's text format."""
    registry = CollectorRegistry()
    registry.register(LedgerCollector(database))
    return generate_latest(registry)
