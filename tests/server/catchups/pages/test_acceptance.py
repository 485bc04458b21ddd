"""Accepting an offer."""

import pytest

from server.catchups.rules.drafts import Caller
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, wording_hash
from server.catchups.store.ledger import ledger_of
from server.people.store.contacts import reachable_by_phone

WORDING_OF_ACCEPTING = wording_hash(WORDINGS[ChoiceKind.ACCEPTED])


@pytest.fixture
async def page(mentee, pair):
    """The mentee's page of an open offer; `page.offer` is the offer."""
    mentee.offer = await pair.offer()
    return await mentee.get(f"/offers/{mentee.offer.id}")


async def accept(page, **changes):
    chosen = {"start": page.offer.starts[1].isoformat(), "medium": "phone"} | changes
    return await page.post(f"/offers/{page.offer.id}/acceptance", **chosen)


async def test_accepting_leads_to_the_booking(page):
    await accept(page)
    assert page.path.startswith("/bookings/")
    assert "Catch-up with Maya" in page.text
    assert "by phone" in page.text


async def test_one_may_allow_the_phone_where_the_one_who_asked_does(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    assert 'name="phone_fallback"' not in mentee.text
    mentee.offer = await pair.offer(phone_fallback=True)
    await mentee.get(f"/offers/{mentee.offer.id}")
    means = mentee.text.index(WORDINGS[ChoiceKind.ALLOWED_PHONE])
    assert means < mentee.text.index('name="phone_fallback"') < mentee.text.index(">Accept<")
    await accept(mentee, medium="video", phone_fallback="on")
    async with pair.site.database.reading() as connection:
        entries = await ledger_of(connection, mentee.offer.catchup_id)
    assert [entry.kind.value for entry in entries] == ["offered", "allowed_phone", "accepted", "allowed_phone"]


async def test_the_mentor_cannot_accept_for_the_mentee(page, mentor, contents):
    await mentor.get(f"/offers/{page.offer.id}")
    mentor.offer, mentor.wordings, mentor.hidden["revision"] = page.offer, {WORDING_OF_ACCEPTING}, "0"
    before = await contents()
    await accept(mentor)
    assert mentor.status == 403
    assert "Only the person who was asked" in mentor.text
    assert await contents() == before


async def test_a_second_choice_is_refused_and_shows_how_it_stands(page, contents):
    await accept(page)
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/refusal")
    assert page.status == 409
    assert "already been answered" in page.text
    assert "It is agreed" in page.text
    assert await contents() == before


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"start": "2027-01-01T10:00:00+00:00"}, "one of the offered times"),
        ({"start": "2027-01-01T10:00:00"}, "one of the offered times"),
        ({"start": "noon"}, "one of the offered times"),
        ({"medium": "carrier pigeon"}, "one of the offered ways to meet"),
    ],
)
async def test_a_choice_that_was_not_offered_is_refused_on_the_same_page(page, contents, changes, sentence):
    before = await contents()
    await accept(page, **changes)
    assert page.status == 422
    assert sentence in page.text
    assert ">Accept<" in page.text
    assert await contents() == before


async def test_by_phone_it_says_who_calls_and_asks_for_the_number_that_is_called(page, pair):
    assert "Maya calls you." in page.text
    assert "Maya can call you only if you give your number." in page.text
    await accept(page, phone="020 7946 0123")
    assert (page.status, 'value="+44 20 7946 0123"' in page.text) == (422, True)
    await accept(page, phone="+44 20 7946 0123")
    assert page.path.startswith("/bookings/")
    assert "needs your number" not in page.text
    async with pair.site.database.reading() as connection:
        assert await reachable_by_phone(connection, (pair.sam.id, pair.maya.id)) == {pair.sam.id}


async def test_without_a_number_it_is_agreed_all_the_same_and_says_what_that_means(page):
    await accept(page, phone="")
    assert page.path.startswith("/bookings/")
    assert "For that, Maya needs your number." in page.text


async def test_who_calls_need_give_no_number(mentee, pair):
    mentee.offer = await pair.offer(caller=Caller.MENTEE)
    await mentee.get(f"/offers/{mentee.offer.id}")
    assert "You call Maya." in mentee.text
    assert "You need not give it." in mentee.text
    await accept(mentee)
    assert "needs your number" not in mentee.text
