"""The sockets that browsers have open here, and which relay process serves each."""

import secrets
from collections.abc import Mapping

from aiohttp import web

from signaling.hub.browser_connection import BrowserConnection
from signaling.hub.serving_relay import ServingRelay
from signaling.protocol import control, messages
from signaling.seat import Seat

SOCKETS_EACH = 8


class OpenSocket:
    """A browser's socket. `visit` names the visit that opened it, of the several that one person may have."""

    def __init__(self, socket: web.WebSocketResponse, seat: Seat, visit: str) -> None:
        self.name = secrets.token_hex(8)
        self.browser = BrowserConnection(socket, self.forward)
        self.seat = seat
        self.visit = visit
        # None while there is none, and at the end.
        self.relay: ServingRelay | None = None

    @property
    def person(self) -> tuple[str, str]:
        """The call and the person in it."""
        return self.seat.call, self.seat.person

    def serve_by(self, relay: ServingRelay) -> None:
        """This relay process takes the browser's messages from now on."""
        self.relay = relay
        relay.post(control.Opened(self.name, self.seat))

    def forward(self, message: messages.ClientMessage) -> None:
        """Pass a message on to the relay process, if there is one."""
        if self.relay is not None:
            self.relay.post(control.BrowserMessage(self.name, messages.raw(message)))

    def release(self) -> None:
        """No relay process serves this socket any more."""
        if self.relay is not None:
            self.relay.post(control.Closed(self.name, self.browser.silent))
            self.relay = None


class OpenSockets:
    """All of them, oldest first. Each person has SOCKETS_EACH in a call at most."""

    def __init__(self) -> None:
        self._by_name: dict[str, OpenSocket] = {}

    def add(self, opened: OpenSocket) -> None:
        """Add a socket; where it is one too many, the person's oldest is served no longer and closed."""
        own = [each for each in self._by_name.values() if each.person == opened.person and not each.browser.closing]
        if len(own) >= SOCKETS_EACH:
            own[0].release()
            own[0].browser.close(messages.TOO_MANY)
        self._by_name[opened.name] = opened

    def remove(self, opened: OpenSocket) -> None:
        """The socket is closed."""
        opened.release()
        del self._by_name[opened.name]

    def deliver(self, message: control.Deliver) -> None:
        """Send a relay process's message to its browser, if that is still there."""
        if message.socket in self._by_name:
            self._by_name[message.socket].browser.send(bytes(message.message).decode())

    def close(self, message: control.Close) -> None:
        """Close a browser's socket, if it is still there."""
        if message.socket in self._by_name:
            self._by_name[message.socket].browser.close(message.code)

    def close_all(self, relay: ServingRelay | None = None) -> None:
        """Close all, or all that this relay process served; their browsers come back."""
        for each in self._by_name.values():
            if relay in (None, each.relay):
                each.browser.close(messages.RELAY_LOST)

    def close_elsewhere(self, relays: Mapping[str, str]) -> None:
        """Close those that another relay process serves than the one whose name is given for their call; their browsers
        come back."""
        for each in self._by_name.values():
            relay = relays.get(each.seat.call)
            if relay is not None and each.relay is not None and each.relay.relay != relay:
                each.browser.close(messages.RELAY_LOST)

    @property
    def calls(self) -> frozenset[str]:
        """The calls to which any is open."""
        return frozenset(each.seat.call for each in self._by_name.values())

    def any_in(self, call: str) -> bool:
        """Whether any is open to this call."""
        return any(each.seat.call == call for each in self._by_name.values())

    @property
    def visits(self) -> frozenset[tuple[str, str]]:
        """The visits that have any open, each with a call that it is in."""
        return frozenset((each.visit, each.seat.call) for each in self._by_name.values() if each.visit)

    def end_visit(self, visit: str, call: str | None = None) -> None:
        """As if each browser of this visit had left; or only those in one call."""
        for each in self._by_name.values():
            if each.visit == visit and call in (None, each.seat.call):
                each.forward(messages.Leave())
