"""Answering an offer: not now, and taking an answer back. Accepting and declining: see test_offer.py."""


async def test_not_now_says_from_when_to_ask_again(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/postponement", weeks=4)
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")


async def test_an_answer_can_be_taken_back(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/refusal")
    await mentee.post(f"/offers/{offer.id}/undoing")
    assert mentee.status == 200
    assert "Accept" in mentee.text
