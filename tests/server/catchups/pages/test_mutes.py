"""The quiet choice on the page of an offer, and its end there and at home."""

BEGIN, END = "No more emails about new offers from Maya", "You get no emails about new offers from Maya."


async def test_the_one_who_is_asked_can_stop_these_emails_and_get_them_again(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    assert (BEGIN in mentee.text, END in mentee.text) == (True, False)
    await mentee.post(f"/catchups/{offer.catchup_id}/mute")
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")
    assert (BEGIN in mentee.text, END in mentee.text) == (False, True)
    await mentor.get(f"/offers/{offer.id}")
    assert "no emails" not in mentor.text
    await mentee.get("/home")
    assert f'action="/mentorships/{pair.mentorship_id}/mute/ending"' in mentee.text
    await mentee.post(f"/mentorships/{pair.mentorship_id}/mute/ending")
    assert (mentee.status, mentee.path) == (200, "/home")
    assert END not in mentee.text
    await mentee.post(f"/catchups/{offer.catchup_id}/mute")
    await mentee.post(f"/catchups/{offer.catchup_id}/mute/ending")
    assert (BEGIN in mentee.text, END in mentee.text) == (True, False)


async def test_a_link_to_the_catch_up_is_enough(site, pair):
    offer = await pair.offer()
    guest = await site.guest(await pair.link(pair.sam, offer.catchup_id, f"/catchups/{offer.catchup_id}"))
    assert BEGIN in guest.text
    await guest.post(f"/catchups/{offer.catchup_id}/mute")
    assert END in guest.text
    await guest.post(f"/mentorships/{pair.mentorship_id}/mute/ending")
    assert guest.status == 403


async def test_the_author_is_offered_nothing_of_it(mentor, pair):
    offer = await pair.offer()
    await mentor.get(f"/offers/{offer.id}")
    assert "/mute" not in mentor.text
