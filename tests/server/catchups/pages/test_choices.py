"""One's own choices: read, taken along, withdrawn."""

import csv
import io
import re

import pytest

from server.catchups.actions.answers import decline_offer
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, Shown

WITHDRAWALS = re.compile(r'action="(/me/choices/\d+/withdrawal)"')


async def test_each_entry_says_what_was_chosen_on_which_words(mentee, pair):
    booking = await pair.booking()
    await mentee.get("/me/choices")
    assert mentee.status == 200
    assert "Accepted" in mentee.text
    assert WORDINGS[ChoiceKind.ACCEPTED] in mentee.text
    assert "The wording shown (English)" in mentee.text
    assert "on a page" in mentee.text
    assert f'href="/catchups/{booking.catchup_id}"' in mentee.text
    assert "Catch-up with Maya" in mentee.text
    assert "Offered" not in mentee.text


async def test_a_consent_is_withdrawn_from_here_in_a_running_call_too(mentee, mentor, pair):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=5))["type"] for _ in range(2)] == ["hello", "roster"]
        await mentee.get("/me/choices")
        [action] = WITHDRAWALS.findall(mentee.text)
        await mentee.post(action)
        assert (mentee.status, mentee.path) == (200, "/me/choices")
        told = [await socket.receive_json(timeout=1) for _ in range(2)]
        assert told == [{"type": "roster", "people": []}, {"type": "ended", "why": "removed"}]
    assert WITHDRAWALS.findall(mentee.text) == []
    await mentor.get(f"/bookings/{booking.id}")
    assert "called off" in mentor.text


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


async def test_the_one_who_offered_takes_an_offer_back(mentor, pair):
    offer = await pair.offer()
    await mentor.get("/me/choices")
    [action] = WITHDRAWALS.findall(mentor.text)
    await mentor.post(action)
    await mentor.get(f"/offers/{offer.id}")
    assert "This offer was taken back" in mentor.text


async def test_a_link_to_one_catchup_shows_its_choices_only(site, pair):
    one, other = await pair.booking(), await pair.offer()
    guest = await site.guest(await pair.link(pair.maya, other.catchup_id, "/me/choices"))
    assert f"/catchups/{other.catchup_id}" in guest.text
    assert f"/catchups/{one.catchup_id}" not in guest.text
    assert 'href="/lost-link"' in guest.text


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


@pytest.fixture
async def declined(site, pair):
    """An offer that Sam declined with words that a spreadsheet would compute."""
    offer = await pair.offer()
    shown = Shown(WORDINGS[ChoiceKind.DECLINED], "en")
    await decline_offer(site.database, pair.as_sam, offer.id, '=HYPERLINK("https://x","y")', shown, offer.made_at)
    return offer


async def test_they_are_taken_along_as_a_table(mentee, declined):
    await mentee.get("/me/choices.csv")
    assert mentee.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert mentee.headers["Content-Disposition"] == 'attachment; filename="choices.csv"'
    [header, row] = csv.reader(io.StringIO(mentee.text.removeprefix("\ufeff"), newline=""))
    entry = dict(zip(header, row, strict=True))
    assert (entry["choice"], entry["with"], entry["channel"]) == ("declined", "Maya", "page")
    assert entry["words"] == '\'=HYPERLINK("https://x","y")'
    assert entry["wording"] == WORDINGS[ChoiceKind.DECLINED]
    assert len(entry["hash"]) == 64


async def test_and_for_programs_as_they_are(mentee, declined, pair):
    async with mentee.session.get(f"{mentee.base_url}/me/choices.json") as response:
        [entry] = await response.json()
    assert entry["words"] == '=HYPERLINK("https://x","y")'
    assert (entry["offer"], entry["catch_up"], entry["language"]) == (declined.id, declined.catchup_id, "en")


async def test_long_lists_are_read_by_pages(mentee, pair, site):
    for _ in range(52):
        offer = await pair.offer()
        shown = Shown(WORDINGS[ChoiceKind.DECLINED], "en")
        await decline_offer(site.database, pair.as_sam, offer.id, "", shown, offer.made_at)
    await mentee.get("/me/choices")
    assert mentee.text.count("Declined</h2>") == 50
    [older] = re.findall(r'href="/me/choices(\?before=\d+)"', mentee.text)
    async with mentee.session.get(f"{mentee.base_url}/me/choices{older}") as response:
        assert (await response.text()).count("Declined</h2>") == 2
    await mentee.get("/me/choices?before=nonsense")
    assert mentee.text.count("Declined</h2>") == 50
