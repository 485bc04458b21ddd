"""Stays in one call and their legs, pure: each begins, is carried from socket to socket and leg to leg, and ends.

Who is seated changes with them in the company, and `do` takes the commands that follow, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from signaling.protocol.messages import Why
from signaling.room.events import BeginStay, ClosePeer, Command, EndSocket, EndStay, SeatPeer
from signaling.room.participants import Company, Member
from signaling.seat import Seat


@dataclass(frozen=True, slots=True)
class Stays:
    """`make_id` returns a fresh 32-hex id on each call."""

    company: Company
    make_id: Callable[[], str]
    do: Callable[[Command], None]

    def begin(self, seat: Seat, socket: str, now: float) -> Member:
        """A person takes a seat; they have no leg yet."""
        member = Member(seat, self.make_id(), socket, None, now)
        self.company.add(member)
        self.do(BeginStay(member.stay, seat.person, now))
        return member

    def take_over(self, member: Member, socket: str) -> None:
        """The stay goes on over this socket; an older one is ended."""
        older, member.socket = member.socket, socket
        if older is not None and older != socket:
            self.end_socket(older, "replaced")

    def replace_leg(self, member: Member, peer: str) -> None:
        """The stay goes on over this leg; an older one is closed. To be followed by `connect`."""
        if member.peer is not None:
            self.do(ClosePeer(member.peer, member.stay))
        member.peer, member.quiet = peer, False

    def connect(self, person: str, peer: str) -> None:
        """Let everybody arrive at this person's leg, and what it sends at everybody's."""
        for slot, sender in self.company.senders_to(person):
            self.do(SeatPeer(peer, slot, sender))
        self._show(person, peer)

    def close_leg(self, member: Member) -> None:
        """Close the leg, if there is one; the seat is kept."""
        if member.peer is not None:
            peer, member.peer, member.quiet = member.peer, None, False
            self._show(member.seat.person, None)
            self.do(ClosePeer(peer, member.stay))

    def end(self, member: Member, at: float, why: str) -> None:
        """The person gives the seat up: the stay ended `at`."""
        person = member.seat.person
        self.close_leg(member)
        self.company.drop(person)
        self.do(EndStay(member.stay, person, at, why))

    def end_socket(self, socket: str, why: Why) -> None:
        """Nothing is taken from this socket any more."""
        if self.company.sockets.pop(socket, None) is not None:
            self.do(EndSocket(socket, why))

    def _show(self, person: str, peer: str | None) -> None:
        for receiver, slot in self.company.receivers_of(person):
            self.do(SeatPeer(receiver, slot, peer))
