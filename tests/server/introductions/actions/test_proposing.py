"""A mentor proposes; the mentee is asked at once, the third person by a job that tells nobody whether it asked."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.db.tables import introduction_words, introductions, people
from server.errors import InvalidInput, NotFound
from server.introductions.actions.answering import choose_block
from server.introductions.actions.ending import end_introductions
from server.introductions.actions.proposing import ask_third_people, take_back
from server.introductions.rules.introductions import ANSWER_WITHIN, IntroductionOver, IntroductionStatus
from server.introductions.rules.proposals import MONTH, MOST_ASKED, MOST_WAITING, Proposal, TooManyIntroductions
from server.mail.mailer import send_due_emails
from server.mentorships.actions.resting import change_own_mentorship
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.rules.mentorships import MentorshipAtRest, MentorshipEvent
from server.room.sealing import Sealer
from server.secret import ServerSecret
from tests.server.actors import NOW, Pair
from tests.server.introductions.people import (
    ANA,
    FOR_ANA,
    FOR_SAM,
    KEY,
    introduced,
    page_for,
    proposed,
    states,
    told,
    visitor_named,
)
from tests.server.sending import SEALER
from tests.smtp_server import link_in


async def ask(database, now=NOW):
    return await ask_third_people(database, SEALER, KEY, now)


async def another_mentorship(database, pair, name):
    """Of Maya, with somebody else."""
    async with database.writing() as connection:
        person = await find_or_add_person(connection, NewPerson(name, f"{name.lower()}@example.org", "UTC"), NOW)
        return await find_or_add_mentorship(connection, pair.mentor.person, person, NOW)


async def test_both_are_asked_each_with_their_own_words(database, pair, mailer, smtp_server):
    introduction_id = await proposed(database, pair)
    assert await told(database) == [("Sam", "introduction_asked")]
    assert await ask(database) == 1
    assert await ask(database) == 0
    assert await told(database) == [("Sam", "introduction_asked"), ("Ana", "introduction_asked")]
    await send_due_emails(database, mailer)
    for address, words, hidden in (
        ("sam@example.org", FOR_SAM, (FOR_ANA, "Ana", ANA)),
        (ANA, FOR_ANA, (FOR_SAM, "Sam", "sam@")),
    ):
        [email] = smtp_server.emails_to(address)
        text = email.get_body(("plain",)).get_content()
        assert (words in text, "Maya would like to introduce you to somebody" in text) == (True, True)
        assert not any(each in str(email) or each in text for each in hidden)
        assert link_in(email)
    ana = await visitor_named(database, ANA)
    assert (ana.person.zone, ana.person.name) == ("Europe/Stockholm", "Ana")
    pages = [await page_for(database, each, introduction_id) for each in (pair.mentor, pair.mentee, ana)]
    assert [page.status for page in pages] == [IntroductionStatus.ASKED] * 3
    assert [page.words for page in pages] == ["", FOR_SAM, FOR_ANA]
    assert [page.mentee for page in pages] == ["Sam", "", ""]
    assert [page.proposed is not None for page in pages] == [True, False, False]
    assert [page.contact for page in pages] == [None] * 3
    assert [page.only_here for page in pages] == [False, False, True]


async def test_who_is_known_is_asked_under_their_own_name(database, pair):
    introduction_id = await proposed(database, pair, Proposal("a", "b", "Evelyn", "EVE@example.org"))
    assert await ask(database) == 1
    page = await page_for(database, pair.stranger, introduction_id)
    assert (page.words, page.only_here) == ("b", False)
    assert await told(database) == [("Sam", "introduction_asked"), ("Eve", "introduction_asked")]
    assert (await page_for(database, pair.mentor, introduction_id)).proposed.third_name == "Evelyn"


async def test_somebody_of_the_mentors_own_mentorships(database, pair):
    with_lena = await another_mentorship(database, pair, "Lena")
    introduction_id = await proposed(database, pair, Proposal("a", "b", third_mentorship=with_lena))
    assert await ask(database) == 1
    assert (await page_for(database, pair.mentor, introduction_id)).proposed.third_name == "Lena"
    assert (await told(database))[-1] == ("Lena", "introduction_asked")
    for not_theirs in (pair.mentorship_id, with_lena + 1):
        with pytest.raises(InvalidInput):
            await proposed(database, pair, Proposal("a", "b", third_mentorship=not_theirs))


async def test_the_same_form_is_proposed_once(database, pair):
    assert await proposed(database, pair) == await proposed(database, pair)
    assert await states(database) == ["asked"]


async def test_only_the_mentor_of_an_active_mentorship_proposes(database, pair, contents):
    before = await contents()
    for other in (pair.mentee, pair.stranger):
        with pytest.raises(NotFound):
            await proposed(database, Pair(other, pair.mentee, pair.stranger, pair.mentorship_id))
    with pytest.raises(InvalidInput):
        await proposed(database, pair, Proposal("a", "b", "Me", "maya@example.org"))
    assert await contents() == before
    pause = MentorshipEvent.PAUSE
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, pause, "f", "", NOW)
    with pytest.raises(MentorshipAtRest):
        await proposed(database, pair)


async def test_quotas_of_a_mentor(database, pair):
    for number in range(MOST_WAITING):
        await proposed(database, pair, form=f"form {number}")
    with pytest.raises(TooManyIntroductions):
        await proposed(database, pair, form="one more")
    await proposed(database, pair, form="a month later", now=NOW + MONTH)


async def not_asked(database, pair, prepare):
    """What a third person leaves who is not asked, though the mentor and the mentee see what they always do."""
    asked = await introduced(database, pair)
    async with database.writing() as connection:
        await connection.execute(update(introductions).values(state="lapsed", due_at=None))
    await prepare(asked)
    introduction_id = await proposed(database, pair, form="again")
    assert await ask(database) == 0
    for seen_by in (pair.mentor, pair.mentee):
        page = await page_for(database, seen_by, introduction_id)
        assert (page.status, page.due_at) == (IntroductionStatus.ASKED, NOW + ANSWER_WITHIN)
    assert [name for name, _ in await told(database)] == ["Sam", "Ana", "Sam"]
    with pytest.raises(NotFound):
        await page_for(database, asked.ana, introduction_id)
    return introduction_id


async def test_who_does_not_want_to_be_asked_is_not(database, pair):
    async def block(asked):
        await choose_block(database, asked.ana, asked.id, KEY, NOW, blocked=True)

    await not_asked(database, pair, block)
    async with database.reading() as connection:
        kept = [
            str(row)
            for row in await connection.execute(
                select(introductions, introduction_words).join_from(introductions, introduction_words)
            )
        ]
    assert not any(ANA in row for row in kept)


async def test_who_was_asked_often_lately_is_not(database, pair):
    async def ask_often(asked):
        async with database.writing() as connection:
            for number in range(MOST_ASKED - 1):
                values = {"mentorship_id": pair.mentorship_id, "mentor_id": pair.mentee.person.id, "added": False}
                more = {"mentee_id": pair.mentor.person.id, "third_id": asked.ana.person.id, "state": "lapsed"}
                times = {"key": f"k{number}", "made_at": NOW - timedelta(days=2)}
                await connection.execute(introductions.insert().values(**values, **more, **times))

    await not_asked(database, pair, ask_often)


async def test_the_mentee_is_not_their_own_third_person(database, pair):
    """The mentor is not told that this is the mentee's address."""
    introduction_id = await proposed(database, pair, Proposal("a", "b", "Somebody", "sam@example.org"))
    assert await ask(database) == 0
    assert (await page_for(database, pair.mentor, introduction_id)).status is IntroductionStatus.ASKED
    assert await told(database) == [("Sam", "introduction_asked")]


async def test_what_is_taken_back_did_not_come_about_and_leaves_no_words(database, pair, count):
    introduction_id = await proposed(database, pair)
    for other in (pair.mentee, pair.stranger):
        with pytest.raises(NotFound):
            await take_back(database, other, introduction_id, NOW)
    await take_back(database, pair.mentor, introduction_id, NOW)
    with pytest.raises(IntroductionOver):
        await take_back(database, pair.mentor, introduction_id, NOW)
    assert await ask(database) == 0
    assert await told(database) == []
    assert [await count(table) for table in ("introduction_words", "introduction_answers")] == [0, 0]
    for seen_by in (pair.mentor, pair.mentee):
        assert (await page_for(database, seen_by, introduction_id)).status is IntroductionStatus.NOT_COME_ABOUT
    async with database.reading() as connection:
        known = (await connection.execute(select(people.c.id).where(people.c.email_key == ANA))).all()
    assert known == []


async def test_what_cannot_be_read_is_set_aside_and_ends_all_the_same(database, pair, count):
    await proposed(database, pair)
    assert await ask_third_people(database, Sealer(ServerSecret("another")), KEY, NOW) == 0
    assert await count("set_aside") == 1
    assert await end_introductions(database, NOW + ANSWER_WITHIN) == 1
