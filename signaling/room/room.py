"""One call's room, pure: who waits, who has which slot, and what each is told.

`Room.receive(event, now)` takes one event and returns the commands that follow from it, in order. Rules:

- A socket that said hello waits; a person who entered has an attendance and a seat, one seat for all their sockets.
  Entering from another socket takes the seat over and ends the older socket.
- A seat whose browser is silent is kept, 'reconnecting', for GRACE seconds after it was last heard, and as long as
  its media flows. Coming back in that time goes on with the same attendance.
- Others keep the slot in which a person sees them until they are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from signaling.codec import tag_of
from signaling.protocol import messages
from signaling.room import events
from signaling.room.attendances import Attendances
from signaling.room.participants import Participant, Participants

GRACE = 30.0
# The relay reports a peer as quiet this long after its last authenticated datagram.
QUIET_AFTER = 2.5


@dataclass
class Room:
    """The state of one call. `make_id` returns a fresh 32-hex id on each call; `unix_time` is that of a `now`."""

    call: str
    seats: int
    make_id: Callable[[], str]
    unix_time: Callable[[float], float]
    participants: Participants = field(init=False)
    _commands: list[events.Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.participants = Participants(self.seats)
        self._seated = self.participants.seated
        self._attendances = Attendances(self.participants, self.make_id, self.unix_time, self._commands.append)

    def receive(self, event: events.RoomEvent, now: float) -> list[events.Command]:
        """Take one event at `now` (monotonic seconds) and return what must be done, in this order."""
        _EVENTS[type(event)](self, event, now)
        done = self._commands[:]
        self._commands.clear()
        return done

    def deadline(self) -> float | None:
        """When Tick must come next, in the seconds of `now`."""
        missing = [each.last_heard for each in self._seated.values() if each.missing]
        return min(missing) + GRACE if missing else None

    # Messages of browsers

    def _message_received(self, event: events.MessageReceived, now: float) -> None:
        said_hello = event.socket in self.participants.sockets
        if not said_hello and not isinstance(event.message, messages.Hello | messages.Ping):
            self._error(event, "not_entered", "Say hello first.")
            return
        _MESSAGES[type(event.message)](self, event, event.message, now)

    def _hello(self, event: events.MessageReceived, message: messages.Hello, now: float) -> None:
        seat = event.seat
        new = event.socket not in self.participants.sockets
        self.participants.add_socket(event.socket, seat)
        rights = (seat.may_speak, seat.may_show)
        welcome = messages.Welcome(messages.VERSION, seat.person, seat.name, self.seats - 1, *rights, seat.ice_servers)
        self._send(event.socket, welcome)
        self._send(event.socket, self.participants.roster_for(seat.person))
        if new and seat.person not in self._seated:
            self._update_others(seat.person)

    def _enter(self, event: events.MessageReceived, message: messages.Enter, now: float) -> None:
        if event.seat.person not in self._seated and len(self._seated) >= self.seats:
            self._error(event, "full", "Every seat of this call is taken.")
            return
        self._do(events.OpenPeer(self.make_id(), event.socket, event.seat, self.seats - 1, message))

    def _peer_opened(self, event: events.PeerOpened, now: float) -> None:
        request, seat = event.request, event.request.seat
        participant = self._seated.get(seat.person)
        if participant is None:
            participant = self._attendances.begin(seat, request.socket, now)
        self._attendances.replace_peer(participant, request.peer)
        participant.set_state(request.enter.microphone, request.enter.camera, False)
        self._attendances.replace_socket(participant, request.socket)
        self._send(request.socket, messages.Entered(request.peer, event.answer))
        self._attendances.connect(seat.person, request.peer)
        self._send(request.socket, self.participants.roster_for(seat.person))
        self._update_others(seat.person)

    def _peer_refused(self, event: events.PeerRefused, now: float) -> None:
        self._send(event.request.socket, messages.ErrorMessage("bad_offer", event.text, "enter"))

    def _resume(self, event: events.MessageReceived, message: messages.Resume, now: float) -> None:
        participant = self._seated.get(event.seat.person)
        if participant is None or participant.peer != message.peer:
            self._error(event, "unknown_peer", "This connection is over: enter again.")
            return
        self._attendances.replace_socket(participant, event.socket)
        self._send(event.socket, messages.Resumed(message.peer))
        self._update_others(event.seat.person)

    def _media_state(self, event: events.MessageReceived, message: messages.MediaState, now: float) -> None:
        participant = self._sender(event)
        if participant is not None:
            participant.set_state(message.microphone, message.camera, message.screen)
            self._update_others(event.seat.person)

    def _phone_wish(self, event: events.MessageReceived, message: messages.PhoneWish, now: float) -> None:
        participant = self._sender(event)
        if participant is not None and participant.phone != message.wanted:
            participant.phone = message.wanted
            self._update_others(event.seat.person)

    def _sender(self, event: events.MessageReceived) -> Participant | None:
        """Who sent this from the socket of their seat; anybody else is told to enter first."""
        participant = self._seated.get(event.seat.person)
        if participant is None or participant.socket != event.socket:
            self._error(event, "not_entered", "Enter the call first.")
            return None
        return participant

    def _leave(self, event: events.MessageReceived, message: messages.Leave, now: float) -> None:
        participant = self._seated.get(event.seat.person)
        if participant is not None and participant.socket == event.socket:
            self._attendances.end(participant, now, "left")
        self._attendances.end_socket(event.socket, "left")
        self._after_leaving(event.seat.person)

    def _ping(self, event: events.MessageReceived, message: messages.Ping, now: float) -> None:
        self._send(event.socket, messages.Pong(message.n))

    # What happens to participants

    def _socket_closed(self, event: events.SocketClosed, now: float) -> None:
        seat = self.participants.sockets.pop(event.socket, None)
        if seat is None:
            return
        participant = self._seated.get(seat.person)
        if participant is not None and participant.socket == event.socket:
            participant.socket = None
            participant.last_heard = max(participant.last_heard, now - event.silent)
        self._after_leaving(seat.person)

    def _person_removed(self, event: events.PersonRemoved, now: float) -> None:
        participant = self._seated.get(event.person)
        if participant is not None:
            self._attendances.end(participant, now, event.why)
        for socket in self.participants.sockets_of(event.person):
            self._attendances.end_socket(socket, event.why)
        self._after_leaving(event.person)

    def _peer_silent(self, event: events.PeerSilent, now: float) -> None:
        participant = self.participants.with_peer(event.peer)
        if participant is not None:
            participant.quiet = True
            participant.last_heard = max(participant.last_heard, now - QUIET_AFTER)
            self._update_others(participant.seat.person)

    def _peer_recovered(self, event: events.PeerRecovered, now: float) -> None:
        participant = self.participants.with_peer(event.peer)
        if participant is not None:
            participant.quiet = False
            self._update_others(participant.seat.person)

    def _peer_gone(self, event: events.PeerGone, now: float) -> None:
        participant = self.participants.with_peer(event.peer)
        if participant is None:
            return
        if participant.flowing and participant.socket is None:
            participant.last_heard = now
        self._attendances.close_peer(participant)
        self._tick(events.Tick(), now)
        self._update_others(participant.seat.person)

    def _peer_graded(self, event: events.PeerGraded, now: float) -> None:
        participant = self.participants.with_peer(event.peer)
        if participant is not None and participant.connection != event.grade:
            participant.connection = event.grade
            self._update_others(participant.seat.person)

    def _tick(self, event: events.Tick, now: float) -> None:
        for participant in list(self._seated.values()):
            if participant.missing and now >= participant.last_heard + GRACE:
                self._attendances.end(participant, participant.last_heard, "browser lost")
                self._after_leaving(participant.seat.person)

    def _shutdown(self, event: events.Shutdown, now: float) -> None:
        for participant in list(self._seated.values()):
            self._attendances.end(participant, now, "over")

    # What each is told

    def _after_leaving(self, person: str) -> None:
        self.participants.forget_absent(person)
        self._update_others(person)

    def _update_others(self, person: str) -> None:
        for socket, seat in self.participants.sockets.items():
            if seat.person != person:
                self._send(socket, self.participants.roster_for(seat.person))

    def _error(self, event: events.MessageReceived, code: messages.ErrorCode, text: str) -> None:
        self._send(event.socket, messages.ErrorMessage(code, text, tag_of(event.message)))

    def _send(self, socket: str, message: messages.ServerMessage) -> None:
        self._do(events.Send(socket, message))

    def _do(self, command: events.Command) -> None:
        self._commands.append(command)


_EVENTS: dict[type[events.RoomEvent], Callable[[Room, Any, float], None]] = {
    events.MessageReceived: Room._message_received,
    events.SocketClosed: Room._socket_closed,
    events.PersonRemoved: Room._person_removed,
    events.PeerOpened: Room._peer_opened,
    events.PeerRefused: Room._peer_refused,
    events.PeerSilent: Room._peer_silent,
    events.PeerRecovered: Room._peer_recovered,
    events.PeerGone: Room._peer_gone,
    events.PeerGraded: Room._peer_graded,
    events.Tick: Room._tick,
    events.Shutdown: Room._shutdown,
}
_MESSAGES: dict[type[messages.ClientMessage], Callable[[Room, events.MessageReceived, Any, float], None]] = {
    messages.Hello: Room._hello,
    messages.Enter: Room._enter,
    messages.Resume: Room._resume,
    messages.MediaState: Room._media_state,
    messages.PhoneWish: Room._phone_wish,
    messages.Leave: Room._leave,
    messages.Ping: Room._ping,
}
