"""The two answer apart; contact data flows once both said yes, and no longer than that stands."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.admin.actions.merging import merge_people
from server.catchups.queries.choices import read_own_choices
from server.catchups.queries.ledger import verify
from server.db.tables import choices, introduction_blocks
from server.errors import NotFound
from server.introductions.actions.answering import agree, choose_block, refuse, thank
from server.introductions.actions.proposing import take_back
from server.introductions.queries.introduction import OtherContact
from server.introductions.queries.lines import lines_at_home
from server.introductions.rules.introductions import (
    AFTER_THANKS,
    ANSWER_WITHIN,
    CONTACT_LASTS,
    IntroductionOver,
    IntroductionStatus,
)
from server.mail.mailer import send_due_emails
from tests.server.actors import NOW, visitor_with_account
from tests.server.introductions.people import ANA, KEY, NO, YES, introduced, page_for, states, told
from tests.server.sending import SEALER


async def test_after_two_yeses_each_sees_how_to_reach_the_other(database, pair, mailer, smtp_server):
    asked = await introduced(database, pair)
    await agree(database, pair.mentee, asked.id, YES, NOW)
    await agree(database, pair.mentee, asked.id, YES, NOW)
    assert (await page_for(database, pair.mentee, asked.id)).status is IntroductionStatus.YES
    assert (await page_for(database, asked.ana, asked.id)).status is IntroductionStatus.ASKED
    await agree(database, asked.ana, asked.id, YES, NOW)
    assert await states(database) == ["agreed"]
    pages = [await page_for(database, each, asked.id) for each in (pair.mentor, pair.mentee, asked.ana)]
    assert [page.status for page in pages] == [IntroductionStatus.AGREED] * 3
    assert [page.contact for page in pages] == [None, OtherContact("Ana", ANA), OtherContact("Sam", "sam@example.org")]
    assert {page.due_at for page in pages} == {NOW + CONTACT_LASTS}
    assert (await told(database))[2:] == [(name, "introduction_agreed") for name in ("Sam", "Ana", "Maya")]
    await send_due_emails(database, mailer)
    for address in ("sam@example.org", ANA, "maya@example.org"):
        sent = smtp_server.emails_to(address)[-1]
        text = sent.get_body(("plain",)).get_content()
        others = {"sam@example.org", ANA} - {address}
        assert ("Both said yes" in sent["Subject"], any(other in text for other in others)) == (True, False)


async def test_a_yes_is_in_the_ledger_and_a_no_alone_is_not(database, pair):
    asked = await introduced(database, pair)
    await refuse(database, asked.ana, asked.id, NO, NOW)
    assert await read_own_choices(database, asked.ana) == ()
    await agree(database, asked.ana, asked.id, YES, NOW)
    await refuse(database, asked.ana, asked.id, NO, NOW)
    own = await read_own_choices(database, asked.ana)
    assert [choice.kind.value for choice in own] == ["agreed_contact", "ended_contact"]
    assert {(choice.other_name, choice.introduction_id, choice.mentorship_id) for choice in own} == {
        ("Maya", asked.id, None)
    }
    for other in (pair.mentor, pair.mentee):
        assert await read_own_choices(database, other) == ()
    async with database.reading() as connection:
        kinds = (await connection.execute(select(choices.c.subject_kind))).scalars().all()
    assert kinds == ["introduction", "introduction"]
    assert (await verify(database)).holds


async def test_an_answer_from_before_a_merge_stands_in_the_list_too(database, pair):
    asked = await introduced(database, pair)
    await agree(database, asked.ana, asked.id, YES, NOW)
    admin, eve, ana = await visitor_with_account(database), pair.stranger.person, asked.ana.person
    await merge_people(database, admin, eve.id, ana.id, eve.name, "Added twice", SEALER, NOW)

    async def statuses():
        async with database.reading() as connection:
            [line] = await lines_at_home(connection, eve.id, NOW)
        return line.status, (await page_for(database, pair.stranger, asked.id)).status

    assert await statuses() == (IntroductionStatus.YES, IntroductionStatus.YES)
    await refuse(database, pair.stranger, asked.id, NO, NOW)
    assert await statuses() == (IntroductionStatus.NO, IntroductionStatus.NO)


async def test_changing_ones_mind_until_it_is_over(database, pair):
    asked = await introduced(database, pair)
    await refuse(database, asked.ana, asked.id, NO, NOW)
    assert (await page_for(database, asked.ana, asked.id)).status is IntroductionStatus.NO
    await agree(database, pair.mentee, asked.id, YES, NOW)
    await agree(database, asked.ana, asked.id, YES, NOW + timedelta(days=1))
    assert (await page_for(database, asked.ana, asked.id)).status is IntroductionStatus.AGREED
    late = NOW + CONTACT_LASTS + timedelta(days=1)
    assert (await page_for(database, asked.ana, asked.id, late)).contact is None
    with pytest.raises(IntroductionOver):
        await agree(database, asked.ana, asked.id, YES, late)


async def test_after_a_yes_is_taken_back_neither_sees_the_other_any_more(database, pair, count):
    asked = await introduced(database, pair)
    for each in (pair.mentee, asked.ana):
        await agree(database, each, asked.id, YES, NOW)
    await refuse(database, pair.mentee, asked.id, NO, NOW)
    for each in (pair.mentee, asked.ana):
        page = await page_for(database, each, asked.id)
        assert (page.status, page.contact, page.words) == (IntroductionStatus.ENDED, None, "")
    assert (await page_for(database, pair.mentor, asked.id)).status is IntroductionStatus.AGREED
    assert await told(database) == [(name, "introduction_agreed") for name in ("Sam", "Ana", "Maya")]
    assert [await count(table) for table in ("introduction_words", "introduction_answers")] == [0, 0]
    with pytest.raises(IntroductionOver):
        await agree(database, asked.ana, asked.id, YES, NOW)


async def test_thanks_end_it_after_a_while_and_tell_the_mentor(database, pair, mailer, smtp_server):
    asked = await introduced(database, pair)
    with pytest.raises(IntroductionOver):
        await thank(database, asked.ana, asked.id, NOW)
    for each in (pair.mentee, asked.ana):
        await agree(database, each, asked.id, YES, NOW)
    for each in (pair.mentee, asked.ana):
        await thank(database, each, asked.id, NOW)
    assert (await told(database))[5:] == [("Maya", "introduction_thanks")]
    pages = [await page_for(database, each, asked.id) for each in (pair.mentor, pair.mentee, asked.ana)]
    assert [(page.status, page.due_at) for page in pages] == [(IntroductionStatus.CONTINUED, NOW + AFTER_THANKS)] * 3
    assert [page.contact is not None for page in pages] == [False, True, True]
    await send_due_emails(database, mailer)
    assert "Thanks for your introduction" in smtp_server.emails_to("maya@example.org")[-1]["Subject"]


async def test_nobody_else_may_answer(database, pair, contents):
    asked = await introduced(database, pair)
    before = await contents()
    for other in (pair.mentor, pair.stranger):
        for verb in (agree, refuse):
            with pytest.raises(NotFound):
                await verb(database, other, asked.id, YES, NOW)
        with pytest.raises(NotFound):
            await thank(database, other, asked.id, NOW)
    for other in (pair.mentor, pair.mentee, pair.stranger):
        with pytest.raises(NotFound):
            await choose_block(database, other, asked.id, KEY, NOW, blocked=True)
    for verb in (agree, refuse):
        with pytest.raises(IntroductionOver):
            await verb(database, asked.ana, asked.id, YES, NOW + ANSWER_WITHIN)
    assert await contents() == before


async def test_what_both_said_yes_to_cannot_be_taken_back_by_the_mentor(database, pair):
    asked = await introduced(database, pair)
    for each in (pair.mentee, asked.ana):
        await agree(database, each, asked.id, YES, NOW)
    with pytest.raises(IntroductionOver):
        await take_back(database, pair.mentor, asked.id, NOW)


async def test_the_block_is_kept_as_a_hash_and_can_be_lifted(database, pair, count):
    asked = await introduced(database, pair)
    for _ in range(2):
        await choose_block(database, asked.ana, asked.id, KEY, NOW, blocked=True)
    assert (await page_for(database, asked.ana, asked.id)).blocked
    async with database.reading() as connection:
        [kept] = (await connection.execute(select(introduction_blocks.c.hash))).scalars()
    assert (len(kept), "ana" in kept) == (64, False)
    await choose_block(database, asked.ana, asked.id, KEY, NOW, blocked=False)
    assert (await page_for(database, asked.ana, asked.id)).blocked is False
    assert await count("introduction_blocks") == 0
