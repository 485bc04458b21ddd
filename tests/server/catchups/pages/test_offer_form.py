"""What one has agreed to, for the script beside the times that one types."""

import json
import re

from tests.crowd import whole_hour_in


def agreed(page):
    return json.loads(re.search(r"agreed='([^']*)'", page.text)[1])


def span(booking):
    return [booking.start.isoformat(), booking.end.isoformat()]


async def test_the_form_has_one_s_own_coming_catch_ups(mentor, mentee, stranger, pair):
    path = f"/mentorships/{pair.mentorship_id}/offers/new"
    assert agreed(await mentor.get(path)) == []
    booking, another = await pair.booking(whole_hour_in(2)), await pair.booking(whole_hour_in(1))
    for guest in (mentor, mentee):
        assert agreed(await guest.get(path)) == [span(another), span(booking)]


async def test_a_wish_to_move_does_not_run_into_what_it_moves(mentor, pair):
    booking, another = await pair.booking(whole_hour_in(1)), await pair.booking(whole_hour_in(2))
    assert agreed(await mentor.get(f"/bookings/{booking.id}/move")) == [span(another)]
    wish = await pair.move(booking, whole_hour_in(3))
    assert agreed(await mentor.get(f"/offers/{wish.id}/wording")) == [span(another)]
