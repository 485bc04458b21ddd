"""What a scheme may say, when it is open, how many places are left; and that its colours can be read."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from server.errors import InvalidInput
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.schemes import (
    Colour,
    Opening,
    Scheme,
    SignUpClosed,
    Taken,
    check_open,
    check_scheme,
    has_place,
    opening,
    places_left,
)
from tests.server.schemes.a_scheme import TEXT

STYLES = Path(__file__).parents[4] / "static/css"
NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " - "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"slug": "First Job"}, "slug"),
        ({"slug": "-a"}, "slug"),
        ({"summary": " "}, "summary"),
        ({"welcome": "x" * 2001}, "welcome"),
        ({"language": "xx"}, "language"),
        ({"zone": "Nowhere"}, "zone"),
        ({"opens_on": date(2026, 2, 1), "closes_on": date(2026, 1, 1)}, "closes_on"),
        ({"mentor_places": 0}, "mentor_places"),
    ],
)
def test_the_field_to_correct_is_named(changes, field):
    with pytest.raises(InvalidInput) as refused:
        check_scheme(replace(TEXT, **changes))
    assert refused.value.field == field


def test_it_opens_and_closes_on_days_of_its_own_zone():
    days = replace(TEXT, opens_on=date(2026, 11, 24), closes_on=date(2026, 11, 24))
    assert opening(days, NOW) is Opening.NOT_YET
    assert opening(replace(days, zone="Europe/Berlin"), NOW) is Opening.OPEN
    assert opening(replace(days, closes_on=date(2026, 11, 22), opens_on=None), NOW) is Opening.OVER
    check_open(TEXT, NOW)
    for closed in (days, replace(TEXT, public=False)):
        with pytest.raises(SignUpClosed):
            check_open(closed, NOW)


def test_who_is_both_needs_a_place_as_either():
    scheme = Scheme(1, replace(TEXT, mentor_places=2), NOW)
    assert places_left(scheme, MembershipRole.MENTOR, Taken(3, 9)) == 0
    assert places_left(scheme, MembershipRole.MENTEE, Taken(3, 9)) is None
    assert [has_place(scheme, role, Taken(2, 9)) for role in MembershipRole] == [False, True, False]


def _luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("place", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("colour", Colour)
def test_every_colour_can_be_read_on_every_ground(colour, place):
    """WCAG 2.2, 1.4.3: 4.5 to 1."""
    tokens = (STYLES / "tokens.css").read_text().split("@media")[place]
    accents = (STYLES / "schemes.css").read_text().split("@media")[place]
    accent = re.search(rf"\.colour-{colour} {{ --accent: (#[0-9a-f]{{6}}); }}", accents)[1]
    grounds = [
        re.search(rf"--{name}: (#[0-9a-f]{{6}});", tokens)[1] for name in ("ground", "surface", "wash", "accent-ink")
    ]
    assert min(_contrast(accent, ground) for ground in grounds) >= 4.5
