"""Each change of an attendance, and the commands that follow from it, in their order."""

from itertools import count

import pytest

from signaling.news import Joined, Left
from signaling.room.attendances import Attendances
from signaling.room.events import ClosePeer, Command, EndSocket, SeatPeer
from signaling.room.participants import Participant, Participants
from signaling.seat import Seat


class Call:
    """Attendances of a call for two, and what they commanded since it was last looked at."""

    def __init__(self) -> None:
        numbers = count(1)
        self.participants = Participants(2)
        self._done: list[Command] = []
        self.attendances = Attendances(
            self.participants, lambda: f"attendance {next(numbers)}", lambda now: now + 100, self._done.append
        )

    def begin(self, person: str) -> Participant:
        """Someone says hello and takes a seat, with a peer named after them."""
        seat = Seat("7", person, person.title())
        self.participants.add_socket(f"{person}1", seat)
        participant = self.attendances.begin(seat, f"{person}1", 5.0)
        self.attendances.replace_peer(participant, person)
        return participant

    def done(self) -> list[Command]:
        done = self._done[:]
        self._done.clear()
        return done


@pytest.fixture
def call() -> Call:
    return Call()


def test_two_begin_and_arrive_at_each_other(call: Call) -> None:
    ann = call.begin("ann")
    call.attendances.connect("ann", "ann")
    assert call.done() == [Joined("attendance 1", "7", "ann", 105.0)]
    call.begin("bob")
    call.attendances.connect("bob", "bob")
    assert call.done() == [
        Joined("attendance 2", "7", "bob", 105.0),
        SeatPeer("bob", 0, "ann"),
        SeatPeer("ann", 0, "bob"),
    ]
    assert call.participants.seated["ann"] is ann


def test_an_older_socket_is_ended_once(call: Call) -> None:
    ann = call.begin("ann")
    call.participants.add_socket("ann2", ann.seat)
    call.done()
    for socket in ("ann1", "ann2", "ann2"):
        call.attendances.replace_socket(ann, socket)
    call.attendances.end_socket("ann1", "left")
    assert call.done() == [EndSocket("ann1", "replaced")]
    assert (ann.socket, list(call.participants.sockets)) == ("ann2", ["ann2"])


def test_a_new_leg_replaces_a_silent_one(call: Call) -> None:
    ann = call.begin("ann")
    ann.quiet = True
    call.done()
    call.attendances.replace_peer(ann, "new")
    assert call.done() == [ClosePeer("ann", "attendance 1")]
    assert (ann.peer, ann.flowing) == ("new", True)


def test_a_closed_leg_leaves_its_slots_empty_and_keeps_the_seat(call: Call) -> None:
    ann, _ = call.begin("ann"), call.begin("bob")
    call.done()
    for _ in range(2):
        call.attendances.close_peer(ann)
    assert call.done() == [SeatPeer("bob", 0, None), ClosePeer("ann", "attendance 1")]
    assert ann.here == "reconnecting"


def test_an_ended_attendance_closes_its_leg_first_and_frees_the_seat(call: Call) -> None:
    ann, _ = call.begin("ann"), call.begin("bob")
    call.done()
    call.attendances.end(ann, 4.0, "left")
    closed = [SeatPeer("bob", 0, None), ClosePeer("ann", "attendance 1")]
    assert call.done() == [*closed, Left("attendance 1", "7", "ann", 104.0, "left")]
    assert list(call.participants.seated) == ["bob"]
