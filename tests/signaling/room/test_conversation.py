"""Chat and speaking times reach everybody who entered, and nobody who waits."""

import pytest

from signaling.protocol.messages import Chat, ChatLine, Hello, Leave, Resume, SoundOnly, Speaking, SpeakingOff, Spoken
from signaling.room.events import PeerSpoke, SocketClosed
from tests.signaling.room.test_room import RunningRoom

HELLO = ChatLine("line-0001", "ann", "Ann", 1000.0, "hello")


@pytest.fixture
def call() -> RunningRoom:
    return RunningRoom()


def lines(call: RunningRoom, socket: str) -> list[ChatLine]:
    return [each for each in call.told[socket] if isinstance(each, ChatLine)]


def spoken(call: RunningRoom, socket: str) -> list[Speaking]:
    return [each for each in call.told[socket] if isinstance(each, Speaking)]


def test_a_message_reaches_its_writer_and_who_comes_late(call: RunningRoom) -> None:
    call.enter("ann1")
    call.say("bob1", Hello(1))
    call.say("ann1", Chat("line-0001", "hello"))
    assert (lines(call, "ann1"), lines(call, "bob1")) == ([HELLO], [])
    call.enter_again("bob1")
    assert lines(call, "bob1") == [HELLO]


def test_who_comes_back_reads_it_again(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.say("ann1", Chat("line-0001", "hello"))
    call.take(SocketClosed("ann1", 0.0))
    call.say("ann2", Hello(1))
    call.say("ann2", Resume(ann))
    assert lines(call, "ann2") == [HELLO]


def test_it_is_gone_with_the_call(call: RunningRoom) -> None:
    call.enter("ann1")
    call.say("ann1", Chat("line-0001", "hello"))
    call.say("ann1", Leave())
    # A relay process forgets a room that nobody is in.
    assert call.room.participants.empty


def test_speaking_times_are_told_to_both_and_go_on_with_another_connection(call: RunningRoom) -> None:
    ann, bob = call.enter("ann1"), call.enter("bob1")
    call.take(PeerSpoke(ann, 3.0))
    assert spoken(call, "bob1") == spoken(call, "ann1") == [Speaking(True, (Spoken("ann", 3.0, 3.0),))]
    again = call.enter_again("ann1")
    call.now += 5
    call.take(PeerSpoke(again, 1.0))
    call.now += 5
    call.take(PeerSpoke(bob, 1.0))
    assert spoken(call, "bob1")[-1] == Speaking(True, (Spoken("ann", 4.0, 4.0), Spoken("bob", 1.0, 1.0)))


def test_either_switches_it_off_for_both(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.take(PeerSpoke(ann, 3.0))
    call.say("bob1", SpeakingOff())
    call.now += 10
    call.take(PeerSpoke(ann, 6.0))
    assert spoken(call, "ann1")[-1] == spoken(call, "bob1")[-1] == Speaking(False, ())
    call.enter_again("ann1")
    assert spoken(call, "ann1")[-1] == Speaking(False, ())


def test_who_wants_sound_only_gets_no_pictures_by_the_next_connection_either(call: RunningRoom) -> None:
    ann = call.enter("ann1")
    call.enter("bob1")
    call.say("ann1", SoundOnly(True))
    assert call.without_pictures == {ann}
    assert call.roster("bob1")[0].sound_only
    again = call.enter_again("ann1")
    assert call.without_pictures & call.peers == {again}
    call.say("ann1", SoundOnly(False))
    assert call.without_pictures & call.peers == set()
