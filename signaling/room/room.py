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

from msgspec import structs

from signaling.codec import tag_of
from signaling.protocol import messages
from signaling.room import events
from signaling.room.attendances import Attendances
from signaling.room.conversation import Conversation
from signaling.room.participants import Participant, Participants

GRACE = 30.0
# The relay reports a peer as quiet this long after its last authenticated datagram.
QUIET_AFTER = 2.5
BEFORE_HELLO = (messages.Hello, messages.Ping)


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
        self._conversation = Conversation(self.participants, self.unix_time, self._commands.append)

    def receive(self, event: events.RoomEvent, now: float) -> list[events.Command]:
        """Take one event at `now` (monotonic seconds) and return what must be done, in this order."""
        _EVENTS[type(event)](self, event, now)
        done, self._commands[:] = self._commands[:], []
        return done

    def deadline(self) -> float | None:
        """When Tick must come next, in the seconds of `now`."""
        missing = [each.last_heard for each in self._seated.values() if each.missing]
        return min(missing) + GRACE if missing else None

    # Messages of browsers

    def _message_received(self, event: events.MessageReceived, now: float) -> None:
        try:
            if event.socket not in self.participants.sockets and not isinstance(event.message, BEFORE_HELLO):
                raise messages.Refusal("not_entered", "Say hello first.")
            _MESSAGES[type(event.message)](self, event, event.message, now)
        except messages.Refusal as refusal:
            self._send(event.socket, messages.ErrorMessage(refusal.code, refusal.text, tag_of(event.message)))

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
            raise messages.Refusal("full", "Every seat of this call is taken.")
        self._do(events.OpenPeer(self.make_id(), event.socket, event.seat, self.seats - 1, message))

    def _peer_opened(self, event: events.PeerOpened, now: float) -> None:
        request, seat = event.request, event.request.seat
        participant = self._seated.get(seat.person)
        if participant is None:
            participant = self._attendances.begin(seat, request.socket, now)
        self._attendances.replace_peer(participant, request.peer)
        participant.set_state(request.enter.microphone, request.enter.camera, False)
        participant.encrypts = request.enter.encrypts
        self._attendances.replace_socket(participant, request.socket)
        self._send(request.socket, messages.Entered(request.peer, event.answer))
        self._attendances.connect(seat.person, request.peer)
        self._send(request.socket, self.participants.roster_for(seat.person))
        self._conversation.catch_up(request.socket, now)
        self._update_others(seat.person)

    def _peer_refused(self, event: events.PeerRefused, now: float) -> None:
        self._send(event.request.socket, messages.ErrorMessage("bad_offer", event.text, "enter"))

    def _resume(self, event: events.MessageReceived, message: messages.Resume, now: float) -> None:
        participant = self._seated.get(event.seat.person)
        if participant is None or participant.peer != message.peer:
            raise messages.Refusal("unknown_peer", "This connection is over: enter again.")
        self._attendances.replace_socket(participant, event.socket)
        self._send(event.socket, messages.Resumed(message.peer))
        self._conversation.catch_up(event.socket, now)
        self._update_others(event.seat.person)

    def _media_state(self, event: events.MessageReceived, message: messages.MediaState, now: float) -> None:
        self._sender(event).set_state(message.microphone, message.camera, message.screen)
        self._update_others(event.seat.person)

    def _mark(self, event: events.MessageReceived, message: messages.Mark, now: float) -> None:
        """Set what the roster says of the sender under the message's type."""
        participant, name, [value] = self._sender(event), tag_of(message), structs.astuple(message)
        if getattr(participant, name) == value:
            return
        setattr(participant, name, value)
        if isinstance(message, messages.SoundOnly) and participant.peer is not None:
            self._do(events.SetPictures(participant.peer, not message.on))
        self._update_others(event.seat.person)

    def _converse(self, event: events.MessageReceived, message: messages.Said, now: float) -> None:
        """Browsers agree on keys while one of them is still in the lobby, so that media need not wait."""
        early = isinstance(message, messages.Keys) and event.seat.person not in self._seated
        self._conversation.take(event.seat if early else self._sender(event).seat, message, now)

    def _sender(self, event: events.MessageReceived) -> Participant:
        """Who sent this from the socket of their seat. Raises Refusal: not_entered."""
        participant = self._seated.get(event.seat.person)
        if participant is None or participant.socket != event.socket:
            raise messages.Refusal("not_entered", "Enter the call first.")
        return participant

    def _leave(self, event: events.MessageReceived, message: messages.Leave, now: float) -> None:
        if (participant := self._seated.get(event.seat.person)) and participant.socket == event.socket:
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
        if participant := self._seated.get(event.person):
            self._attendances.end(participant, now, event.why)
        for socket in self.participants.sockets_of(event.person):
            self._attendances.end_socket(socket, event.why)
        self._after_leaving(event.person)

    def _peer_heard(self, event: events.PeerSilent | events.PeerRecovered, now: float) -> None:
        participant = self.participants.with_peer(event.peer)
        if participant is not None:
            participant.quiet = isinstance(event, events.PeerSilent)
            if participant.quiet:
                participant.last_heard = max(participant.last_heard, now - QUIET_AFTER)
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
        if (participant := self.participants.with_peer(event.peer)) and participant.connection != event.grade:
            participant.connection = event.grade
            self._update_others(participant.seat.person)

    def _peer_spoke(self, event: events.PeerSpoke, now: float) -> None:
        self._conversation.spoke(event, now)

    def _tick(self, event: events.Tick, now: float) -> None:
        for participant in list(self._seated.values()):
            if participant.missing and now >= participant.last_heard + GRACE:
                self._attendances.end(participant, participant.last_heard, "browser lost")
                self._after_leaving(participant.seat.person)

    def _shutdown(self, event: events.Shutdown, now: float) -> None:
        for participant in list(self._seated.values()):
            self._attendances.end(participant, now, "over")

    def _call_moved(self, event: events.CallMoved, now: float) -> None:
        for participant in list(self._seated.values()):
            self._attendances.end(participant, min(event.at, now), "moved")

    # What each is told

    def _after_leaving(self, person: str) -> None:
        self.participants.forget_absent(person)
        self._update_others(person)

    def _update_others(self, person: str) -> None:
        for socket, seat in self.participants.sockets.items():
            if seat.person != person:
                self._send(socket, self.participants.roster_for(seat.person))

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
    events.PeerSilent: Room._peer_heard,
    events.PeerRecovered: Room._peer_heard,
    events.PeerGone: Room._peer_gone,
    events.PeerGraded: Room._peer_graded,
    events.PeerSpoke: Room._peer_spoke,
    events.CallMoved: Room._call_moved,
    events.Tick: Room._tick,
    events.Shutdown: Room._shutdown,
}
_MESSAGES: dict[type[messages.ClientMessage], Callable[[Room, events.MessageReceived, Any, float], None]] = {
    messages.Hello: Room._hello,
    messages.Enter: Room._enter,
    messages.Resume: Room._resume,
    messages.MediaState: Room._media_state,
    messages.PhoneWish: Room._mark,
    messages.RaisedHand: Room._mark,
    messages.SoundOnly: Room._mark,
    **dict.fromkeys((messages.Chat, messages.Keys, messages.Captions, messages.SpeakingOff), Room._converse),
    messages.Leave: Room._leave,
    messages.Ping: Room._ping,
}
