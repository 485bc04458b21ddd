"""What ends by itself: by the time, quietly, and by an erasure; and what is left then."""

from datetime import timedelta

import pytest

from server.errors import NotFound
from server.introductions.actions.answering import agree, refuse
from server.introductions.actions.ending import end_introductions
from server.introductions.rules.introductions import AFTER_THANKS, ANSWER_WITHIN, CONTACT_LASTS, IntroductionStatus
from tests.server.actors import NOW
from tests.server.introductions.people import NO, YES, introduced, page_for, states, told
from tests.server.privacy.actions.test_erasing import erase


async def test_what_nobody_answered_is_over_quietly(database, pair, count):
    asked = await introduced(database, pair)
    before = await told(database)
    await refuse(database, asked.ana, asked.id, NO, NOW)
    assert await end_introductions(database, NOW + ANSWER_WITHIN - timedelta(seconds=1)) == 0
    assert await end_introductions(database, NOW + ANSWER_WITHIN) == 1
    assert await end_introductions(database, NOW + ANSWER_WITHIN) == 0
    assert await states(database) == ["lapsed"]
    assert len(await told(database)) <= len(before)
    assert [await count(table) for table in ("introduction_words", "introduction_answers")] == [0, 0]


async def test_contact_data_is_shown_for_a_time_only(database, pair):
    asked = await introduced(database, pair)
    for each in (pair.mentee, asked.ana):
        await agree(database, each, asked.id, YES, NOW)
    assert await end_introductions(database, NOW + ANSWER_WITHIN + AFTER_THANKS) == 0
    assert await end_introductions(database, NOW + CONTACT_LASTS) == 1
    assert await states(database) == ["ended"]
    assert (await page_for(database, asked.ana, asked.id)).status is IntroductionStatus.ENDED


@pytest.mark.parametrize("agreed", [False, True])
async def test_erasing_the_mentor(database, pair, agreed):
    asked = await introduced(database, pair)
    if agreed:
        for each in (pair.mentee, asked.ana):
            await agree(database, each, asked.id, YES, NOW)
    await erase(database, pair.mentor.person, NOW)
    page = await page_for(database, pair.mentee, asked.id)
    assert (page.status, page.words) == (IntroductionStatus.AGREED if agreed else IntroductionStatus.NOT_COME_ABOUT, "")
    assert (page.contact is not None) == agreed
    assert page.mentor != "Maya"


@pytest.mark.parametrize("who", ["mentee", "third"])
@pytest.mark.parametrize("agreed", [False, True])
async def test_erasing_one_of_the_two_takes_their_yes_back(database, pair, who, agreed):
    asked = await introduced(database, pair)
    leaves, stays = (pair.mentee, asked.ana) if who == "mentee" else (asked.ana, pair.mentee)
    await agree(database, leaves, asked.id, YES, NOW)
    if agreed:
        await agree(database, stays, asked.id, YES, NOW)
    await erase(database, leaves.person, NOW)
    if not agreed:
        await agree(database, stays, asked.id, YES, NOW)
    page = await page_for(database, stays, asked.id)
    assert (page.status, page.contact) == (IntroductionStatus.ENDED if agreed else IntroductionStatus.YES, None)
    with pytest.raises(NotFound):
        await page_for(database, pair.stranger, asked.id)
