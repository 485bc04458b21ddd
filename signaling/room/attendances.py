"""Attendances of one call and their peers, pure: each begins, may change its socket and its peer, and ends.

They change who is seated among the participants, and `do` takes the commands that follow, in order.
"""

from collections.abc import Callable
from dataclasses import dataclass

from signaling.news import Joined, Left
from signaling.protocol.messages import EndReason
from signaling.room.events import ClosePeer, Command, EndSocket, SeatPeer, SetPictures
from signaling.room.participants import Participant, Participants
from signaling.seat import Seat


@dataclass(frozen=True, slots=True)
class Attendances:
    """`make_id` returns a fresh 32-hex id on each call; `unix_time` turns the seconds of `now` into unix time."""

    participants: Participants
    make_id: Callable[[], str]
    unix_time: Callable[[float], float]
    do: Callable[[Command], None]

    def begin(self, seat: Seat, socket: str, now: float) -> Participant:
        """A person takes a seat; they have no peer yet."""
        participant = Participant(seat, self.make_id(), socket, None, now)
        self.participants.add(participant)
        self.do(Joined(participant.attendance, seat.call, seat.person, self.unix_time(now)))
        return participant

    def replace_socket(self, participant: Participant, socket: str) -> None:
        """The attendance goes on over this socket; an older one is ended."""
        older, participant.socket = participant.socket, socket
        if older is not None and older != socket:
            self.end_socket(older, "replaced")

    def replace_peer(self, participant: Participant, peer: str) -> None:
        """The attendance goes on over this peer; an older one is closed. `connect` must follow."""
        if participant.peer is not None:
            self.do(ClosePeer(participant.peer, participant.attendance))
        participant.peer, participant.quiet, participant.spoken = peer, False, 0.0
        if participant.sound_only:
            self.do(SetPictures(peer, wanted=False))

    def connect(self, person: str, peer: str) -> None:
        """Send what everybody sends to this person's peer, and what it sends to everybody."""
        for slot, sender in self.participants.senders_to(person):
            self.do(SeatPeer(peer, slot, sender))
        self._show(person, peer)

    def close_peer(self, participant: Participant) -> None:
        """Close the peer, if there is one; the seat is kept."""
        if participant.peer is not None:
            peer, participant.peer, participant.quiet = participant.peer, None, False
            self._show(participant.seat.person, None)
            self.do(ClosePeer(peer, participant.attendance))

    def end(self, participant: Participant, at: float, why: str) -> None:
        """The person gives the seat up: the attendance ended `at`."""
        seat = participant.seat
        self.close_peer(participant)
        self.participants.remove(seat.person)
        self.do(Left(participant.attendance, seat.call, seat.person, self.unix_time(at), why))

    def end_socket(self, socket: str, why: EndReason) -> None:
        """Nothing is taken from this socket any more."""
        if self.participants.sockets.pop(socket, None) is not None:
            self.do(EndSocket(socket, why))

    def _show(self, person: str, peer: str | None) -> None:
        for receiver, slot in self.participants.receivers_of(person):
            self.do(SeatPeer(receiver, slot, peer))
