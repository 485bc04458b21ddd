"""Changing an offer that waits."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from server.catchups.actions.answers import decline_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.store.ledger import ledger_of
from tests.crowd import whole_hour_in
from tests.server.actors import ALLOWED_PHONE, DECLINED
from tests.server.site import OFFERED


@pytest.fixture
async def page(mentor, pair):
    """The mentor's form for an offer of two times, by video, to be answered an hour before the last."""
    first = whole_hour_in(3)
    draft = Draft("I moved house.", frozenset({Medium.VIDEO}), (first, first + timedelta(hours=2)), 45)
    draft = replace(draft, answer_by=first + timedelta(hours=1), phone_fallback=True)
    mentor.offer = await make_offer(
        pair.site.database, pair.as_maya, pair.mentorship_id, draft, OFFERED, whole_hour_in(0), phone=ALLOWED_PHONE
    )
    return await mentor.get(f"/offers/{mentor.offer.id}/wording")


def form(**changes):
    return {"note": "Or so?", "media": ["video"], "starts": [in_stockholm(whole_hour_in(9))], "minutes": "30"} | changes


def in_stockholm(at):
    return f"{at.astimezone(ZoneInfo('Europe/Stockholm')):%Y-%m-%dT%H:%M}"


async def kinds(pair, offer):
    async with pair.site.database.reading() as connection:
        return [entry.kind.value for entry in await ledger_of(connection, offer.catchup_id)]


async def test_the_form_is_filled_in_with_the_offer(page):
    offer = page.offer
    assert page.status == 200
    assert "I moved house." in page.text
    for start in offer.starts:
        assert f'name="starts" value="{in_stockholm(start)}"' in page.text
    assert f'name="answer_by" value="{in_stockholm(offer.expires_at)}"' in page.text
    assert '<option value="45" selected>' in page.text
    assert page.text.count("checked") == 4, "two media, who calls, and the first week"


async def test_saving_shows_how_it_reads_now_and_what_the_phone_was_ticked_out_of(page, mentee, pair):
    await page.post(f"/offers/{page.offer.id}/wording", **form())
    assert page.path == f"/offers/{page.offer.id}"
    assert "Or so?" in page.text
    assert "the phone is fine with you" not in page.text
    assert await kinds(pair, page.offer) == ["offered", "allowed_phone", "offered", "disallowed_phone"]
    await mentee.get(f"/offers/{page.offer.id}")
    assert "Or so?" in mentee.text
    assert 'name="phone_fallback"' not in mentee.text


async def test_who_accepts_what_it_said_before_is_shown_it_again(page, mentee, contents):
    await mentee.get(f"/offers/{page.offer.id}")
    await page.post(f"/offers/{page.offer.id}/wording", **form(phone_fallback="on"))
    before = await contents()
    await mentee.post(f"/offers/{page.offer.id}/acceptance", start=page.offer.starts[0].isoformat(), medium="video")
    assert (mentee.status, await contents()) == (409, before)
    assert "The offer has changed since you opened this page" in mentee.text
    assert "Or so?" in mentee.text


async def test_the_one_who_was_asked_does_not_change_it(page, mentee, stranger, contents):
    assert (await mentee.get(f"/offers/{page.offer.id}/wording")).path == f"/offers/{page.offer.id}"
    mentee.wordings |= page.wordings
    before = await contents()
    await mentee.post(f"/offers/{page.offer.id}/wording", **form())
    assert (mentee.status, await contents()) == (403, before)
    assert (await stranger.get(f"/offers/{page.offer.id}/wording")).status == 404


async def test_an_offer_that_was_answered_cannot_be_changed_and_shows_how_it_stands(page, pair, contents):
    await decline_offer(pair.site.database, pair.as_sam, page.offer.id, "", DECLINED, whole_hour_in(0))
    before = await contents()
    await page.post(f"/offers/{page.offer.id}/wording", **form())
    assert (page.status, await contents()) == (409, before)
    assert "Not this time" in page.text
    assert (await page.get(f"/offers/{page.offer.id}/wording")).path == f"/offers/{page.offer.id}"


async def test_what_is_wrong_is_said_and_the_form_comes_back(page, contents):
    before = await contents()
    for changes, field, sentence in (
        ({"starts": ["2020-01-01T10:00"]}, "starts", "has already passed"),
        ({"answer_by": "2020-01-01T10:00"}, "answer_by", "The time to answer by has already passed"),
        ({"answer_by": "soon"}, "answer_by", "We cannot read one of the times"),
    ):
        await page.post(f"/offers/{page.offer.id}/wording", **form(**changes))
        assert page.status == 422
        assert f'<a href="#{field}">' in page.text
        assert sentence in page.text
        assert "Or so?" in page.text
    assert await contents() == before
