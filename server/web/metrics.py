"""What Prometheus can read of this server: numbers about requests, calls, emails and jobs, and nothing about a person.

The main process has them all: processes for pages send it what they measure, so that nothing is counted twice, and at
most the last second is lost when one of them dies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from signaling.hub.counts import HubCounts
from signaling.quality import Quality

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
SHARES = (0.001, 0.005, 0.01, 0.03, 0.1, 0.3)
DELAYS = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.6, 1.0)


@dataclass(frozen=True, slots=True)
class ServerState:
    """What is counted when it is asked for. Times are of the clock."""

    version: str
    up: Mapping[str, bool]
    hub: HubCounts
    emails_due: int = 0
    emails_failed: int = 0
    oldest_email: datetime | None = None
    backup_at: datetime | None = None
    drill_at: datetime | None = None
    drill_holds: bool | None = None
    now: datetime = field(kw_only=True)


class Metrics:
    """Every metric, with its name and what it means."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._requests = self._counter(
            "fireside_requests", "Answered requests, by the route's path.", "method", "route", "status"
        )
        self._request_seconds = self._histogram(
            "fireside_request_seconds", "How long requests took, without open streams and sockets.", SECONDS, "route"
        )
        self._transaction_seconds = self._histogram(
            "fireside_transaction_seconds", "How long transactions of pages and jobs were open.", SECONDS, "work"
        )
        self._rounds = self._counter("fireside_job_rounds", "Rounds of background jobs.", "job", "outcome")
        self._last_round = self._gauge(
            "fireside_job_last_success_timestamp_seconds", "When a job last ended a round well.", "job"
        )
        self._loss = self._histogram(
            "fireside_attendance_loss_ratio", "Share of packets lost, the mean of each attendance that ended.", SHARES
        )
        self._jitter = self._histogram(
            "fireside_attendance_jitter_seconds", "Jitter, the mean of each attendance that ended.", DELAYS
        )
        self._round_trip = self._histogram(
            "fireside_attendance_round_trip_seconds",
            "Round trip to the relay, the mean of each attendance that ended.",
            DELAYS,
        )
        self._left = self._counter("fireside_attendances_ended", "Attendances of calls that ended, and why.", "why")
        self._bytes = self._counter("fireside_media_bytes", "Media of attendances that ended.", "direction")
        self._replies = self._counter("fireside_replies", "Emails that came in, and what became of them.", "outcome")
        self._pages_lost = self._counter("fireside_page_processes_lost", "Processes for pages that died.")
        self._state: dict[str, Gauge] = {
            name: self._gauge(f"fireside_{name}", meaning, *labels)
            for name, (meaning, *labels) in {
                "build_info": ("The version that runs.", "version"),
                "up": ("Whether this part works: pages, database, relay.", "part"),
                "calls": ("Calls with somebody in them.",),
                "people_in_calls": ("People in calls.",),
                "relay_up": ("Whether this relay process serves calls.", "relay"),
                "relay_draining": ("Whether this relay process takes no new calls.", "relay"),
                "relay_connections": ("Connections of browsers to this relay process.", "relay"),
                "relay_dropped_packets": ("Packets that this relay process refused since it started.", "relay"),
                "relay_received_packets": ("Packets that this relay process received since it started.", "relay"),
                "relay_sent_packets": ("Packets that this relay process sent since it started.", "relay"),
                "relay_delay_seconds": ("How long this relay process keeps a packet, the mean of a second.", "relay"),
                "relay_longest_delay_seconds": ("The longest of that second.", "relay"),
                "relay_loss_ratio": ("Share of packets that the browsers in its calls lose now, the mean.", "relay"),
                "relay_processes_lost": ("Relay processes that died since the start.",),
                "emails_due": ("Emails that are due and not sent yet.",),
                "emails_failed": ("Emails that were given up.",),
                "oldest_due_email_seconds": ("For how long the oldest of the due emails has been due.",),
                "backup_timestamp_seconds": ("The moment of the newest backup, 0 without one.",),
                "backup_tried_timestamp_seconds": ("When a backup was last tried, 0 if never.",),
                "backup_holds": ("Whether the backup that was tried last could be restored, 1 if none was.",),
            }.items()
        }

    def note_request(self, method: str, route: str, status: int, seconds: float) -> None:
        self._requests.labels(method, route, str(status)).inc()
        if not route.endswith(("/socket", "/events")):
            self._request_seconds.labels(route).observe(seconds)

    def note_transaction(self, work: str, seconds: float) -> None:
        """`work` is read or write."""
        self._transaction_seconds.labels(work).observe(seconds)

    def note_all(self, measurements: list[Any]) -> None:
        """What a MeasurementBuffer passed on."""
        takers: Mapping[str, Callable[..., None]] = {
            "note_request": self.note_request,
            "note_transaction": self.note_transaction,
        }
        for name, *values in measurements:
            takers[name](*values)

    def note_round(self, job: str, outcome: str, now: datetime) -> None:
        self._rounds.labels(job, outcome).inc()
        if outcome == "ok":
            self._last_round.labels(job).set(now.timestamp())

    def note_reply(self, outcome: str) -> None:
        """An answer by email came in."""
        self._replies.labels(outcome).inc()

    def note_left(self, why: str, quality: Quality) -> None:
        """An attendance ended."""
        self._left.labels(why).inc()
        measured = (self._loss, quality.loss), (self._jitter, quality.jitter), (self._round_trip, quality.round_trip)
        for histogram, value in measured:
            if value is not None:
                histogram.observe(value)
        self._bytes.labels("in").inc(quality.bytes_in)
        self._bytes.labels("out").inc(quality.bytes_out)

    def note_page_process_lost(self) -> None:
        self._pages_lost.inc()

    def render(self, state: ServerState) -> bytes:
        """The text format of Prometheus."""
        gauges = self._state
        gauges["build_info"].labels(state.version).set(1)
        for part, up in state.up.items():
            gauges["up"].labels(part).set(up)
        gauges["calls"].set(state.hub.calls)
        gauges["people_in_calls"].set(state.hub.people)
        for number, relay in enumerate(state.hub.relays):
            gauges["relay_up"].labels(str(number)).set(relay.up)
            gauges["relay_draining"].labels(str(number)).set(relay.draining)
            gauges["relay_connections"].labels(str(number)).set(relay.connections)
            gauges["relay_dropped_packets"].labels(str(number)).set(relay.dropped)
            gauges["relay_received_packets"].labels(str(number)).set(relay.received)
            gauges["relay_sent_packets"].labels(str(number)).set(relay.sent)
            gauges["relay_delay_seconds"].labels(str(number)).set(relay.delay)
            gauges["relay_longest_delay_seconds"].labels(str(number)).set(relay.longest_delay)
            gauges["relay_loss_ratio"].labels(str(number)).set(relay.loss)
        gauges["relay_processes_lost"].set(state.hub.relays_lost)
        gauges["emails_due"].set(state.emails_due)
        gauges["emails_failed"].set(state.emails_failed)
        waited = (state.now - state.oldest_email).total_seconds() if state.oldest_email else 0.0
        gauges["oldest_due_email_seconds"].set(max(0.0, waited))
        gauges["backup_timestamp_seconds"].set(_timestamp(state.backup_at))
        gauges["backup_tried_timestamp_seconds"].set(_timestamp(state.drill_at))
        gauges["backup_holds"].set(state.drill_holds is not False)
        return generate_latest(self.registry)

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self.registry)

    def _gauge(self, name: str, meaning: str, *labels: str) -> Gauge:
        return Gauge(name, meaning, labels, registry=self.registry)

    def _histogram(self, name: str, meaning: str, buckets: tuple[float, ...], *labels: str) -> Histogram:
        return Histogram(name, meaning, labels, buckets=buckets, registry=self.registry)


def answer(content: bytes) -> web.Response:
    """The response to Prometheus."""
    return web.Response(body=content, headers={"Content-Type": CONTENT_TYPE_LATEST})


def _timestamp(at: datetime | None) -> float:
    return at.timestamp() if at else 0.0
