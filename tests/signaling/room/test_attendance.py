"""Each change of a stay, and the commands that follow from it, in their order."""

from itertools import count

import pytest

from signaling.room.attendance import Stays
from signaling.room.events import BeginStay, ClosePeer, Command, EndSocket, EndStay, SeatPeer
from signaling.room.participants import Company, Member
from signaling.seat import Seat


class Stayed:
    """Stays of a call for two, and what they commanded since it was last looked at."""

    def __init__(self) -> None:
        numbers = count(1)
        self.company = Company(2)
        self._done: list[Command] = []
        self.stays = Stays(self.company, lambda: f"stay {next(numbers)}", self._done.append)

    def begin(self, person: str) -> Member:
        """Someone says hello and takes a seat, with a leg named after them."""
        seat = Seat("7", person, person.title())
        self.company.meet(f"{person}1", seat)
        member = self.stays.begin(seat, f"{person}1", 5.0)
        self.stays.replace_leg(member, person)
        return member

    def done(self) -> list[Command]:
        done = self._done[:]
        self._done.clear()
        return done


@pytest.fixture
def call() -> Stayed:
    return Stayed()


def test_two_begin_and_arrive_at_each_other(call: Stayed) -> None:
    ann = call.begin("ann")
    call.stays.connect("ann", "ann")
    assert call.done() == [BeginStay("stay 1", "ann", 5.0)]
    call.begin("bob")
    call.stays.connect("bob", "bob")
    assert call.done() == [BeginStay("stay 2", "bob", 5.0), SeatPeer("bob", 0, "ann"), SeatPeer("ann", 0, "bob")]
    assert call.company.members["ann"] is ann


def test_an_older_socket_is_ended_once(call: Stayed) -> None:
    ann = call.begin("ann")
    call.company.meet("ann2", ann.seat)
    call.done()
    for socket in ("ann1", "ann2", "ann2"):
        call.stays.take_over(ann, socket)
    call.stays.end_socket("ann1", "left")
    assert call.done() == [EndSocket("ann1", "replaced")]
    assert (ann.socket, list(call.company.sockets)) == ("ann2", ["ann2"])


def test_a_new_leg_replaces_a_silent_one(call: Stayed) -> None:
    ann = call.begin("ann")
    ann.quiet = True
    call.done()
    call.stays.replace_leg(ann, "new")
    assert call.done() == [ClosePeer("ann", "stay 1")]
    assert (ann.peer, ann.flowing) == ("new", True)


def test_a_closed_leg_leaves_its_slots_empty_and_keeps_the_seat(call: Stayed) -> None:
    ann, _ = call.begin("ann"), call.begin("bob")
    call.done()
    for _ in range(2):
        call.stays.close_leg(ann)
    assert call.done() == [SeatPeer("bob", 0, None), ClosePeer("ann", "stay 1")]
    assert ann.here == "reconnecting"


def test_an_ended_stay_closes_its_leg_first_and_frees_the_seat(call: Stayed) -> None:
    ann, _ = call.begin("ann"), call.begin("bob")
    call.done()
    call.stays.end(ann, 4.0, "left")
    closed = [SeatPeer("bob", 0, None), ClosePeer("ann", "stay 1")]
    assert call.done() == [*closed, EndStay("stay 1", "ann", 4.0, "left")]
    assert list(call.company.members) == ["bob"]
