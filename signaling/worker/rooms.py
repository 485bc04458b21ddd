"""Connects the rooms with the relay core. Synchronous, without sockets: results go to `post` and `report`."""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
from msgspec import structs

from signaling.deadlines import Deadlines
from signaling.news import Joined, Left, Sample
from signaling.protocol import control, messages
from signaling.quality import UNMEASURED, Quality, grade
from signaling.relay.events import BadOffer, Figures, PeerDisconnected, PeerLost, PeerReconnected, RelayEvent
from signaling.relay.relay import Relay
from signaling.room import events
from signaling.room.room import Room
from signaling.seat import Seat
from signaling.worker.meters import Meter

log = logging.getLogger(__name__)

Post = Callable[[control.RelayMessage], None]


@dataclass(frozen=True, slots=True)
class Browser:
    """An open WebSocket of a browser: its seat, and how to send to it."""

    seat: Seat
    post: Post


class Rooms:
    """`loss` is the mean share that the peers lost when they were last looked at.

    `unix_time` turns the seconds of `now` into unix time; `report` takes each Joined and Left."""

    def __init__(
        self, relay: Relay, report: Callable[[Joined | Left], None], unix_time: Callable[[float], float]
    ) -> None:
        self.attendances: dict[str, Joined] = {}
        self.loss = 0.0
        self._relay = relay
        self._report = report
        self._unix_time = unix_time
        self._by_call: dict[str, Room] = {}
        self._deadlines: Deadlines[str] = Deadlines()
        self._browsers: dict[str, Browser] = {}
        self._room_of_peer: dict[str, Room] = {}
        # What the closed peers of an attendance add up to.
        self._totals: dict[str, Quality] = {}
        self._meters: dict[str, Meter] = {}

    @property
    def deadline(self) -> float | None:
        """When `tick` must be called next."""
        return self._deadlines.due

    @property
    def peers(self) -> int:
        """How many peers are open."""
        return len(self._room_of_peer)

    @property
    def talking(self) -> tuple[str, ...]:
        """The calls in which somebody spoke between the last two times that the peers were looked at."""
        return tuple({room.call: None for peer, room in self._room_of_peer.items() if self._meters[peer].spoke})

    def open(self, socket: str, seat: Seat, post: Post) -> None:
        """A browser's socket opened."""
        self._browsers[socket] = Browser(seat, post)

    def receive(self, socket: str, content: msgspec.Raw, now: float) -> None:
        """A browser sent this; what is no message of the protocol is answered with an error."""
        browser = self._browsers.get(socket)
        if browser is None:
            return
        try:
            message = messages.read(content)
        except messages.Refusal as error:
            answer = messages.ErrorMessage(error.code, error.text, error.about)
            browser.post(control.Deliver(socket, messages.raw(answer)))
            return
        room = self._by_call.get(browser.seat.call)
        if room is None:
            room = Room(browser.seat.call, browser.seat.seats, lambda: secrets.token_hex(16), self._unix_time)
            self._by_call[room.call] = room
        self._apply(room, events.MessageReceived(socket, browser.seat, message), now)

    def close(self, socket: str, silent: float, now: float) -> None:
        """A browser's socket closed, `silent` seconds after something was received from it."""
        browser = self._browsers.pop(socket, None)
        if browser is not None and browser.seat.call in self._by_call:
            self._apply(self._by_call[browser.seat.call], events.SocketClosed(socket, silent), now)

    def remove(self, call: str, person: str, why: messages.RemovalReason, now: float) -> None:
        """This person may no longer be in this call."""
        for socket, browser in list(self._browsers.items()):
            if (browser.seat.call, browser.seat.person) == (call, person) and not self._said_hello(socket, call):
                self._end(socket, browser, why)
        if call in self._by_call:
            self._apply(self._by_call[call], events.PersonRemoved(person, why), now)

    def release(self, call: str, at: float, now: float) -> None:
        """Another relay process serves this call since `at` (unix time, seconds)."""
        for socket, browser in list(self._browsers.items()):
            if browser.seat.call == call:
                browser.post(control.Close(socket, messages.RELAY_LOST))
                self.close(socket, 0.0, now)
        if call in self._by_call:
            self._apply(self._by_call[call], events.CallMoved(now - (self._unix_time(now) - at)), now)

    def shut_down(self, now: float) -> None:
        """The relay process ends, and every attendance with it."""
        for room in list(self._by_call.values()):
            self._apply(room, events.Shutdown(), now)

    def tick(self, now: float) -> None:
        """To be called at `deadline`."""
        for call in self._deadlines.take_due(now):
            self._apply(self._by_call[call], events.Tick(), now)

    def look_at_peers(self, now: float) -> None:
        """Judge how good each peer is, and count who spoke; to be called every second or so."""
        losses = []
        for peer, room in list(self._room_of_peer.items()):
            figures, participant = self._relay.figures(peer), room.participants.with_peer(peer)
            self._meters[peer].look(figures)
            judged = grade(figures.loss, figures.round_trip)
            if participant is not None and participant.connection != judged:
                self._apply(room, events.PeerGraded(peer, judged), now)
            self._apply(room, events.PeerSpoke(peer, figures.speaking_seconds), now)
            if figures.loss is not None:
                losses.append(figures.loss)
        self.loss = sum(losses) / len(losses) if losses else 0.0

    def measure(self, now: float) -> tuple[Sample, ...]:
        """How good the connection of each attendance was since the last time."""
        samples = []
        for peer, room in self._room_of_peer.items():
            participant = room.participants.with_peer(peer)
            if participant is not None:
                figures, at = self._relay.figures(peer), self._unix_time(now)
                samples.append(self._meters[peer].read(participant.attendance, figures, now, at))
        return tuple(sample for sample in samples if sample is not None)

    def receive_relay_event(self, event: RelayEvent, now: float) -> None:
        """An event of the relay core."""
        room = self._room_of_peer.get(event.peer)
        kind = _RELAY_EVENTS.get(type(event))
        if isinstance(event, PeerLost):
            log.info("peer %s lost: %s", event.peer[:8], event.why)
        if room is not None and kind is not None:
            self._apply(room, kind(event.peer), now)

    def _said_hello(self, socket: str, call: str) -> bool:
        return call in self._by_call and socket in self._by_call[call].participants.sockets

    def _apply(self, room: Room, event: events.RoomEvent, now: float) -> None:
        for command in room.receive(event, now):
            _PERFORM[type(command)](self, room, command, now)
        if room.participants.empty:
            self._by_call.pop(room.call, None)
        self._deadlines.set(room.call, room.deadline())

    # Commands of rooms

    def _send(self, room: Room, command: events.Send, now: float) -> None:
        browser = self._browsers.get(command.socket)
        if browser is not None:
            browser.post(control.Deliver(command.socket, messages.raw(command.message)))

    def _end_socket(self, room: Room, command: events.EndSocket, now: float) -> None:
        browser = self._browsers.get(command.socket)
        if browser is not None:
            self._end(command.socket, browser, command.why)

    def _end(self, socket: str, browser: Browser, why: messages.EndReason) -> None:
        # Forgotten at once: what this socket still sends must not bring the person back.
        del self._browsers[socket]
        browser.post(control.Deliver(socket, messages.raw(messages.Ended(why))))
        browser.post(control.Close(socket, messages.ENDED))

    def _open_peer(self, room: Room, command: events.OpenPeer, now: float) -> None:
        seat, offer = command.seat, command.enter.offer
        try:
            answer = self._relay.open_peer(
                command.peer, offer, slots=command.slots, may_speak=seat.may_speak, may_show=seat.may_show, now=now
            )
        except BadOffer as error:
            self._apply(room, events.PeerRefused(command, str(error)), now)
            return
        self._room_of_peer[command.peer] = room
        self._meters[command.peer] = Meter(self._relay.figures(command.peer), now)
        self._apply(room, events.PeerOpened(command, answer), now)

    def _close_peer(self, room: Room, command: events.ClosePeer, now: float) -> None:
        figures = self._relay.figures(command.peer)
        total = self._totals.get(command.attendance, UNMEASURED)
        self._totals[command.attendance] = total.merged(summarize(figures, now))
        self._relay.close_peer(command.peer)
        self._room_of_peer.pop(command.peer, None)
        self._meters.pop(command.peer, None)

    def _seat_peer(self, room: Room, command: events.SeatPeer, now: float) -> None:
        self._relay.seat(command.receiver, command.slot, command.sender)

    def _set_pictures(self, room: Room, command: events.SetPictures, now: float) -> None:
        self._relay.set_pictures(command.peer, command.wanted)

    def _joined(self, room: Room, joined: Joined, now: float) -> None:
        self.attendances[joined.attendance] = joined
        self._report(joined)

    def _left(self, room: Room, left: Left, now: float) -> None:
        joined = self.attendances.pop(left.attendance)
        self._report(
            structs.replace(left, at=max(left.at, joined.at), quality=self._totals.pop(left.attendance, UNMEASURED))
        )


def summarize(figures: Figures, now: float) -> Quality:
    """What is kept of a peer's figures."""
    seconds = 0.0 if figures.connected_at is None else now - figures.connected_at
    means = (figures.mean_round_trip, figures.mean_jitter, figures.mean_loss)
    trip, jitter, loss = (None if each is None else round(each, 4) for each in means)
    return Quality(round(seconds, 3), figures.bytes_in, figures.bytes_out, trip, jitter, loss)


_PERFORM: dict[type[events.Command], Callable[[Rooms, Room, Any, float], None]] = {
    events.Send: Rooms._send,
    events.EndSocket: Rooms._end_socket,
    events.OpenPeer: Rooms._open_peer,
    events.ClosePeer: Rooms._close_peer,
    events.SeatPeer: Rooms._seat_peer,
    events.SetPictures: Rooms._set_pictures,
    Joined: Rooms._joined,
    Left: Rooms._left,
}
_RELAY_EVENTS: dict[type[RelayEvent], Callable[[str], events.RoomEvent]] = {
    PeerDisconnected: events.PeerSilent,
    PeerReconnected: events.PeerRecovered,
    PeerLost: events.PeerGone,
}
