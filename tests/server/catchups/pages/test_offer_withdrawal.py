"""Taking an offer back."""


async def test_the_mentor_takes_back_an_offer_that_waits(mentor, pair):
    offer = await pair.offer()
    await mentor.get(f"/offers/{offer.id}")
    assert "Sam has your offer" in mentor.text
    assert ">Accept<" not in mentor.text
    await mentor.post(f"/offers/{offer.id}/withdrawal")
    assert "This offer was taken back" in mentor.text
    assert f'href="/mentorships/{pair.mentorship_id}/offers/new?like={offer.id}"' in mentor.text


async def test_the_mentee_cannot_take_it_back(mentee, mentor, pair, contents):
    offer = await pair.offer()
    await mentor.get(f"/offers/{offer.id}")
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/withdrawal", wording=list(mentor.wordings))
    assert (mentee.status, await contents()) == (403, before)
