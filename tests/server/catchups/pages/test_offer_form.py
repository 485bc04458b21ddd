"""What all five forms of an offer have: one's own coming catch-ups, who calls whom, and one's number by phone."""

import json
import re

import pytest

from server.catchups.rules.drafts import Caller
from server.catchups.store.offers import open_offers_of
from server.people.store.contacts import reachable_by_phone
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


@pytest.mark.parametrize("name", ["suggestion", "wording", "move", "new-times"])
async def test_each_form_asks_for_a_number_that_is_not_known_and_keeps_who_calls(mentor, mentee, pair, name):
    """The mentee calls, as she has it in her offer; he answers from the same form."""
    whose = mentor if name == "wording" else mentee
    if name == "move":
        booking = await pair.booking(whole_hour_in(1))
        page, to = f"/bookings/{booking.id}/move", f"/bookings/{booking.id}/move"
    else:
        offer = await pair.offer(caller=Caller.MENTEE)
        page = to = f"/offers/{offer.id}/{name}"
        if name == "new-times":
            await mentee.get(f"/offers/{offer.id}")
            await mentee.post(f"/offers/{offer.id}/refusal")
            whose = mentor
    await whose.get(page)
    other = "Sam" if whose is mentor else "Maya"
    assert f"{other} can call you only if you give your number." in whose.text
    checked = re.search(r'name="caller" value="(\w+)"\s+checked', whose.text)[1]
    assert checked == ("mentor" if name == "move" else "mentee")
    form = {"note": "", "media": ["phone"], "starts": ["2027-06-01T10:00"], "minutes": "30", "caller": "mentee"}
    await whose.post(to, **form, phone="+44 20 7946 0123")
    assert whose.status == 200
    person = pair.maya if whose is mentor else pair.sam
    async with pair.site.database.reading() as connection:
        assert await reachable_by_phone(connection, (person.id,)) == {person.id}
        [view] = await open_offers_of(connection, pair.as_maya)
    assert view.offer.caller is Caller.MENTEE
