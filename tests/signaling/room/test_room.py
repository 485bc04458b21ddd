"""The rules of a room, first as people live them, then for every order of events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from signaling.protocol import messages
from signaling.protocol.messages import (
    Ended,
    Enter,
    Entered,
    Error,
    Hello,
    Leave,
    Other,
    Phone,
    Ping,
    Pong,
    Resume,
    Resumed,
    Roster,
    State,
    Welcome,
)
from signaling.room import events
from signaling.room.events import (
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
from signaling.room.room import GRACE, QUIET_AFTER, Room
from signaling.seat import Seat


@dataclass
class House:
    """Runs a room as the switchboard does, and remembers what it commanded."""

    seats: int = 2
    now: float = 1000.0
    told: dict[str, list[messages.ServerMessage]] = field(default_factory=dict)
    arriving: dict[tuple[str, int], str | None] = field(default_factory=dict)
    legs: set[str] = field(default_factory=set)
    stays: list[BeginStay | EndStay] = field(default_factory=list)
    refuse: bool = False

    def __post_init__(self) -> None:
        numbers = count(1)
        self.room = Room("7", self.seats, lambda: f"{next(numbers):032x}")

    def say(self, socket: str, message: messages.BrowserMessage) -> list[messages.ServerMessage]:
        """`socket` is a person's name and a number, as in 'ann1'. Returns what this socket is told."""
        person = socket.rstrip("0123456789")
        before = len(self.told.get(socket, []))
        self.take(Said(socket, Seat("7", person, person.title(), self.seats), message))
        return self.told.get(socket, [])[before:]

    def take(self, event: Event) -> None:
        for command in self.room.receive(event, self.now):
            self.perform(command)

    def perform(self, command: Command) -> None:
        match command:
            case Send(socket, message):
                self.told.setdefault(socket, []).append(message)
            case EndSocket(socket, why):
                self.told.setdefault(socket, []).append(Ended(why))
            case OpenPeer() if self.refuse:
                self.take(PeerRefused(command, "No."))
            case OpenPeer(peer):
                self.legs.add(peer)
                self.take(PeerOpened(command, "answer"))
            case ClosePeer(peer):
                self.legs.remove(peer)
                self.arriving = {at: who for at, who in self.arriving.items() if at[0] != peer and who != peer}
            case SeatPeer(receiver, slot, sender):
                assert receiver in self.legs
                assert sender is None or sender in self.legs
                self.arriving[receiver, slot] = sender
            case BeginStay() | EndStay():
                self.stays.append(command)

    def enter(self, socket: str) -> str:
        """Say hello and enter; returns the peer."""
        self.say(socket, Hello(1))
        return self.enter_again(socket)

    def enter_again(self, socket: str) -> str:
        entered = next(said for said in self.say(socket, Enter("offer", True, True)) if isinstance(said, Entered))
        return entered.peer

    def roster(self, socket: str) -> tuple[Other, ...]:
        """The last roster told to a socket."""
        return next(said for said in reversed(self.told[socket]) if isinstance(said, Roster)).people

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.take(TimePassed())

    def ended(self) -> list[tuple[str, float, str]]:
        return [(stay.person, stay.at, stay.why) for stay in self.stays if isinstance(stay, EndStay)]


@pytest.fixture
def house() -> House:
    return House()


def test_two_people_meet(house: House) -> None:
    assert house.say("ann1", Hello(1)) == [Welcome(1, "ann", "Ann", 1, True, True), Roster(())]
    house.say("bob1", Hello(1))
    assert house.roster("ann1") == (Other("bob", "Bob", "waiting", None, False, False, False),)
    ann = house.enter_again("ann1")
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, True, True, False),)
    bob = house.enter_again("bob1")
    assert house.roster("ann1") == (Other("bob", "Bob", "in", 0, True, True, False),)
    assert house.arriving == {(ann, 0): bob, (bob, 0): ann}
    assert [(stay.person, stay.at) for stay in house.stays] == [("ann", 1000.0), ("bob", 1000.0)]


def test_a_state_is_told_to_the_others(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    assert house.say("ann1", State(False, True, True)) == []
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, False, True, True),)


def test_the_others_are_told_that_somebody_would_like_to_go_on_by_phone(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    assert house.say("ann1", Phone(True)) == []
    wishing = (Other("ann", "Ann", "in", 0, True, True, False, phone=True),)
    assert house.roster("bob1") == wishing
    told = len(house.told["bob1"])
    house.say("ann1", Phone(True))
    assert len(house.told["bob1"]) == told
    house.enter_again("ann1")
    assert house.roster("bob1") == wishing
    house.say("ann1", Phone(False))
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, True, True, False),)


def test_who_may_not_speak_or_show_is_never_shown_to(house: House) -> None:
    house.say("bob1", Hello(1))
    quiet = Seat("7", "ann", "Ann", may_speak=False, may_show=False)
    house.take(Said("ann1", quiet, Hello(1)))
    house.take(Said("ann1", quiet, Enter("offer", True, True)))
    house.take(Said("ann1", quiet, State(True, True, True)))
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, False, False, False),)


def test_the_others_are_told_how_good_somebodys_connection_is_when_that_changes(house: House) -> None:
    ann = house.enter("ann1")
    house.enter("bob1")
    told = len(house.told["bob1"])
    for grade in ("good", "weak", "weak", "poor"):
        house.take(PeerGraded(ann, grade))
    people = [message.people for message in house.told["bob1"][told:]]
    assert [other.connection for (other,) in people] == ["good", "weak", "poor"]
    house.take(PeerGraded("a leg that is gone", "poor"))
    assert len(house.told["bob1"]) == told + 3


def test_leaving_ends_the_stay_at_once(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    assert house.say("ann1", Leave()) == [Ended("left")]
    assert house.ended() == [("ann", 1000.0, "left")]
    assert house.roster("bob1") == ()


def test_entering_elsewhere_takes_the_seat_over(house: House) -> None:
    house.enter("ann1")
    bob = house.enter("bob1")
    second = house.enter("ann2")
    assert house.told["ann1"][-1] == Ended("replaced")
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, True, True, False),)
    assert house.arriving == {(bob, 0): second, (second, 0): bob}
    assert house.legs == {bob, second}
    assert len(house.stays) == 2


def test_a_waiting_second_tab_takes_nothing(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    house.say("ann2", Hello(1))
    house.take(SocketClosed("ann2", 0.0))
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, True, True, False),)
    assert house.say("ann1", State(True, True, False)) == []


def test_a_fresh_connection_on_the_same_socket_replaces_the_first(house: House) -> None:
    house.enter("ann1")
    bob = house.enter("bob1")
    again = house.enter_again("ann1")
    assert house.legs == {bob, again}
    assert house.arriving == {(bob, 0): again, (again, 0): bob}
    assert Ended("replaced") not in house.told["ann1"]


def test_a_lost_socket_is_resumed(house: House) -> None:
    ann = house.enter("ann1")
    house.enter("bob1")
    house.take(SocketClosed("ann1", 0.0))
    assert house.roster("bob1") == (Other("ann", "Ann", "reconnecting", 0, True, True, False),)
    house.say("ann2", Hello(1))
    assert house.say("ann2", Resume(ann)) == [Resumed(ann)]
    assert house.roster("bob1") == (Other("ann", "Ann", "in", 0, True, True, False),)
    assert house.ended() == []


def test_a_seat_is_kept_while_media_flows(house: House) -> None:
    house.enter("ann1")
    house.take(SocketClosed("ann1", 0.0))
    assert house.room.deadline() is None
    house.pass_time(3600)
    assert house.ended() == []


def test_a_dead_browser_is_gone_after_the_grace_at_the_time_it_was_last_heard(house: House) -> None:
    ann = house.enter("ann1")
    house.enter("bob1")
    house.now += 60
    house.take(SocketClosed("ann1", 0.0))
    house.now += QUIET_AFTER
    house.take(PeerSilent(ann))
    assert house.room.deadline() == 1060 + GRACE
    house.pass_time(GRACE - QUIET_AFTER - 0.1)
    assert house.ended() == []
    house.pass_time(0.1)
    assert house.ended() == [("ann", 1060.0, "browser lost")]
    assert house.roster("bob1") == ()


def test_a_vanished_browser_was_last_heard_before_its_socket_closed(house: House) -> None:
    ann = house.enter("ann1")
    house.now += 100
    house.take(PeerSilent(ann))
    house.now += 12
    house.take(SocketClosed("ann1", 13.0))
    house.pass_time(GRACE)
    assert house.ended() == [("ann", 1099.0, "browser lost")]


def test_coming_back_within_the_grace_goes_on_with_the_stay(house: House) -> None:
    ann = house.enter("ann1")
    house.take(SocketClosed("ann1", 0.0))
    house.take(PeerGone(ann))
    house.pass_time(GRACE - 1)
    house.enter("ann2")
    assert len(house.stays) == 1


def test_coming_back_later_is_a_new_stay(house: House) -> None:
    ann = house.enter("ann1")
    house.take(SocketClosed("ann1", 0.0))
    house.take(PeerGone(ann))
    house.pass_time(GRACE)
    house.enter("ann2")
    first, end, second = house.stays
    assert isinstance(end, EndStay)
    assert first.stay == end.stay
    assert second.stay != first.stay


def test_a_quiet_peer_is_reconnecting_until_it_is_heard(house: House) -> None:
    ann = house.enter("ann1")
    house.enter("bob1")
    house.take(PeerSilent(ann))
    assert [other.here for other in house.roster("bob1")] == ["reconnecting"]
    house.take(PeerBack(ann))
    assert [other.here for other in house.roster("bob1")] == ["in"]


def test_a_lost_peer_with_a_live_socket_keeps_the_seat(house: House) -> None:
    ann = house.enter("ann1")
    bob = house.enter("bob1")
    house.take(PeerGone(ann))
    assert house.roster("bob1") == (Other("ann", "Ann", "reconnecting", 0, True, True, False),)
    assert house.arriving == {(bob, 0): None}
    house.pass_time(3600)
    assert house.ended() == []
    assert house.say("ann1", Resume(ann)) == [Error("unknown_peer", "This connection is over: enter again.", "resume")]
    again = house.enter_again("ann1")
    assert house.arriving == {(bob, 0): again, (again, 0): bob}


def test_removal_ends_seat_and_every_socket(house: House) -> None:
    house.enter("ann1")
    house.say("ann2", Hello(1))
    house.enter("bob1")
    house.take(Removed("ann", "removed"))
    assert [house.told[socket][-1] for socket in ("ann1", "ann2")] == [Ended("removed"), Ended("removed")]
    assert house.ended() == [("ann", 1000.0, "removed")]
    assert house.roster("bob1") == ()


def test_the_end_of_the_process_ends_every_stay(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    house.take(Over())
    assert [(person, why) for person, _, why in house.ended()] == [("ann", "over"), ("bob", "over")]
    assert house.legs == set()


def test_a_third_finds_the_room_full(house: House) -> None:
    house.enter("ann1")
    house.enter("bob1")
    house.say("cid1", Hello(1))
    assert house.say("cid1", Enter("offer", True, True)) == [
        Error("full", "Every seat of this call is taken.", "enter")
    ]
    house.say("ann1", Leave())
    cid = house.enter_again("cid1")
    assert house.arriving[cid, 0] in house.legs


def test_slots_stay_when_others_come_and_go() -> None:
    house = House(seats=4)
    for socket in ("ann1", "bob1", "cid1", "dan1"):
        house.enter(socket)
    before = {other.person: other.slot for other in house.roster("dan1")}
    house.say("bob1", Leave())
    house.enter("eve1")
    after = {other.person: other.slot for other in house.roster("dan1")}
    assert before == {"ann": 0, "bob": 1, "cid": 2}
    assert after == {"ann": 0, "eve": 1, "cid": 2}


@pytest.mark.parametrize(
    "message", [Enter("o", True, True), Resume("x"), State(True, True, True), Phone(True), Leave()]
)
def test_nothing_is_taken_before_hello(house: House, message: messages.BrowserMessage) -> None:
    name = messages.name_of(message)
    assert house.say("ann1", message) == [Error("not_entered", "Say hello first.", name)]
    assert house.room.company.empty


@pytest.mark.parametrize("message", [State(True, True, True), Phone(True)])
def test_a_state_or_a_wish_is_not_taken_before_entering(house: House, message: messages.BrowserMessage) -> None:
    house.say("ann1", Hello(1))
    name = messages.name_of(message)
    assert house.say("ann1", message) == [Error("not_entered", "Enter the call first.", name)]


def test_a_bad_offer_changes_nothing(house: House) -> None:
    ann = house.enter("ann1")
    house.enter("bob1")
    house.refuse = True
    rosters = len(house.told["bob1"])
    assert house.say("ann1", Enter("junk", True, True)) == [Error("bad_offer", "No.", "enter")]
    assert ann in house.legs
    assert len(house.told["bob1"]) == rosters


def test_nobody_resumes_the_connection_of_another(house: House) -> None:
    ann = house.enter("ann1")
    house.say("bob1", Hello(1))
    assert [said.code for said in house.say("bob1", Resume(ann)) if isinstance(said, Error)] == ["unknown_peer"]


def test_a_ping_is_answered(house: House) -> None:
    assert house.say("ann1", Ping(4)) == [Pong(4)]


SOCKETS = [f"{person}{number}" for person in ("ann", "bob", "cid", "dan") for number in (1, 2)]
LIVING = st.sampled_from(SOCKETS)


class AnyOrder(RuleBasedStateMachine):
    """Four people with two sockets each, in a room of three; any event at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House(seats=3)

    @rule(socket=LIVING)
    def hello(self, socket: str) -> None:
        self.house.say(socket, Hello(1))

    @rule(socket=LIVING, greet=st.booleans())
    def enter(self, socket: str, greet: bool) -> None:
        if greet:
            self.house.say(socket, Hello(1))
        self.house.say(socket, Enter("offer", True, False))

    @rule(socket=LIVING)
    def fail_to_enter(self, socket: str) -> None:
        self.house.refuse = True
        self.house.say(socket, Enter("junk", True, False))
        self.house.refuse = False

    @rule(socket=LIVING, which=st.integers(0, 3))
    def resume(self, socket: str, which: int) -> None:
        peers = [*sorted(self.house.legs), "none"]
        self.house.say(socket, Resume(peers[which % len(peers)]))

    @rule(socket=LIVING)
    def state(self, socket: str) -> None:
        self.house.say(socket, State(True, True, True))

    @rule(socket=LIVING, wanted=st.booleans())
    def wish_for_the_phone(self, socket: str, wanted: bool) -> None:
        self.house.say(socket, Phone(wanted))

    @rule(socket=LIVING)
    def leave(self, socket: str) -> None:
        self.house.say(socket, Leave())

    @rule(socket=LIVING, silent=st.sampled_from([0.0, 5.0]))
    def close(self, socket: str, silent: float) -> None:
        self.house.take(SocketClosed(socket, silent))

    @precondition(lambda self: self.house.legs)
    @rule(
        which=st.integers(0, 3),
        kind=st.sampled_from([events.PeerSilent, events.PeerBack, events.PeerGone]),
    )
    def happen(self, which: int, kind: Callable[[str], Event]) -> None:
        peers = sorted(self.house.legs)
        self.house.take(kind(peers[which % len(peers)]))

    @rule(person=st.sampled_from(["ann", "bob"]))
    def remove(self, person: str) -> None:
        self.house.take(Removed(person, "removed"))

    @rule(seconds=st.sampled_from([0.5, 5.0, 29.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.house.pass_time(seconds)

    @invariant()
    def nobody_is_twice_or_too_many(self) -> None:
        room = self.house.room
        assert len(room.company.members) <= 3
        for person, view in room.company.views.items():
            seen = [other for other in view if other is not None]
            assert len(seen) == len(set(seen))
            assert person not in seen
        for person in room.company.members:
            assert sorted(room.company.members) == sorted([person, *filter(None, room.company.views[person])])

    @invariant()
    def what_arrives_is_what_is_shown(self) -> None:
        room = self.house.room
        legs = {member.peer: member for member in room.company.members.values() if member.peer is not None}
        assert set(legs) == self.house.legs
        expected = {
            (peer, slot): room.company.members[other].peer
            for peer, member in legs.items()
            for slot, other in enumerate(room.company.views[member.seat.person])
            if other is not None and room.company.members[other].peer is not None
        }
        assert {at: who for at, who in self.house.arriving.items() if who is not None} == expected

    @invariant()
    def every_socket_saw_the_latest_roster(self) -> None:
        room = self.house.room
        for socket, seat in room.company.sockets.items():
            assert set(self.house.roster(socket)) == set(room.company.roster_for(seat.person).people)

    @invariant()
    def every_stay_begins_and_ends_once(self) -> None:
        begun = [stay.stay for stay in self.house.stays if isinstance(stay, BeginStay)]
        ended = [stay.stay for stay in self.house.stays if isinstance(stay, EndStay)]
        going = [member.stay for member in self.house.room.company.members.values()]
        assert len(begun) == len(set(begun))
        assert sorted(begun) == sorted(ended + going)

    @invariant()
    def no_ghost_stays(self) -> None:
        room = self.house.room
        for member in room.company.members.values():
            assert member.socket is None or room.company.sockets[member.socket].person == member.seat.person
            assert not member.missing or room.deadline() is not None
        assert set(room.company.views) == {
            *room.company.members,
            *(seat.person for seat in room.company.sockets.values()),
        }

    def teardown(self) -> None:
        for socket in SOCKETS:
            self.house.take(SocketClosed(socket, 0.0))
        for peer in sorted(self.house.legs):
            self.house.take(PeerGone(peer))
        self.house.pass_time(GRACE)
        assert self.house.room.company.empty
        assert self.house.room.company.views == {}
        self.every_stay_begins_and_ends_once()


AnyOrder.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
test_any_order_of_events = AnyOrder.TestCase
