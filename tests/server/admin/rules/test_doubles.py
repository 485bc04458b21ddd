"""Who is probably the same person."""

import pytest

from server.admin.rules.doubles import KeyKind, Sign, Traits, match_keys, signs_of, state_of_joined
from server.people.rules.mentorships import MentorshipState


def traits(name="Sam Okafor", email="sam@example.org", phone="", zone="Europe/London"):
    return Traits(name, email, phone, zone)


@pytest.mark.parametrize(
    ("one", "other", "signs"),
    [
        (traits(), traits(email="s@example.org"), (Sign.SAME_NAME,)),
        (traits("Zoë Müller"), traits("MULLER, Zoe", "z@example.org"), (Sign.SAME_NAME,)),
        (traits("Jan Meier"), traits("Jan Mayer", "j@example.org"), (Sign.NEAR_NAME,)),
        (traits("Sam Okafor"), traits("Sam Okaforr", "s@example.org"), (Sign.NEAR_NAME,)),
        (traits("سمير حداد"), traits("سمير حدّاد", "s@example.org"), (Sign.SAME_NAME,)),
        (traits("Sam", "S.Okafor+mentor@Example.org"), traits("Ada", "sokafor@example.org"), (Sign.SAME_ADDRESS,)),
        (
            traits("Sam", phone="+44 20 7946 0123"),
            traits("Ada", "a@example.org", "020 7946 0123"),
            (Sign.SAME_PHONE,),
        ),
        (traits("Sam", phone=""), traits("Ada", "a@example.org", ""), ()),
        (traits("Anna Mair"), traits("Anne Moor", "a@example.org"), ()),
    ],
)
def test_what_two_have_in_common(one, other, signs):
    assert signs_of(one, other) == signs_of(other, one) == signs
    keys = match_keys(one), match_keys(other)
    # Two who have something in common are found by a key.
    assert bool(signs) <= any(keys[0].get(kind) == keys[1].get(kind) is not None for kind in KeyKind)


def test_an_address_that_nobody_reads_is_no_sign():
    assert KeyKind.ADDRESS not in match_keys(traits(email="erased-7@fireside.invalid"))


@pytest.mark.parametrize(
    ("states", "joined"),
    [("active ended", "active"), ("ended paused", "paused"), ("ended ended", "ended"), ("paused active", "active")],
)
def test_one_mentorship_of_two_goes_on_where_one_did(states, joined):
    one, two = map(MentorshipState, states.split())
    assert state_of_joined((one, two)).value == joined
