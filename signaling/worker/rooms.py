"""Rooms joined with the relay core. Synchronous, without sockets: what leaves goes through `post` and `report`."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from signaling.news import Came, Went
from signaling.protocol import control, messages
from signaling.quality import NOTHING, Quality, grade
from signaling.relay.events import BadOffer, Figures, PeerDisconnected, PeerLost, PeerReconnected, RelayEvent
from signaling.relay.relay import Relay
from signaling.room import events
from signaling.room.room import Room
from signaling.seat import Seat

log = logging.getLogger(__name__)

Post = Callable[[control.RelayMessage], None]


@dataclass(frozen=True, slots=True)
class Browser:
    """An open WebSocket of a browser: its seat, and the way back to it."""

    seat: Seat
    post: Post


@dataclass(slots=True)
class Kept:
    """What the legs of a stay that are over leave behind."""

    spoken: float = 0.0
    quality: Quality = NOTHING


class Switchboard:
    """`wall` turns the seconds of `now` into unix time; `report` takes each Came and Went."""

    def __init__(self, relay: Relay, report: Callable[[Came | Went], None], wall: Callable[[float], float]) -> None:
        self.stays: dict[str, control.Stay] = {}
        self.deadline: float | None = None
        self._relay = relay
        self._report = report
        self._wall = wall
        self._rooms: dict[str, Room] = {}
        self._browsers: dict[str, Browser] = {}
        self._room_of_peer: dict[str, Room] = {}
        self._kept: dict[str, Kept] = {}

    @property
    def peers(self) -> int:
        """How many legs are open."""
        return len(self._room_of_peer)

    def open(self, socket: str, seat: Seat, post: Post) -> None:
        """A browser's socket opened."""
        self._browsers[socket] = Browser(seat, post)

    def say(self, socket: str, said: dict[str, object], now: float) -> None:
        """A browser said this; what cannot be a browser's message is answered with an error."""
        browser = self._browsers.get(socket)
        if browser is None:
            return
        try:
            message = messages.from_object(said)
        except messages.Refused as error:
            answer = messages.Error(error.code, error.text, error.about)
            browser.post(control.Tell(socket, messages.to_object(answer)))
            return
        room = self._rooms.get(browser.seat.call)
        if room is None:
            room = Room(browser.seat.call, browser.seat.seats, lambda: secrets.token_hex(16))
            self._rooms[room.call] = room
        self._give(room, events.Said(socket, browser.seat, message), now)

    def shut(self, socket: str, silent: float, now: float) -> None:
        """A browser's socket closed, `silent` seconds after it was last heard."""
        browser = self._browsers.pop(socket, None)
        if browser is not None and browser.seat.call in self._rooms:
            self._give(self._rooms[browser.seat.call], events.SocketClosed(socket, silent), now)

    def remove(self, call: str, person: str, why: messages.Out, now: float) -> None:
        """This person may no longer be in this call."""
        for socket, browser in list(self._browsers.items()):
            if (browser.seat.call, browser.seat.person) == (call, person) and not self._waits(socket, call):
                self._end(socket, browser, why)
        if call in self._rooms:
            self._give(self._rooms[call], events.Removed(person, why), now)

    def over(self, now: float) -> None:
        """The relay process ends: every stay does."""
        for room in list(self._rooms.values()):
            self._give(room, events.Over(), now)

    def pass_time(self, now: float) -> None:
        """To be called at `deadline`."""
        for room in list(self._rooms.values()):
            self._give(room, events.TimePassed(), now)

    def grade(self, now: float) -> None:
        """Judge how good each leg is; to be called every second or so."""
        for peer, room in list(self._room_of_peer.items()):
            figures, member = self._relay.figures(peer), room.company.member_of(peer)
            judged = grade(figures.loss, figures.round_trip)
            if member is not None and member.connection != judged:
                self._give(room, events.PeerGraded(peer, judged), now)

    def hear_relay(self, event: RelayEvent, now: float) -> None:
        """An event of the relay core."""
        room = self._room_of_peer.get(event.peer)
        kind = _RELAY_EVENTS.get(type(event))
        if isinstance(event, PeerLost):
            log.info("peer %s lost: %s", event.peer[:8], event.why)
        if room is not None and kind is not None:
            self._give(room, kind(event.peer), now)

    def _waits(self, socket: str, call: str) -> bool:
        return call in self._rooms and socket in self._rooms[call].company.sockets

    def _give(self, room: Room, event: events.Event, now: float) -> None:
        for command in room.receive(event, now):
            _PERFORM[type(command)](self, room, command, now)
        if room.company.empty:
            self._rooms.pop(room.call, None)
        deadlines = [when for room in self._rooms.values() if (when := room.deadline()) is not None]
        self.deadline = min(deadlines, default=None)

    # What rooms command

    def _send(self, room: Room, command: events.Send, now: float) -> None:
        browser = self._browsers.get(command.socket)
        if browser is not None:
            browser.post(control.Tell(command.socket, messages.to_object(command.message)))

    def _end_socket(self, room: Room, command: events.EndSocket, now: float) -> None:
        browser = self._browsers.get(command.socket)
        if browser is not None:
            self._end(command.socket, browser, command.why)

    def _end(self, socket: str, browser: Browser, why: messages.Why) -> None:
        # Forgotten at once: what this socket still says must not bring it back.
        del self._browsers[socket]
        browser.post(control.Tell(socket, messages.to_object(messages.Ended(why))))
        browser.post(control.Close(socket, messages.ENDED))

    def _open_peer(self, room: Room, command: events.OpenPeer, now: float) -> None:
        seat, offer = command.seat, command.enter.offer
        try:
            answer = self._relay.open_peer(
                command.peer, offer, slots=command.slots, may_speak=seat.may_speak, may_show=seat.may_show, now=now
            )
        except BadOffer as error:
            self._give(room, events.PeerRefused(command, str(error)), now)
            return
        self._room_of_peer[command.peer] = room
        self._give(room, events.PeerOpened(command, answer), now)

    def _close_peer(self, room: Room, command: events.ClosePeer, now: float) -> None:
        figures, kept = self._relay.figures(command.peer), self._kept.setdefault(command.stay, Kept())
        kept.spoken += figures.speaking_seconds
        kept.quality = kept.quality.joined(summary(figures, now))
        self._relay.close_peer(command.peer)
        self._room_of_peer.pop(command.peer, None)

    def _seat_peer(self, room: Room, command: events.SeatPeer, now: float) -> None:
        self._relay.seat(command.receiver, command.slot, command.sender)

    def _begin_stay(self, room: Room, command: events.BeginStay, now: float) -> None:
        self.stays[command.stay] = control.Stay(command.stay, room.call, command.person)
        self._report(Came(command.stay, room.call, command.person, self._wall(command.at)))

    def _end_stay(self, room: Room, command: events.EndStay, now: float) -> None:
        del self.stays[command.stay]
        kept = self._kept.pop(command.stay, Kept())
        end = (self._wall(command.at), command.why, round(kept.spoken, 3), kept.quality)
        self._report(Went(command.stay, room.call, command.person, *end))


def summary(figures: Figures, now: float) -> Quality:
    """What is kept of a leg's figures."""
    seconds = 0.0 if figures.connected_at is None else now - figures.connected_at
    means = (figures.mean_round_trip, figures.mean_jitter, figures.mean_loss)
    trip, jitter, loss = (None if each is None else round(each, 4) for each in means)
    return Quality(round(seconds, 3), figures.bytes_in, figures.bytes_out, trip, jitter, loss)


_PERFORM: dict[type[events.Command], Callable[[Switchboard, Room, Any, float], None]] = {
    events.Send: Switchboard._send,
    events.EndSocket: Switchboard._end_socket,
    events.OpenPeer: Switchboard._open_peer,
    events.ClosePeer: Switchboard._close_peer,
    events.SeatPeer: Switchboard._seat_peer,
    events.BeginStay: Switchboard._begin_stay,
    events.EndStay: Switchboard._end_stay,
}
_RELAY_EVENTS: dict[type[RelayEvent], Callable[[str], events.Event]] = {
    PeerDisconnected: events.PeerSilent,
    PeerReconnected: events.PeerBack,
    PeerLost: events.PeerGone,
}
