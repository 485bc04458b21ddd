import pytest

from signaling.protocol.messages import Other
from signaling.room.participants import Company, Member
from signaling.seat import Seat


def member(person: str, peer: str | None = None, *, speak: bool = True) -> Member:
    return Member(Seat("7", person, person.title(), 3, speak), f"stay of {person}", None, peer, 0.0)


@pytest.fixture
def company() -> Company:
    """Ann and Bob sit, Cid waits."""
    made = Company(3)
    for person in ("ann", "bob", "cid"):
        made.meet(f"{person}1", Seat("7", person, person.title(), 3))
    made.add(member("ann", "a"))
    made.add(member("bob", "b"))
    return made


def test_each_sees_every_other_in_a_slot(company: Company) -> None:
    assert company.views == {"ann": ["bob", None], "bob": ["ann", None], "cid": ["ann", "bob"]}
    assert (company.senders_to("ann"), company.receivers_of("ann")) == ([(0, "b")], [("b", 0)])
    assert company.senders_to("cid") == [(0, "a"), (1, "b")]


def test_a_freed_slot_goes_to_who_has_none(company: Company) -> None:
    company.add(member("dan"))
    assert company.views["cid"] == ["ann", "bob"]
    company.drop("ann")
    assert company.views["cid"] == ["dan", "bob"]


def test_the_roster_names_members_first_and_who_waits_once(company: Company) -> None:
    company.meet("cid2", Seat("7", "cid", "Cid", 3))
    assert company.roster_for("ann").people == (
        Other("bob", "Bob", "reconnecting", 0, False, False, False),
        Other("cid", "Cid", "waiting", None, False, False, False),
    )


def test_who_is_absent_is_forgotten(company: Company) -> None:
    company.forget_absent("cid")
    assert "cid" in company.views
    del company.sockets["cid1"]
    company.forget_absent("cid")
    assert "cid" not in company.views


def test_a_state_is_what_the_seat_allows() -> None:
    silent = member("ann", speak=False)
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
    one = Member(Seat("7", "ann", "Ann"), "stay", socket, peer, 0.0, quiet)
    assert (one.here, one.missing) == (here, missing)
