"""The rules of a room, first as people live them, then for every order of events."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from signaling.codec import tag_of
from signaling.news import Joined, Left
from signaling.protocol import messages
from signaling.protocol.messages import (
    Captions,
    Chat,
    ChatLine,
    Ended,
    Enter,
    Entered,
    ErrorMessage,
    Hello,
    Keys,
    Leave,
    MediaState,
    PhoneWish,
    Ping,
    Pong,
    RaisedHand,
    Resume,
    Resumed,
    Roster,
    RosterEntry,
    SoundOnly,
    SpeakingOff,
    Welcome,
)
from signaling.room import events
from signaling.room.events import (
    ClosePeer,
    Command,
    EndSocket,
    MessageReceived,
    OpenPeer,
    PeerGone,
    PeerGraded,
    PeerOpened,
    PeerRecovered,
    PeerRefused,
    PeerSilent,
    PersonRemoved,
    RoomEvent,
    SeatPeer,
    Send,
    SetPictures,
    Shutdown,
    SocketClosed,
    Tick,
)
from signaling.room.room import GRACE, QUIET_AFTER, Room
from signaling.seat import Seat


@dataclass
class RunningRoom:
    """Runs a room as a relay process does, and remembers what it commanded."""

    seats: int = 2
    now: float = 1000.0
    told: dict[str, list[messages.ServerMessage]] = field(default_factory=dict)
    arriving: dict[tuple[str, int], str | None] = field(default_factory=dict)
    peers: set[str] = field(default_factory=set)
    news: list[Joined | Left] = field(default_factory=list)
    refuse: bool = False
    without_pictures: set[str] = field(default_factory=set)
    # Who gets no chat from before they entered.
    later_only: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        numbers = count(1)
        self.room = Room("7", self.seats, lambda: f"{next(numbers):032x}", lambda now: now)

    def say(self, socket: str, message: messages.ClientMessage) -> list[messages.ServerMessage]:
        """`socket` is a person's name and a number, as in 'ann1'. Returns what this socket is told."""
        person = socket.rstrip("0123456789")
        before = len(self.told.get(socket, []))
        seat = Seat("7", person, person.title(), self.seats, reads_earlier=person not in self.later_only)
        self.take(MessageReceived(socket, seat, message))
        return self.told.get(socket, [])[before:]

    def take(self, event: RoomEvent) -> None:
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
                self.peers.add(peer)
                self.take(PeerOpened(command, "answer"))
            case ClosePeer(peer):
                self.peers.remove(peer)
                self.arriving = {at: who for at, who in self.arriving.items() if at[0] != peer and who != peer}
            case SeatPeer(receiver, slot, sender):
                assert receiver in self.peers
                assert sender is None or sender in self.peers
                self.arriving[receiver, slot] = sender
            case SetPictures(peer, wanted):
                assert peer in self.peers
                (self.without_pictures.discard if wanted else self.without_pictures.add)(peer)
            case Joined() | Left():
                self.news.append(command)

    def enter(self, socket: str) -> str:
        """Say hello and enter; returns the peer."""
        self.say(socket, Hello(1))
        return self.enter_again(socket)

    def enter_again(self, socket: str) -> str:
        entered = next(each for each in self.say(socket, Enter("offer", True, True)) if isinstance(each, Entered))
        return entered.peer

    def roster(self, socket: str) -> tuple[RosterEntry, ...]:
        """The last roster told to a socket."""
        return next(each for each in reversed(self.told[socket]) if isinstance(each, Roster)).people

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.take(Tick())

    def ended(self) -> list[tuple[str, float, str]]:
        return [(each.person, each.at, each.why) for each in self.news if isinstance(each, Left)]


@pytest.fixture
def call() -> RunningRoom:
    return RunningRoom()


def test_two_people_meet(call: RunningRoom) -> None:
    assert call.say("ann1", Hello(1)) == [Welcome(1, "ann", "Ann", 1, True, True), Roster(())]
    call.say("bob1", Hello(1))
    assert call.roster("ann1") == (RosterEntry("bob", "Bob", "waiting", None, False, False, False),)
    ann = call.enter_again("ann1")
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, True, True, False),)
    bob = call.enter_again("bob1")
    assert call.roster("ann1") == (RosterEntry("bob", "Bob", "in", 0, True, True, False),)
    assert call.arriving == {(ann, 0): bob, (bob, 0): ann}
    assert [(each.person, each.at) for each in call.news] == [("ann", 1000.0), ("bob", 1000.0)]


def test_a_state_is_told_to_the_others(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    assert call.say("ann1", MediaState(False, True, True)) == []
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, False, True, True),)


def test_the_others_are_told_that_somebody_would_like_to_go_on_by_phone(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    assert call.say("ann1", PhoneWish(True)) == []
    wishing = (RosterEntry("ann", "Ann", "in", 0, True, True, False, phone=True),)
    assert call.roster("bob1") == wishing
    told = len(call.told["bob1"])
    call.say("ann1", PhoneWish(True))
    assert len(call.told["bob1"]) == told
    call.enter_again("ann1")
    assert call.roster("bob1") == wishing
    call.say("ann1", PhoneWish(False))
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, True, True, False),)


def test_who_may_not_speak_or_show_is_never_shown_to(call: RunningRoom) -> None:
    call.say("bob1", Hello(1))
    quiet = Seat("7", "ann", "Ann", may_speak=False, may_show=False)
    call.take(MessageReceived("ann1", quiet, Hello(1)))
    call.take(MessageReceived("ann1", quiet, Enter("offer", True, True)))
    call.take(MessageReceived("ann1", quiet, MediaState(True, True, True)))
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, False, False, False),)


def test_the_others_are_told_how_good_somebodys_connection_is_when_that_changes(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    told = len(call.told["bob1"])
    for grade in ("good", "weak", "weak", "poor"):
        call.take(PeerGraded(ann, grade))
    people = [message.people for message in call.told["bob1"][told:]]
    assert [other.connection for (other,) in people] == ["good", "weak", "poor"]
    call.take(PeerGraded("a peer that is gone", "poor"))
    assert len(call.told["bob1"]) == told + 3


def test_leaving_ends_the_attendance_at_once(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    assert call.say("ann1", Leave()) == [Ended("left")]
    assert call.ended() == [("ann", 1000.0, "left")]
    assert call.roster("bob1") == ()


def test_entering_elsewhere_takes_the_seat_over(call: RunningRoom) -> None:
    call.enter("ann1")
    bob = call.enter("bob1")
    second = call.enter("ann2")
    assert call.told["ann1"][-1] == Ended("replaced")
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, True, True, False),)
    assert call.arriving == {(bob, 0): second, (second, 0): bob}
    assert call.peers == {bob, second}
    assert len(call.news) == 2


def test_a_waiting_second_tab_takes_nothing(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    call.say("ann2", Hello(1))
    call.take(SocketClosed("ann2", 0.0))
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, True, True, False),)
    assert call.say("ann1", MediaState(True, True, False)) == []


def test_a_fresh_connection_on_the_same_socket_replaces_the_first(call: RunningRoom) -> None:
    call.enter("ann1")
    bob = call.enter("bob1")
    again = call.enter_again("ann1")
    assert call.peers == {bob, again}
    assert call.arriving == {(bob, 0): again, (again, 0): bob}
    assert Ended("replaced") not in call.told["ann1"]


def test_a_lost_socket_is_resumed(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.take(SocketClosed("ann1", 0.0))
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "reconnecting", 0, True, True, False),)
    call.say("ann2", Hello(1))
    assert call.say("ann2", Resume(ann)) == [Resumed(ann)]
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "in", 0, True, True, False),)
    assert call.ended() == []


def test_a_seat_is_kept_while_media_flows(call: RunningRoom) -> None:
    call.enter("ann1")
    call.take(SocketClosed("ann1", 0.0))
    assert call.room.deadline() is None
    call.pass_time(3600)
    assert call.ended() == []


def test_a_dead_browser_is_gone_after_the_grace_at_the_time_it_was_last_heard(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.now += 60
    call.take(SocketClosed("ann1", 0.0))
    call.now += QUIET_AFTER
    call.take(PeerSilent(ann))
    assert call.room.deadline() == 1060 + GRACE
    call.pass_time(GRACE - QUIET_AFTER - 0.1)
    assert call.ended() == []
    call.pass_time(0.1)
    assert call.ended() == [("ann", 1060.0, "browser lost")]
    assert call.roster("bob1") == ()


def test_a_vanished_browser_was_last_heard_before_its_socket_closed(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.now += 100
    call.take(PeerSilent(ann))
    call.now += 12
    call.take(SocketClosed("ann1", 13.0))
    call.pass_time(GRACE)
    assert call.ended() == [("ann", 1099.0, "browser lost")]


def test_coming_back_within_the_grace_goes_on_with_the_attendance(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.take(SocketClosed("ann1", 0.0))
    call.take(PeerGone(ann))
    call.pass_time(GRACE - 1)
    call.enter("ann2")
    assert len(call.news) == 1


def test_coming_back_later_is_a_new_attendance(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.take(SocketClosed("ann1", 0.0))
    call.take(PeerGone(ann))
    call.pass_time(GRACE)
    call.enter("ann2")
    first, end, second = call.news
    assert isinstance(end, Left)
    assert first.attendance == end.attendance
    assert second.attendance != first.attendance


def test_a_quiet_peer_is_reconnecting_until_it_recovers(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.take(PeerSilent(ann))
    assert [other.here for other in call.roster("bob1")] == ["reconnecting"]
    call.take(PeerRecovered(ann))
    assert [other.here for other in call.roster("bob1")] == ["in"]


def test_a_lost_peer_with_a_live_socket_keeps_the_seat(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    bob = call.enter("bob1")
    call.take(PeerGone(ann))
    assert call.roster("bob1") == (RosterEntry("ann", "Ann", "reconnecting", 0, True, True, False),)
    assert call.arriving == {(bob, 0): None}
    call.pass_time(3600)
    assert call.ended() == []
    assert call.say("ann1", Resume(ann)) == [
        ErrorMessage("unknown_peer", "This connection is over: enter again.", "resume")
    ]
    again = call.enter_again("ann1")
    assert call.arriving == {(bob, 0): again, (again, 0): bob}


def test_removal_ends_seat_and_every_socket(call: RunningRoom) -> None:
    call.enter("ann1")
    call.say("ann2", Hello(1))
    call.enter("bob1")
    call.take(PersonRemoved("ann", "removed"))
    assert [call.told[socket][-1] for socket in ("ann1", "ann2")] == [Ended("removed"), Ended("removed")]
    assert call.ended() == [("ann", 1000.0, "removed")]
    assert call.roster("bob1") == ()


def test_the_end_of_the_process_ends_every_attendance(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    call.take(Shutdown())
    assert [(person, why) for person, _, why in call.ended()] == [("ann", "over"), ("bob", "over")]
    assert call.peers == set()


def test_a_third_finds_the_room_full(call: RunningRoom) -> None:
    call.enter("ann1")
    call.enter("bob1")
    call.say("cid1", Hello(1))
    assert call.say("cid1", Enter("offer", True, True)) == [
        ErrorMessage("full", "Every seat of this call is taken.", "enter")
    ]
    call.say("ann1", Leave())
    cid = call.enter_again("cid1")
    assert call.arriving[cid, 0] in call.peers


def test_slots_stay_when_others_come_and_go() -> None:
    call = RunningRoom(seats=4)
    for socket in ("ann1", "bob1", "cid1", "dan1"):
        call.enter(socket)
    before = {other.person: other.slot for other in call.roster("dan1")}
    call.say("bob1", Leave())
    call.enter("eve1")
    after = {other.person: other.slot for other in call.roster("dan1")}
    assert before == {"ann": 0, "bob": 1, "cid": 2}
    assert after == {"ann": 0, "eve": 1, "cid": 2}


ENTERED_ONLY: list[messages.ClientMessage] = [
    MediaState(True, True, True),
    PhoneWish(True),
    RaisedHand(True),
    SoundOnly(True),
    Chat("1234-5678", "{}"),
    Captions("bob", "ask"),
    SpeakingOff(),
]


@pytest.mark.parametrize("message", [*ENTERED_ONLY, Keys("bob", "{}"), Enter("o", True, True), Resume("x"), Leave()])
def test_nothing_is_taken_before_hello(call: RunningRoom, message: messages.ClientMessage) -> None:
    name = tag_of(message)
    assert call.say("ann1", message) == [ErrorMessage("not_entered", "Say hello first.", name)]
    assert call.room.participants.empty


@pytest.mark.parametrize("message", ENTERED_ONLY)
def test_what_needs_a_seat_is_not_taken_before_entering(call: RunningRoom, message: messages.ClientMessage) -> None:
    call.say("ann1", Hello(1))
    name = tag_of(message)
    assert call.say("ann1", message) == [ErrorMessage("not_entered", "Enter the call first.", name)]


def test_a_bad_offer_changes_nothing(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.refuse = True
    rosters = len(call.told["bob1"])
    assert call.say("ann1", Enter("junk", True, True)) == [ErrorMessage("bad_offer", "No.", "enter")]
    assert ann in call.peers
    assert len(call.told["bob1"]) == rosters


def test_nobody_resumes_the_connection_of_another(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.say("bob1", Hello(1))
    assert [each.code for each in call.say("bob1", Resume(ann)) if isinstance(each, ErrorMessage)] == ["unknown_peer"]


def test_a_ping_is_answered(call: RunningRoom) -> None:
    assert call.say("ann1", Ping(4)) == [Pong(4)]


SOCKETS = [f"{person}{number}" for person in ("ann", "bob", "cid", "dan") for number in (1, 2)]
LIVING = st.sampled_from(SOCKETS)


class AnyOrder(RuleBasedStateMachine):
    """Four people with two sockets each, in a room of three; any event at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.call = RunningRoom(seats=3)

    @rule(socket=LIVING)
    def hello(self, socket: str) -> None:
        self.call.say(socket, Hello(1))

    @rule(socket=LIVING, greet=st.booleans())
    def enter(self, socket: str, greet: bool) -> None:
        if greet:
            self.call.say(socket, Hello(1))
        self.call.say(socket, Enter("offer", True, False))

    @rule(socket=LIVING)
    def fail_to_enter(self, socket: str) -> None:
        self.call.refuse = True
        self.call.say(socket, Enter("junk", True, False))
        self.call.refuse = False

    @rule(socket=LIVING, which=st.integers(0, 3))
    def resume(self, socket: str, which: int) -> None:
        peers = [*sorted(self.call.peers), "none"]
        self.call.say(socket, Resume(peers[which % len(peers)]))

    @rule(socket=LIVING)
    def state(self, socket: str) -> None:
        self.call.say(socket, MediaState(True, True, True))

    @rule(socket=LIVING, wanted=st.booleans())
    def wish_for_the_phone(self, socket: str, wanted: bool) -> None:
        self.call.say(socket, PhoneWish(wanted))

    @rule(socket=LIVING, message=st.sampled_from([RaisedHand(True), RaisedHand(False), SoundOnly(True), SpeakingOff()]))
    def mark(self, socket: str, message: messages.ClientMessage) -> None:
        self.call.say(socket, message)

    @rule(socket=LIVING, number=st.integers(0, 99))
    def chat(self, socket: str, number: int) -> None:
        self.call.say(socket, Chat(f"line-{number:04}", "{}"))

    @rule(socket=LIVING)
    def leave(self, socket: str) -> None:
        self.call.say(socket, Leave())

    @rule(socket=LIVING, silent=st.sampled_from([0.0, 5.0]))
    def close(self, socket: str, silent: float) -> None:
        self.call.take(SocketClosed(socket, silent))

    @precondition(lambda self: self.call.peers)
    @rule(
        which=st.integers(0, 3),
        kind=st.sampled_from([events.PeerSilent, events.PeerRecovered, events.PeerGone]),
    )
    def happen(self, which: int, kind: Callable[[str], RoomEvent]) -> None:
        peers = sorted(self.call.peers)
        self.call.take(kind(peers[which % len(peers)]))

    @rule(person=st.sampled_from(["ann", "bob"]))
    def remove(self, person: str) -> None:
        self.call.take(PersonRemoved(person, "removed"))

    @rule(seconds=st.sampled_from([0.5, 5.0, 29.0, 31.0]))
    def wait(self, seconds: float) -> None:
        self.call.pass_time(seconds)

    @invariant()
    def nobody_is_twice_or_too_many(self) -> None:
        room = self.call.room
        assert len(room.participants.seated) <= 3
        for person, view in room.participants.views.items():
            seen = [other for other in view if other is not None]
            assert len(seen) == len(set(seen))
            assert person not in seen
        for person in room.participants.seated:
            assert sorted(room.participants.seated) == sorted([person, *filter(None, room.participants.views[person])])

    @invariant()
    def what_arrives_is_what_is_shown(self) -> None:
        room = self.call.room
        peers = {
            participant.peer: participant
            for participant in room.participants.seated.values()
            if participant.peer is not None
        }
        assert set(peers) == self.call.peers
        expected = {
            (peer, slot): room.participants.seated[other].peer
            for peer, participant in peers.items()
            for slot, other in enumerate(room.participants.views[participant.seat.person])
            if other is not None and room.participants.seated[other].peer is not None
        }
        assert {at: who for at, who in self.call.arriving.items() if who is not None} == expected

    @invariant()
    def who_wants_no_pictures_gets_none(self) -> None:
        seated = self.call.room.participants.seated.values()
        assert self.call.without_pictures & self.call.peers == {
            each.peer for each in seated if each.sound_only and each.peer is not None
        }

    @invariant()
    def everybody_in_the_call_reads_the_same_chat(self) -> None:
        """In the same order, whoever came late or came again."""
        seated = [each.socket for each in self.call.room.participants.seated.values() if each.socket is not None]
        read = [
            list(dict.fromkeys(each.id for each in self.call.told[socket] if isinstance(each, ChatLine)))
            for socket in seated
        ]
        longest = max(read, key=len, default=[])
        assert all(each == longest[len(longest) - len(each) :] for each in read)

    @invariant()
    def every_socket_saw_the_latest_roster(self) -> None:
        room = self.call.room
        for socket, seat in room.participants.sockets.items():
            assert set(self.call.roster(socket)) == set(room.participants.roster_for(seat.person).people)

    @invariant()
    def every_attendance_begins_and_ends_once(self) -> None:
        begun = [each.attendance for each in self.call.news if isinstance(each, Joined)]
        ended = [each.attendance for each in self.call.news if isinstance(each, Left)]
        going = [participant.attendance for participant in self.call.room.participants.seated.values()]
        assert len(begun) == len(set(begun))
        assert sorted(begun) == sorted(ended + going)

    @invariant()
    def nobody_is_a_ghost(self) -> None:
        room = self.call.room
        for participant in room.participants.seated.values():
            assert (
                participant.socket is None
                or room.participants.sockets[participant.socket].person == participant.seat.person
            )
            assert not participant.missing or room.deadline() is not None
        assert set(room.participants.views) == {
            *room.participants.seated,
            *(seat.person for seat in room.participants.sockets.values()),
        }

    def teardown(self) -> None:
        for socket in SOCKETS:
            self.call.take(SocketClosed(socket, 0.0))
        for peer in sorted(self.call.peers):
            self.call.take(PeerGone(peer))
        self.call.pass_time(GRACE)
        assert self.call.room.participants.empty
        assert self.call.room.participants.views == {}
        self.every_attendance_begins_and_ends_once()


AnyOrder.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
test_any_order_of_events = AnyOrder.TestCase
