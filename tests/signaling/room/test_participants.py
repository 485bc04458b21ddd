import pytest

from signaling.protocol.messages import RosterEntry
from signaling.room.participants import Participant, Participants
from signaling.seat import Seat


def participant(person: str, peer: str | None = None, *, speak: bool = True) -> Participant:
    return Participant(Seat("7", person, person.title(), 3, speak), f"attendance of {person}", None, peer, 0.0)


@pytest.fixture
def participants() -> Participants:
    """Ann and Bob sit, Cid waits."""
    made = Participants(3)
    for person in ("ann", "bob", "cid"):
        made.add_socket(f"{person}1", Seat("7", person, person.title(), 3))
    made.add(participant("ann", "a"))
    made.add(participant("bob", "b"))
    return made


def test_each_sees_every_other_in_a_slot(participants: Participants) -> None:
    assert participants.views == {"ann": ["bob", None], "bob": ["ann", None], "cid": ["ann", "bob"]}
    assert (participants.senders_to("ann"), participants.receivers_of("ann")) == ([(0, "b")], [("b", 0)])
    assert participants.senders_to("cid") == [(0, "a"), (1, "b")]


def test_a_freed_slot_goes_to_who_has_none(participants: Participants) -> None:
    participants.add(participant("dan"))
    assert participants.views["cid"] == ["ann", "bob"]
    participants.remove("ann")
    assert participants.views["cid"] == ["dan", "bob"]


def test_the_roster_names_members_first_and_who_waits_once(participants: Participants) -> None:
    participants.add_socket("cid2", Seat("7", "cid", "Cid", 3))
    assert participants.roster_for("ann").people == (
        RosterEntry("bob", "Bob", "reconnecting", 0, False, False, False),
        RosterEntry("cid", "Cid", "waiting", None, False, False, False),
    )


def test_who_is_absent_is_forgotten(participants: Participants) -> None:
    participants.forget_absent("cid")
    assert "cid" in participants.views
    del participants.sockets["cid1"]
    participants.forget_absent("cid")
    assert "cid" not in participants.views


def test_a_state_is_what_the_seat_allows() -> None:
    silent = participant("ann", speak=False)
    silent.set_state(True, True, True)
    assert (silent.microphone, silent.camera, silent.screen) == (False, True, True)


@pytest.mark.parametrize(
    ("socket", "peer", "quiet", "here", "missing"),
    [
        ("s", "p", False, "in", False),
        ("s", "p", True, "reconnecting", False),
        ("s", None, False, "reconnecting", False),
        (None, "p", False, "reconnecting", False),
        (None, "p", True, "reconnecting", True),
        (None, None, False, "reconnecting", True),
    ],
)
def test_presence(socket: str | None, peer: str | None, quiet: bool, here: str, missing: bool) -> None:
    one = Participant(Seat("7", "ann", "Ann"), "attendance", socket, peer, 0.0, quiet)
    assert (one.here, one.missing) == (here, missing)
