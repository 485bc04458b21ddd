"""A catch-up's one address for its whole life."""

from datetime import timedelta

from server.catchups.rules.ledger import ChoiceKind, wording
from server.i18n.catalog import ENGLISH

UNDOING = wording(ChoiceKind.UNDID, ENGLISH).hash


async def test_it_leads_to_the_offer_then_to_the_booking(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/catchups/{offer.catchup_id}")
    assert mentee.path == f"/offers/{offer.id}"
    booking = await pair.booking()
    await mentee.get(f"/catchups/{booking.catchup_id}")
    assert mentee.path == f"/bookings/{booking.id}"


async def test_after_an_undone_answer_it_leads_to_what_waits_again(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}/suggestion")
    starts = [(offer.starts[1] + timedelta(hours=3)).isoformat(timespec="minutes")]
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", media="phone", starts=starts, minutes=45)
    counter = mentee.path
    assert (await mentee.get(f"/catchups/{offer.catchup_id}")).path == counter
    await mentee.post(f"/offers/{offer.id}/undoing", wording=UNDOING)
    assert (await mentee.get(f"/catchups/{offer.catchup_id}")).path == f"/offers/{offer.id}"


async def test_a_booking_that_was_never_is_not_led_to(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/acceptance", start=offer.starts[0].isoformat(), medium="phone")
    booking = mentee.path
    assert (await mentee.get(f"/catchups/{offer.catchup_id}")).path == booking
    await mentee.post(f"/offers/{offer.id}/undoing", wording=UNDOING)
    await mentee.post(f"/offers/{offer.id}/refusal")
    assert (await mentee.get(f"/catchups/{offer.catchup_id}")).path == f"/offers/{offer.id}"


async def test_the_stranger_finds_nothing(stranger, pair):
    offer = await pair.offer()
    assert (await stranger.get(f"/catchups/{offer.catchup_id}")).status == 404
