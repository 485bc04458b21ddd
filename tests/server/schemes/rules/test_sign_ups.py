"""What people may say when they sign up, and whom their exclusions mean."""

from dataclasses import replace

import pytest

from server.availability.rules import WeeklyHours
from server.errors import InvalidInput
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.sign_ups import KnownAs, KnownMembers, check_sign_up
from tests.server.schemes.a_scheme import MENTEE, MENTOR

TOPICS = (1, 2, 3)


def test_what_is_not_for_the_role_goes():
    said = check_sign_up(replace(MENTEE, brings=frozenset({1}), brings_words="x", capacity=7), TOPICS)
    assert (said.brings, said.brings_words, said.capacity) == (frozenset(), "", 1)
    both = check_sign_up(replace(MENTOR, role=MembershipRole.BOTH, seeks=frozenset({2, 9})), TOPICS)
    assert (both.seeks, both.capacity) == (frozenset({2}), 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"seeks_words": " "}, "seeks"),
        ({"languages": ("xx",)}, "languages"),
        ({"media": frozenset()}, "media"),
        ({"zone": "Mars/Base"}, "zone"),
        ({"hours": ()}, "hours"),
        ({"hours": (WeeklyHours(0, 60, 120), WeeklyHours(0, 90, 180))}, "hours"),
        ({"hours": (WeeklyHours(8, 60, 120),)}, "hours"),
        ({"not_with": tuple(map(str, range(21)))}, "not_with"),
        ({"not_with": ("x" * 321,)}, "not_with"),
        ({"other_department": True}, "department"),
        ({"needs": "x" * 501}, "needs"),
        ({"wishes": "x" * 501}, "wishes"),
        ({"seeks_words": "x" * 1001}, "seeks_words"),
    ],
)
def test_the_field_to_correct_is_named(changes, field):
    with pytest.raises(InvalidInput) as refused:
        check_sign_up(replace(MENTEE, **changes), TOPICS)
    assert refused.value.field == field


def test_a_mentor_has_room_for_one_to_ten():
    with pytest.raises(InvalidInput) as refused:
        check_sign_up(replace(MENTOR, capacity=11), TOPICS)
    assert refused.value.field == "capacity"


def test_lines_are_trimmed_and_each_once():
    said = check_sign_up(replace(MENTEE, not_with=("  Max  Mustermann ", "", "Max Mustermann")), TOPICS)
    assert said.not_with == ("Max Mustermann",)


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("max@EXAMPLE.org", {1}),
        ("max mustermann", {1}),
        ("Mustermann", {1}),
        ("José", {2}),
        ("jose", {2}),
        ("Nobody", set()),
        ("  ", set()),
        ("@", set()),
    ],
)
def test_an_exclusion_is_an_address_or_a_name(line, found):
    members = [KnownAs(1, "Max Mustermann", "max@example.org"), KnownAs(2, "José Ruiz", "jr@example.org")]
    assert KnownMembers(members).named_in([line]) == found
    assert KnownMembers(members).named_in(["Nobody", line]) == found
