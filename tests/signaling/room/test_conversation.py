"""Chat and speaking times reach everybody who entered, and nobody who waits."""

import pytest

from signaling.protocol.messages import (
    Captions,
    CaptionsFrom,
    Chat,
    ChatLine,
    Enter,
    Hello,
    Keys,
    KeysFrom,
    Leave,
    Resume,
    SoundOnly,
    Speaking,
    SpeakingOff,
    Spoken,
)
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


def test_who_may_not_read_earlier_gets_only_what_is_said_while_they_are_there(call: RunningRoom) -> None:
    call.later_only.add("bob")
    call.enter("ann1")
    call.say("ann1", Chat("line-0001", "hello"))
    call.now += 1
    bob = call.enter("bob1")
    assert lines(call, "bob1") == []
    call.say("ann1", Chat("line-0002", "and welcome"))
    welcome = [ChatLine("line-0002", "ann", "Ann", 1001.0, "and welcome")]
    assert lines(call, "bob1") == welcome
    # Coming back goes on with the same attendance; entering again after leaving is another one.
    call.now += 1
    call.take(SocketClosed("bob1", 0.0))
    call.say("bob2", Hello(1))
    call.say("bob2", Resume(bob))
    assert lines(call, "bob2") == welcome
    call.say("bob2", Leave())
    call.enter("bob3")
    assert lines(call, "bob3") == []


def test_it_is_gone_with_the_call(call: RunningRoom) -> None:
    call.enter("ann1")
    call.say("ann1", Chat("line-0001", "hello"))
    call.say("ann1", Leave())
    # A relay process forgets a room that nobody is in.
    assert call.room.participants.empty


def keys(call: RunningRoom, socket: str) -> list[KeysFrom]:
    return [each for each in call.told[socket] if isinstance(each, KeysFrom)]


def test_keys_reach_the_one_person_they_are_for() -> None:
    call = RunningRoom(seats=4)
    for socket in ("ann1", "bob1", "cid1"):
        call.enter(socket)
    call.say("ann1", Keys("bob", "opaque"))
    assert [keys(call, socket) for socket in ("ann1", "bob1", "cid1")] == [[], [KeysFrom("ann", "opaque")], []]
    # Neither oneself nor somebody who has no socket, or is not there at all.
    for to in ("ann", "dan", ""):
        call.say("ann1", Keys(to, "opaque"))
    call.take(SocketClosed("bob1", 0.0))
    call.say("ann1", Keys("bob", "opaque"))
    assert [len(keys(call, socket)) for socket in ("ann1", "bob1", "cid1")] == [0, 1, 0]


def test_who_is_in_the_lobby_agrees_on_keys_but_no_second_browser_of_somebody_in_the_call(call: RunningRoom) -> None:
    call.enter("ann1")
    for socket in ("bob1", "ann2"):
        call.say(socket, Hello(1))
    call.say("bob1", Keys("ann", "to ann"))
    call.say("ann1", Keys("bob", "to bob"))
    call.say("ann2", Keys("bob", "from elsewhere"))
    assert [keys(call, socket) for socket in ("ann1", "ann2", "bob1")] == [
        [KeysFrom("bob", "to ann")],
        [],
        [KeysFrom("ann", "to bob")],
    ]


def captions(call: RunningRoom, socket: str) -> list[CaptionsFrom]:
    return [each for each in call.told[socket] if isinstance(each, CaptionsFrom)]


def test_who_asks_for_captions_and_who_agrees_is_told_to_the_one_it_is_for() -> None:
    call = RunningRoom(seats=4)
    for socket in ("ann1", "bob1", "cid1"):
        call.enter(socket)
    call.say("ann1", Captions("bob", "ask"))
    call.say("bob1", Captions("ann", "yes", "de"))
    assert [captions(call, socket) for socket in ("ann1", "bob1", "cid1")] == [
        [CaptionsFrom("bob", "yes", "de")],
        [CaptionsFrom("ann", "ask", "")],
        [],
    ]
    # Neither oneself, nor somebody in the lobby, nor who comes later.
    call.say("dan1", Hello(1))
    for to in ("ann", "dan", ""):
        call.say("ann1", Captions(to, "ask"))
    call.say("ann1", Leave())
    call.say("bob1", Captions("ann", "no"))
    call.enter("ann2")
    told = [captions(call, socket) for socket in ("ann1", "ann2", "bob1", "dan1")]
    assert [len(each) for each in told] == [1, 0, 1, 0]


def test_the_others_are_told_whose_browser_encrypts(call: RunningRoom) -> None:
    call.enter("ann1")
    call.say("bob1", Hello(1))
    call.say("bob1", Enter("offer", True, True, True))
    assert call.roster("ann1")[0].encrypts
    assert not call.roster("bob1")[0].encrypts
    call.say("bob2", Hello(1))
    call.say("bob2", Enter("offer", True, True))
    assert not call.roster("ann1")[0].encrypts


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
