"""The hubs that are connected to a relay process, and who of them is told what."""

from signaling.protocol import control
from signaling.worker.hub_connection import HubConnection
from signaling.worker.unacknowledged import Unacknowledged


class Hubs:
    """Those that were greeted. The news goes to the latest of those that keep a record, which acknowledges it; those of
    other machines observe, and are told only that it happened."""

    def __init__(self) -> None:
        self._recording: list[HubConnection] = []
        self._observing: list[HubConnection] = []

    @property
    def recording(self) -> tuple[HubConnection, ...]:
        """Those that keep a record, the latest last."""
        return tuple(self._recording)

    def add(self, hub: HubConnection) -> None:
        """It was greeted."""
        (self._observing if hub.observes else self._recording).append(hub)

    def remove(self, hub: HubConnection) -> None:
        """It is gone. One that was never greeted is no error."""
        for hubs in (self._recording, self._observing):
            if hub in hubs:
                hubs.remove(hub)

    def post(self, message: control.RelayMessage) -> None:
        """Send this to all."""
        for hub in (*self._recording, *self._observing):
            hub.post(message)

    def report(self, message: control.NumberedNews) -> None:
        """Tell what happened in a call."""
        self.record(message)
        for hub in self._observing:
            hub.post(control.Noted(message.news))

    def record(self, message: control.RelayMessage) -> None:
        """Send this to the one that keeps the record now, if any does."""
        if self._recording:
            self._recording[-1].post(message)

    def repeat(self, unacknowledged: Unacknowledged, hub: HubConnection) -> None:
        """Tell a hub that was just greeted what none has acknowledged; one that observes hears who is there instead."""
        if not hub.observes:
            for news in unacknowledged:
                hub.post(news)
