"""Offering new times where an offer came to nothing, by a link to its catch-up alone."""

from datetime import UTC, datetime, timedelta

import pytest

from server.catchups.actions.offers import make_offer
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind, wording
from server.catchups.rules.offers import OfferState
from server.catchups.store.offers import read_offer
from server.i18n.catalog import ENGLISH
from tests.server.site import OFFERED

FORM = {"note": "Once more.", "media": "video", "starts": "2027-06-01T10:00", "minutes": "30"}
UNDOING = wording(ChoiceKind.UNDID, ENGLISH).hash


@pytest.fixture
async def by_email(site, pair, mentee):
    """Maya, who came by the link in the email that Sam declined."""
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/refusal")
    path = f"/catchups/{offer.catchup_id}"
    guest = await site.guest(await pair.link(pair.maya, offer.catchup_id, path))
    guest.offer, guest.again = offer, f"/offers/{offer.id}/new-times"
    return guest


async def test_an_emails_link_is_enough_and_stays_so_for_what_comes_of_it(by_email, mentee, pair):
    assert f'href="{by_email.again}">Offer new times' in by_email.text
    await by_email.get(by_email.again)
    assert "I moved house." in by_email.text
    await by_email.post(by_email.again, **FORM)
    made = by_email.path
    assert (by_email.status, "Sam has your offer" in by_email.text) == (200, True)
    for guest in (by_email, mentee):
        assert (await guest.get(f"/catchups/{by_email.offer.catchup_id}")).path == made
    await mentee.post(f"{made}/acceptance", start="2027-06-01T08:00+00:00", medium="video")
    assert mentee.path.startswith("/bookings/")
    assert (await by_email.get(f"/catchups/{by_email.offer.catchup_id}")).path == mentee.path


async def test_what_ran_out_may_be_offered_again_by_either_before_the_clock_has_ended_it(mentee, pair, site):
    start = datetime.now(UTC) - timedelta(hours=1)
    draft, earlier = Draft("I moved house.", frozenset(Medium), (start,), 30), start - timedelta(hours=1)
    offer = await make_offer(site.database, pair.as_maya, pair.mentorship_id, draft, OFFERED, earlier)
    await mentee.get(f"/offers/{offer.id}/new-times")
    assert "I moved house." not in mentee.text
    await mentee.post(f"/offers/{offer.id}/new-times", **FORM)
    assert "Maya has your offer" in mentee.text
    async with site.database.reading() as connection:
        assert (await read_offer(connection, pair.as_sam, offer.id)).offer.state is OfferState.EXPIRED


async def test_what_was_answered_before_is_not_undone_any_more(by_email, mentee, contents):
    await by_email.get(by_email.again)
    await by_email.post(by_email.again, **FORM)
    made = by_email.path
    for answer in ({}, {"start": "2027-06-01T08:00+00:00", "medium": "video"}):
        if answer:
            await mentee.get(made)
            await mentee.post(f"{made}/acceptance", **answer)
        assert "Changed your mind?" not in (await mentee.get(f"/offers/{by_email.offer.id}")).text
        before = await contents()
        await mentee.post(f"/offers/{by_email.offer.id}/undoing", wording=UNDOING)
        assert (mentee.status, await contents()) == (409, before)


async def test_it_opens_neither_the_mentorship_nor_another_catchup(by_email, stranger, pair, contents):
    other = await pair.offer(hours=48)
    before = await contents()
    for path, status in ((f"/mentorships/{pair.mentorship_id}/offers", 403), (f"/offers/{other.id}/new-times", 404)):
        assert (await by_email.post(path, **FORM)).status == status
    assert (await stranger.get(by_email.again)).status == 404
    assert await contents() == before


async def test_it_is_offered_once_at_a_time_and_only_where_nothing_came_of_it(by_email, mentee, mentor, pair, contents):
    await by_email.get(by_email.again)
    await by_email.post(by_email.again, **FORM)
    made, before = by_email.path, await contents()
    await by_email.post(by_email.again, **FORM)
    assert (by_email.status, "is already waiting for an answer" in by_email.text) == (409, True)
    assert (await by_email.get(by_email.again)).path == made
    booking = await pair.booking()
    agreed = await contents()
    await mentor.get("/home")
    await mentor.post(f"/offers/{booking.offer_id}/new-times", **FORM)
    assert (mentor.status, await contents()) == (409, agreed)
    assert (await mentor.get(f"/offers/{booking.offer_id}/new-times")).path == f"/bookings/{booking.id}"
    await by_email.get(made)
    await by_email.post(f"{made}/withdrawal")
    ended = await contents()
    await by_email.post(by_email.again, **FORM)
    assert (by_email.status, await contents()) == (409, ended)
    await by_email.post(f"{made}/new-times", **FORM)
    assert (by_email.status, by_email.path == made, before == ended) == (200, False, False)


async def test_what_is_wrong_comes_back(by_email, contents):
    await by_email.get(by_email.again)
    before = await contents()
    await by_email.post(by_email.again, **FORM | {"starts": "2020-06-01T10:00"})
    assert (by_email.status, "Once more." in by_email.text) == (422, True)
    await by_email.post(by_email.again, **FORM, wording="0" * 64)
    assert (by_email.status, await contents()) == (409, before)
