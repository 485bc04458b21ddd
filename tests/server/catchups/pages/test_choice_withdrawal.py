"""Withdrawing a consent from the list of one's own choices."""

import re

WITHDRAWALS = re.compile(r'action="(/me/choices/\d+/withdrawal)"')


async def test_a_consent_is_withdrawn_from_here_in_a_running_call_too(mentee, mentor, pair):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["hello", "roster"]
        await mentee.get("/me/choices")
        [action] = WITHDRAWALS.findall(mentee.text)
        await mentee.post(action)
        assert (mentee.status, mentee.path) == (200, "/me/choices")
        told = [await socket.receive_json(timeout=1) for _ in range(2)]
        assert told == [{"type": "roster", "people": []}, {"type": "ended", "why": "removed"}]
    assert WITHDRAWALS.findall(mentee.text) == []
    await mentor.get(f"/bookings/{booking.id}")
    assert "called off" in mentor.text


async def test_the_one_who_offered_takes_an_offer_back(mentor, pair):
    offer = await pair.offer()
    await mentor.get("/me/choices")
    [action] = WITHDRAWALS.findall(mentor.text)
    await mentor.post(action)
    await mentor.get(f"/offers/{offer.id}")
    assert "This offer was taken back" in mentor.text


async def test_the_stranger_has_none_and_withdraws_none(stranger, mentee, pair, contents):
    await pair.booking()
    await mentee.get("/me/choices")
    [action] = WITHDRAWALS.findall(mentee.text)
    await stranger.get("/me/choices")
    assert "You have not chosen anything yet" in stranger.text
    before = await contents()
    await stranger.post(action, wording=list(mentee.wordings))
    assert stranger.status == 404
    assert await contents() == before


async def test_what_does_not_stand_any_more_says_so(mentee, mentor, pair, contents):
    booking = await pair.booking()
    await mentee.get("/me/choices")
    [action] = WITHDRAWALS.findall(mentee.text)
    await mentor.get(f"/bookings/{booking.id}")
    await mentor.post(f"/bookings/{booking.id}/withdrawal")
    before = await contents()
    await mentee.post(action)
    assert mentee.status == 409
    assert "no longer stands" in mentee.text
    assert await contents() == before


async def test_only_on_the_words_that_were_shown(mentee, pair, contents):
    await pair.booking()
    await mentee.get("/me/choices")
    [action] = WITHDRAWALS.findall(mentee.text)
    before = await contents()
    await mentee.post(action, wording="f" * 64)
    assert mentee.status == 409
    assert "has changed since you opened it" in mentee.text
    assert await contents() == before
