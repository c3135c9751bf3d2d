"""What the receiver counts; names and labels hold no personal data."""

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from recovery.services.inbox import Waiting

_QUICK = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """The counters of one app, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.stored = Counter(
            "recovery_webhooks_stored", "Callbacks and replies stored", ["kind"],
            registry=self.registry,
        )  # fmt: skip
        self.rejected = Counter(
            "recovery_webhooks_rejected", "Requests that were not ours", ["kind", "reason"],
            registry=self.registry,
        )  # fmt: skip
        self.failed = Counter(
            "recovery_webhooks_failed", "Requests that could not be kept anywhere", ["kind"],
            registry=self.registry,
        )  # fmt: skip
        self.applied = Counter(
            "recovery_callbacks_applied", "Callbacks and replies applied", registry=self.registry
        )
        self.apply_errors = Counter(
            "recovery_apply_errors", "Background work that failed", ["work"],
            registry=self.registry,
        )  # fmt: skip
        self.answer_seconds = Histogram(
            "recovery_webhook_seconds", "From the request to its answer", ["kind"],
            buckets=_QUICK, registry=self.registry,
        )  # fmt: skip
        self.apply_seconds = Histogram(
            "recovery_apply_seconds", "One application of all that is stored",
            buckets=_QUICK, registry=self.registry,
        )  # fmt: skip
        self.last_apply = Gauge(
            "recovery_last_apply_timestamp_seconds", "When applying last succeeded",
            registry=self.registry,
        )  # fmt: skip

    def watch(self, waiting: Callable[[], Waiting], spooled: Callable[[], int]) -> None:
        """Adds what is asked of the database and the spool at each scrape."""
        self.registry.register(_Backlog(waiting, spooled))


class _Backlog(Collector):
    def __init__(self, waiting: Callable[[], Waiting], spooled: Callable[[], int]) -> None:
        self._waiting = waiting
        self._spooled = spooled

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return []  # registering asks nothing of the database

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield GaugeMetricFamily(
            "recovery_spool_batches", "Batches in the spool", value=self._spooled()
        )
        try:
            waiting = self._waiting()
        except Exception:  # noqa: BLE001 (the other numbers matter most when the database is away)
            return
        yield GaugeMetricFamily(
            "recovery_callbacks_pending", "Callbacks not applied yet", value=waiting.callbacks
        )
        yield GaugeMetricFamily(
            "recovery_replies_pending", "Replies not handled yet", value=waiting.replies
        )
