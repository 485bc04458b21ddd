"""A relay process that drains: it takes no new calls, ends with the last present one, and says who is speaking."""

from signaling.protocol import control
from signaling.worker.hub_connection import HubConnection
from signaling.worker.hubs import Hubs
from signaling.worker.rooms import Rooms


class DrainState:
    """What the hubs are told about it."""

    def __init__(self, hubs: Hubs, rooms: Rooms) -> None:
        self.began = False
        self._hubs = hubs
        self._rooms = rooms

    @property
    def over(self) -> bool:
        """Whether the last call has ended since it began."""
        return self.began and not self._rooms.attendances

    def begin(self) -> None:
        """From now on."""
        self.began = True
        self.say_who_talks()
        self._hubs.post(control.Draining())

    def say_who_talks(self) -> None:
        """To be called every second; says nothing before it began."""
        if self.began:
            self._hubs.record(control.Talking(self._rooms.talking))

    def greet(self, hub: HubConnection) -> None:
        """Tell a hub that was just greeted, too."""
        if self.began:
            self.say_who_talks()
            hub.post(control.Draining())
