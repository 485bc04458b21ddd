"""Tells the server what happens in the relay processes of this machine: news, and every ten seconds who is present."""

import asyncio
import time
from functools import partial

from signaling.hub.attendances import LiveAttendances
from signaling.hub.delivery import Delivery
from signaling.hub.relay_pool import RelayPool
from signaling.hub.serving_relay import ServingRelay
from signaling.news import Joined, Left, Present
from signaling.protocol import control

PRESENT_EVERY = 10.0


class Reporting:
    """What relay processes of other machines tell is reported there."""

    def __init__(self, delivery: Delivery, attendances: LiveAttendances[ServingRelay], pool: RelayPool) -> None:
        self._delivery = delivery
        self._attendances = attendances
        self._pool = pool
        # While another hub reports who is present.
        self.yielded = False

    def add(self, relay: ServingRelay, message: control.NumberedNews) -> None:
        """Report news of a relay process, which may forget it then."""
        self._delivery.add(message.news, partial(_acknowledge, relay, relay.relay, message.number))

    def add_lost(self, joined: Joined, at: float) -> None:
        """Report that somebody's relay process is lost."""
        self._delivery.add(Left(joined.attendance, joined.call, joined.person, at, "relay lost"))

    def report_present(self) -> None:
        """Report who is there, unless that is not known of every relay process."""
        if self._pool.known and not self.yielded:
            names = self._attendances.names_in(self._pool.connections)
            self._delivery.add(Present(names, time.time(), self._attendances.take_samples()))

    async def keep_reporting(self) -> None:
        """Report who is there until cancelled."""
        while True:
            await asyncio.sleep(PRESENT_EVERY)
            self.report_present()


def _acknowledge(relay: ServingRelay, life: str, number: int) -> None:
    """Let that life of a relay process forget its news, if it is still the one that is connected."""
    if relay.relay == life:
        relay.post(control.Ack(number))
