"""Taking an answer back."""


async def test_an_answer_can_be_taken_back_and_is_shown_with_its_words(mentee, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/refusal", words="A full week.")
    assert '<blockquote dir="auto">A full week.</blockquote>' in mentee.text
    assert f'action="/offers/{offer.id}/undoing"' in mentee.text
    await mentee.post(f"/offers/{offer.id}/undoing")
    assert mentee.status == 200
    assert ">Accept<" in mentee.text
    assert "A full week." not in mentee.text


async def test_a_suggestion_is_undone_from_its_own_page(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}/suggestion")
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", media="phone", minutes=30)
    assert f'action="/offers/{offer.id}/undoing"' in mentee.text
    counter = mentee.path
    await mentor.get(counter)
    assert "/undoing" not in mentor.text
    await mentee.get(f"/offers/{offer.id}")
    assert f'action="/offers/{offer.id}/undoing"' in mentee.text
    await mentee.post(f"/offers/{offer.id}/undoing")
    assert (mentee.status, mentee.path) == (200, f"/offers/{offer.id}")
    assert ">Accept<" in mentee.text
    await mentor.get(counter)
    assert "This offer was taken back" in mentor.text


async def test_only_the_one_who_answered_is_offered_to_undo_it(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    await mentee.post(f"/offers/{offer.id}/refusal", words="A full week.")
    await mentor.get(f"/offers/{offer.id}")
    assert "/undoing" not in mentor.text


async def test_an_answer_that_was_built_on_offers_no_undoing(mentee, mentor, pair):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}/suggestion")
    await mentee.post(f"/offers/{offer.id}/suggestion", note="", media="phone", minutes=30)
    counter = mentee.path
    await mentor.get(counter)
    await mentor.post(f"{counter}/acceptance", start=offer.starts[0].isoformat(), medium="phone")
    for path in (f"/offers/{offer.id}", counter):
        await mentee.get(path)
        assert "/undoing" not in mentee.text
