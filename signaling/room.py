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

from signaling.company import Company, Member
from signaling.events import (
    BeginStay,
    ClosePeer,
    Command,
    EndSocket,
    EndStay,
    Event,
    OpenPeer,
    Over,
    PeerBack,
    PeerGone,
    PeerGraded,
    PeerOpened,
    PeerRefused,
    PeerSilent,
    Removed,
    Said,
    SeatPeer,
    Send,
    SocketClosed,
    TimePassed,
)
from signaling.messages import (
    VERSION,
    BrowserMessage,
    Code,
    Enter,
    Entered,
    Error,
    Hello,
    Leave,
    Phone,
    Ping,
    Pong,
    Resume,
    Resumed,
    ServerMessage,
    State,
    Welcome,
    Why,
    name_of,
)

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
    _commands: list[Command] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.company = Company(self.seats)

    def receive(self, event: Event, now: float) -> list[Command]:
        """Take one event at `now` (monotonic seconds) and return what must be done, in this order."""
        _EVENTS[type(event)](self, event, now)
        done, self._commands = self._commands, []
        return done

    def deadline(self) -> float | None:
        """When TimePassed must come next, in the seconds of `now`."""
        missing = [member.heard for member in self.company.members.values() if member.missing]
        return min(missing) + GRACE if missing else None

    # What browsers say

    def _said(self, event: Said, now: float) -> None:
        if event.socket not in self.company.sockets and not isinstance(event.message, Hello | Ping):
            self._error(event, "not_entered", "Say hello first.")
            return
        _MESSAGES[type(event.message)](self, event, event.message, now)

    def _hello(self, said: Said, message: Hello, now: float) -> None:
        seat = said.seat
        news = said.socket not in self.company.sockets
        self.company.meet(said.socket, seat)
        rights = (seat.may_speak, seat.may_show)
        welcome = Welcome(VERSION, seat.person, seat.name, self.seats - 1, *rights, seat.ice_servers)
        self._send(said.socket, welcome)
        self._send(said.socket, self.company.roster_for(seat.person))
        if news and seat.person not in self.company.members:
            self._tell_others(seat.person)

    def _enter(self, said: Said, message: Enter, now: float) -> None:
        if said.seat.person not in self.company.members and len(self.company.members) >= self.seats:
            self._error(said, "full", "Every seat of this call is taken.")
            return
        self._do(OpenPeer(self.make_id(), said.socket, said.seat, self.seats - 1, message))

    def _peer_opened(self, event: PeerOpened, now: float) -> None:
        asked, seat = event.asked, event.asked.seat
        member = self.company.members.get(seat.person)
        if member is None:
            member = self._sit_down(asked, now)
        elif member.peer is not None:
            self._do(ClosePeer(member.peer, member.stay))
        member.peer, member.quiet = asked.peer, False
        member.set_state(asked.enter.microphone, asked.enter.camera, False)
        self._take_over(member, asked.socket)
        self._send(asked.socket, Entered(asked.peer, event.answer))
        self._connect(seat.person, asked.peer)
        self._send(asked.socket, self.company.roster_for(seat.person))
        self._tell_others(seat.person)

    def _peer_refused(self, event: PeerRefused, now: float) -> None:
        self._send(event.asked.socket, Error("bad_offer", event.text, "enter"))

    def _resume(self, said: Said, message: Resume, now: float) -> None:
        member = self.company.members.get(said.seat.person)
        if member is None or member.peer != message.peer:
            self._error(said, "unknown_peer", "This connection is over: enter again.")
            return
        self._take_over(member, said.socket)
        self._send(said.socket, Resumed(message.peer))
        self._tell_others(said.seat.person)

    def _state(self, said: Said, message: State, now: float) -> None:
        member = self._seated(said)
        if member is not None:
            member.set_state(message.microphone, message.camera, message.screen)
            self._tell_others(said.seat.person)

    def _phone(self, said: Said, message: Phone, now: float) -> None:
        member = self._seated(said)
        if member is not None and member.phone != message.wanted:
            member.phone = message.wanted
            self._tell_others(said.seat.person)

    def _seated(self, said: Said) -> Member | None:
        """Who says so from the socket of their seat; anybody else is told to enter first."""
        member = self.company.members.get(said.seat.person)
        if member is None or member.socket != said.socket:
            self._error(said, "not_entered", "Enter the call first.")
            return None
        return member

    def _leave(self, said: Said, message: Leave, now: float) -> None:
        member = self.company.members.get(said.seat.person)
        if member is not None and member.socket == said.socket:
            self._end_stay(member, now, "left")
        self._end_socket(said.socket, "left")
        self._after_leaving(said.seat.person)

    def _ping(self, said: Said, message: Ping, now: float) -> None:
        self._send(said.socket, Pong(message.n))

    # What happens to them

    def _socket_closed(self, event: SocketClosed, now: float) -> None:
        seat = self.company.sockets.pop(event.socket, None)
        if seat is None:
            return
        member = self.company.members.get(seat.person)
        if member is not None and member.socket == event.socket:
            member.socket = None
            member.heard = max(member.heard, now - event.silent)
        self._after_leaving(seat.person)

    def _removed(self, event: Removed, now: float) -> None:
        member = self.company.members.get(event.person)
        if member is not None:
            self._end_stay(member, now, event.why)
        for socket in self.company.sockets_of(event.person):
            self._end_socket(socket, event.why)
        self._after_leaving(event.person)

    def _peer_silent(self, event: PeerSilent, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None:
            member.quiet = True
            member.heard = max(member.heard, now - QUIET_AFTER)
            self._tell_others(member.seat.person)

    def _peer_back(self, event: PeerBack, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None:
            member.quiet = False
            self._tell_others(member.seat.person)

    def _peer_gone(self, event: PeerGone, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is None:
            return
        if member.flowing and member.socket is None:
            member.heard = now
        self._close_peer(member)
        self._time_passed(TimePassed(), now)
        self._tell_others(member.seat.person)

    def _peer_graded(self, event: PeerGraded, now: float) -> None:
        member = self.company.member_of(event.peer)
        if member is not None and member.connection != event.grade:
            member.connection = event.grade
            self._tell_others(member.seat.person)

    def _time_passed(self, event: TimePassed, now: float) -> None:
        for member in list(self.company.members.values()):
            if member.missing and now >= member.heard + GRACE:
                self._end_stay(member, member.heard, "browser lost")
                self._after_leaving(member.seat.person)

    def _over(self, event: Over, now: float) -> None:
        for member in list(self.company.members.values()):
            self._end_stay(member, now, "over")

    # Seats and slots

    def _sit_down(self, asked: OpenPeer, now: float) -> Member:
        member = Member(asked.seat, self.make_id(), asked.socket, None, now)
        person = asked.seat.person
        self.company.add(member)
        self._do(BeginStay(member.stay, person, now))
        return member

    def _take_over(self, member: Member, socket: str) -> None:
        older, member.socket = member.socket, socket
        if older is not None and older != socket:
            self._end_socket(older, "replaced")

    def _connect(self, person: str, peer: str) -> None:
        for slot, sender in self.company.senders_to(person):
            self._do(SeatPeer(peer, slot, sender))
        self._show(person, peer)

    def _show(self, person: str, peer: str | None) -> None:
        for receiver, slot in self.company.receivers_of(person):
            self._do(SeatPeer(receiver, slot, peer))

    def _close_peer(self, member: Member) -> None:
        if member.peer is not None:
            peer, member.peer, member.quiet = member.peer, None, False
            self._show(member.seat.person, None)
            self._do(ClosePeer(peer, member.stay))

    def _end_stay(self, member: Member, at: float, why: str) -> None:
        person = member.seat.person
        self._close_peer(member)
        self.company.drop(person)
        self._do(EndStay(member.stay, person, at, why))

    def _after_leaving(self, person: str) -> None:
        self.company.forget_absent(person)
        self._tell_others(person)

    # What each is told

    def _tell_others(self, person: str) -> None:
        for socket, seat in self.company.sockets.items():
            if seat.person != person:
                self._send(socket, self.company.roster_for(seat.person))

    def _end_socket(self, socket: str, why: Why) -> None:
        if self.company.sockets.pop(socket, None) is not None:
            self._do(EndSocket(socket, why))

    def _error(self, said: Said, code: Code, text: str) -> None:
        self._send(said.socket, Error(code, text, name_of(said.message)))

    def _send(self, socket: str, message: ServerMessage) -> None:
        self._do(Send(socket, message))

    def _do(self, command: Command) -> None:
        self._commands.append(command)


_EVENTS: dict[type[Event], Callable[[Room, Any, float], None]] = {
    Said: Room._said,
    SocketClosed: Room._socket_closed,
    Removed: Room._removed,
    PeerOpened: Room._peer_opened,
    PeerRefused: Room._peer_refused,
    PeerSilent: Room._peer_silent,
    PeerBack: Room._peer_back,
    PeerGone: Room._peer_gone,
    PeerGraded: Room._peer_graded,
    TimePassed: Room._time_passed,
    Over: Room._over,
}
_MESSAGES: dict[type[BrowserMessage], Callable[[Room, Said, Any, float], None]] = {
    Hello: Room._hello,
    Enter: Room._enter,
    Resume: Room._resume,
    State: Room._state,
    Phone: Room._phone,
    Leave: Room._leave,
    Ping: Room._ping,
}
