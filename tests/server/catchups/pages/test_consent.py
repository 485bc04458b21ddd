"""That people choose on just the wording that they were shown."""

from server.catchups.rules.ledger import ChoiceKind, wording
from server.i18n.catalog import LANGUAGES


async def test_a_choice_on_other_words_than_were_shown_is_refused_and_the_page_shown_again(mentee, pair, contents):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    await mentee.post(f"/offers/{offer.id}/refusal", wording="0" * 64, words="No time.")
    assert (mentee.status, await contents()) == (409, before)
    assert "text of this page has changed" in mentee.text
    assert "No time." in mentee.text


async def test_the_words_of_another_language_are_other_words(mentee, pair, contents):
    offer = await pair.offer()
    await mentee.get(f"/offers/{offer.id}")
    before = await contents()
    german = wording(ChoiceKind.DECLINED, LANGUAGES["de"])
    await mentee.post(f"/offers/{offer.id}/refusal", wording=german.hash)
    assert (mentee.status, await contents()) == (409, before)
