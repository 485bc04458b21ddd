"""One call's room, pure: who waits, who sits in which slot, and what each is told.

`Room.receive(event, now)` takes one event and returns the commands that follow from it, in order. Rules:

- A socket that said hello waits; a person who entered has a stay and a seat; a person has one seat, whatever the
  number of their sockets. Entering from another socket takes the seat over and ends the older socket.
- A seat whose browser is silent is kept, 'reconnecting', for GRACE seconds after it was last heard, and as long as
  its media flows. Coming back in that time goes on with the same stay.
- Others keep the slot in which a person sees them until they are gone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from signaling.protocol import messages
from signaling.room import events
from signaling.room.attendance import Stays
from signaling.room.participants import Company, Member

GRACE = 30.0
# The relay reports a peer as quiet this long after its last authenticated datagram.
QUIET_AFTER = 2.5


@dataclass
class Room:
    """The state of one call. `make_id` returns a fresh 32-hex id on each call."""

    call: str
    seats: int
    make_id: Callable[[], str]
    company: Company = field(init=False)
    _commands: list[events.Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.company = Company(self.seats)
        self._stays = Stays(self.company, self.make_id, self._commands.append)

    def receive(self, event: events.Event, now: float) -> list[events.Command]:
        """Take one event at `now` (monotonic seconds) and return what must be done, in this order."""
        _EVENTS[type(event)](self, event, now)
        done = self._commands[:]
        self._commands.clear()
        return done

    def deadline(self) -> float | None:
        """When TimePassed must come next, in the seconds of `now`."""
        missing = [member.heard for member in self.company.members.values() if member.missing]
        return min(missing) + GRACE if missing else None

    # What browsers say

    def _said(self, event: events.Said, now: float) -> None:
        if event.socket not in self.company.sockets and not isinstance(event.message, messages.Hello | messages.Ping):
            self._error(event, "not_entered", "Say hello first.")
            return
        _MESSAGES[type(event.message)](self, event, event.message, now)

    def _hello(self, said: events.Said, message: messages.Hello, now: float) -> None:
        seat = said.seat
        news = said.socket not in self.company.sockets
        self.company.meet(said.socket, seat)
        rights = (seat.may_speak, seat.may_show)
        welcome = messages.Welcome(messages.VERSION, seat.person, seat.name, self.seats - 1, *rights, seat.ice_servers)
        self._send(said.socket, welcome)
        self._send(said.socket, self.company.roster_for(seat.person))
        if news and seat.person not in self.company.members:
            self._tell_others(seat.person)

    def _enter(self, said: events.Said, message: messages.Enter, now: float) -> None:
        if said.seat.person not in self.company.members and len(self.company.members) >= self.seats:
            self._error(said, "full", "Every seat of this call is taken.")
            return
        self._do(events.OpenPeer(self.make_id(), said.socket, said.seat, self.seats - 1, message))

    def _peer_opened(self, event: events.PeerOpened, now: float) -> None:
        asked, seat = event.asked, event.asked.seat
        member = self.company.members.get(seat.person)
        if member is None:
            member = self._stays.begin(seat, asked.socket, now)
        self._stays.replace_leg(member, asked.peer)
        member.set_state(asked.enter.microphone, asked.enter.camera, False)
        self._stays.take_over(member, asked.socket)
        self._send(asked.socket, messages.Entered(asked.peer, event.answer))
        self._stays.connect(seat.person, asked.peer)
        self._send(asked.socket, self.company.roster_for(seat.person))
        self._tell_others(seat.person)

    def _peer_refused(self, event: events.PeerRefused, now: float) -> None:
        self._send(event.asked.socket, messages.Error("bad_offer", event.text, "enter"))

    def _resume(self, said: events.Said, message: messages.Resume, now: float) -> None:
        member = self.company.members.get(said.seat.person)
        if member is None or member.peer != message.peer:
            self._error(said, "unknown_peer", "This connection is over: enter again.")
            return
        self._stays.take_over(member, said.socket)
        self._send(said.socket, messages.Resumed(message.peer))
        self._tell_others(said.seat.person)

    def _state(self, said: events.Said, message: messages.State, now: float) -> None:
        member = self._seated(said)
        if member is not None:
            member.set_state(message.microphone, message.camera, message.screen)
            self._tell_others(said.seat.person)

    def _phone(self, said: events.Said, message: messages.Phone, now: float) -> None:
        member = self._seated(said)
        if member is not None and member.phone != message.wanted:
            member.phone = message.wanted
            self._tell_others(said.seat.person)

    def _seated(self, said: events.Said) -> Member | None:
        """Who says so from the socket of their seat; anybody else is told to enter first."""
        member = self.company.members.get(said.seat.person)
        if member is None or member.socket != said.socket:
            self._error(said, "not_entered", "Enter the call first.")
            return None
        return member

    def _leave(self, said: events.Said, message: messages.Leave, now: float) -> None:
        member = self.company.members.get(said.seat.person)
        if member is not None and member.socket == said.socket:
            self._stays.end(member, now, "left")
        self._stays.end_socket(said.socket, "left")
        self._after_leaving(said.seat.person)

    def _ping(self, said: events.Said, message: messages.Ping, now: float) -> None:
        self._send(said.socket, messages.Pong(message.n))

    # What happens to them

    def _socket_closed(self, event: events.SocketClosed, now: float) -> None:
        seat = self.company.sockets.pop(event.socket, None)
        if seat is None:
            return
        member = self.company.members.get(seat.person)
        if member is not None and member.socket == event.socket:
            member.socket = None
            member.heard = max(member.heard, now - event.silent)
        self._after_leaving(seat.person)

    def _removed(self, event: events.Removed, now: float) -> None:
        member = self.company.members.get(event.person)
        if member is not None:
            self._stays.end(member, now, event.why)
        for socket in self.company.sockets_of(event.person):
            self._stays.end_socket(socket, event.why)
        self._after_leaving(event.person)

    def _peer_silent(self, event: events.PeerSilent, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None:
            member.quiet = True
            member.heard = max(member.heard, now - QUIET_AFTER)
            self._tell_others(member.seat.person)

    def _peer_back(self, event: events.PeerBack, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None:
            member.quiet = False
            self._tell_others(member.seat.person)

    def _peer_gone(self, event: events.PeerGone, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is None:
            return
        if member.flowing and member.socket is None:
            member.heard = now
        self._stays.close_leg(member)
        self._time_passed(events.TimePassed(), now)
        self._tell_others(member.seat.person)

    def _peer_graded(self, event: events.PeerGraded, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None and member.connection != event.grade:
            member.connection = event.grade
            self._tell_others(member.seat.person)

    def _time_passed(self, event: events.TimePassed, now: float) -> None:
        for member in list(self.company.members.values()):
            if member.missing and now >= member.heard + GRACE:
                self._stays.end(member, member.heard, "browser lost")
                self._after_leaving(member.seat.person)

    def _over(self, event: events.Over, now: float) -> None:
        for member in list(self.company.members.values()):
            self._stays.end(member, now, "over")

    # What each is told

    def _after_leaving(self, person: str) -> None:
        self.company.forget_absent(person)
        self._tell_others(person)

    def _tell_others(self, person: str) -> None:
        for socket, seat in self.company.sockets.items():
            if seat.person != person:
                self._send(socket, self.company.roster_for(seat.person))

    def _error(self, said: events.Said, code: messages.Code, text: str) -> None:
        self._send(said.socket, messages.Error(code, text, messages.name_of(said.message)))

    def _send(self, socket: str, message: messages.ServerMessage) -> None:
        self._do(events.Send(socket, message))

    def _do(self, command: events.Command) -> None:
        self._commands.append(command)


_EVENTS: dict[type[events.Event], Callable[[Room, Any, float], None]] = {
    events.Said: Room._said,
    events.SocketClosed: Room._socket_closed,
    events.Removed: Room._removed,
    events.PeerOpened: Room._peer_opened,
    events.PeerRefused: Room._peer_refused,
    events.PeerSilent: Room._peer_silent,
    events.PeerBack: Room._peer_back,
    events.PeerGone: Room._peer_gone,
    events.PeerGraded: Room._peer_graded,
    events.TimePassed: Room._time_passed,
    events.Over: Room._over,
}
_MESSAGES: dict[type[messages.BrowserMessage], Callable[[Room, events.Said, Any, float], None]] = {
    messages.Hello: Room._hello,
    messages.Enter: Room._enter,
    messages.Resume: Room._resume,
    messages.State: Room._state,
    messages.Phone: Room._phone,
    messages.Leave: Room._leave,
    messages.Ping: Room._ping,
}
