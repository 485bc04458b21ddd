"""What the two do who are asked: both say yes and are booked, one says no, both act at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.catchups.actions.answers import accept_offer
from server.catchups.actions.offers import make_offer
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import ChoiceKind, match_subject, offer_subject
from server.catchups.store.ledger import entries_about
from server.db.tables import bookings, match_proposals, match_words, mentorships, offers
from server.errors import InvalidInput, NotFound
from server.matching.actions.answering import agree, decline, take_back
from server.matching.actions.proposing import propose_pairs
from server.matching.queries.match import read_match
from server.matching.rules.proposals import ProposalOver, ProposalStatus, TimeNotFree
from server.people.store.people import add_mentorship
from tests.server.actors import NOW, OFFERED, accepting
from tests.server.matching.members import (
    AGREED,
    LEFT,
    NURI,
    add_member,
    leaves,
    proposed,
    run_made,
    states,
    suggested,
    told,
    two_members,
)

MEDIA = frozenset(Medium)


async def asked_both(database):
    """The members, the proposal, and the times that the mentee has chosen."""
    members = await two_members(database)
    proposal = await proposed(database, members)
    times = (await read_match(database, members.mentee.visitor, proposal, NOW)).starts
    await agree(database, members.mentee.visitor, proposal, times[:2], AGREED, NOW)
    return members, proposal, times[:2]


async def entries(database, subject):
    async with database.reading() as connection:
        return [(each.person_id, each.kind) for each in await entries_about(connection, subject)]


async def test_two_say_yes_and_have_a_booking(database):
    members, proposal, times = await asked_both(database)
    assert await told(database) == [("Nuri", "match_asked"), ("Lena", "match_asked")]
    page = await read_match(database, members.mentor.visitor, proposal, NOW)
    assert (page.status, page.starts) == (ProposalStatus.ASKED, times)
    catchup = await agree(database, members.mentor.visitor, proposal, times[1:], AGREED, NOW)
    async with database.reading() as connection:
        pair = (await connection.execute(select(mentorships))).one()
        booking = (await connection.execute(select(bookings))).one()
        offer = (await connection.execute(select(offers))).one()
    mentor, mentee = members.mentor.visitor.person.id, members.mentee.visitor.person.id
    assert (pair.mentor_id, pair.mentee_id, pair.state) == (mentor, mentee, "active")
    assert (booking.catchup_id, booking.start, booking.minutes, booking.state) == (catchup, times[1], 30, "confirmed")
    assert (offer.author_id, offer.recipient_id, offer.state) == (mentee, mentor, "accepted")
    yes = ChoiceKind.AGREED_MATCH
    assert await entries(database, match_subject(proposal)) == [(mentee, yes), (mentor, yes)]
    assert await entries(database, offer_subject(offer.id)) == [
        (mentee, ChoiceKind.OFFERED),
        (mentor, ChoiceKind.ACCEPTED),
    ]
    assert await told(database) == [("Nuri", "offer_accepted"), ("Lena", "offer_accepted")]
    for each in (members.mentor, members.mentee):
        page = await read_match(database, each.visitor, proposal, NOW)
        assert (page.status, page.proposal.mentorship_id) == (ProposalStatus.AGREED, pair.id)


async def test_of_two_yeses_at_once_one_books(database):
    members, proposal, times = await asked_both(database)
    calls = [agree(database, members.mentor.visitor, proposal, times[:1], AGREED, NOW) for _ in range(3)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(each).__name__ for each in done) == ["ProposalOver", "ProposalOver", "int"]
    async with database.reading() as connection:
        assert len((await connection.execute(select(bookings))).all()) == 1


async def test_a_yes_and_a_taken_back_yes_at_once_are_one_of_the_two(database):
    members, proposal, times = await asked_both(database)
    done = await asyncio.gather(
        agree(database, members.mentor.visitor, proposal, times[:1], AGREED, NOW),
        take_back(database, members.mentee.visitor, proposal, LEFT, NOW),
        return_exceptions=True,
    )
    over = [isinstance(each, ProposalOver) for each in done]
    assert sorted(over) == [False, True]
    assert await states(database) == (["withdrawn"] if over[0] else ["agreed"])


async def test_the_mentor_learns_nothing_of_the_mentees_no(database):
    members = await two_members(database)
    proposal = await proposed(database, members)
    with pytest.raises(NotFound):
        await read_match(database, members.mentor.visitor, proposal, NOW)
    with pytest.raises(NotFound):
        await decline(database, members.mentor.visitor, proposal, "", NOW)
    await decline(database, members.mentee.visitor, proposal, " Somebody nearer. ", NOW)
    assert (await read_match(database, members.mentee.visitor, proposal, NOW)).status is ProposalStatus.SAID_NO
    with pytest.raises(NotFound):
        await read_match(database, members.mentor.visitor, proposal, NOW)
    # The email that asked has not left yet, and does not.
    assert await told(database) == []
    async with database.reading() as connection:
        row = (await connection.execute(select(match_proposals))).one()
        words = (await connection.execute(select(match_words.c.membership_id, match_words.c.words))).all()
    assert (row.declined_by, row.state) == ("mentee", "declined")
    assert [tuple(each) for each in words] == [(members.mentee.membership_id, "Somebody nearer.")]


async def test_the_mentee_learns_of_the_mentors_no_only_that_it_did_not_come_about(database):
    members, proposal, _ = await asked_both(database)
    await decline(database, members.mentor.visitor, proposal, "", NOW)
    assert (await told(database))[-1] == ("Nuri", "match_over")
    page = await read_match(database, members.mentee.visitor, proposal, NOW)
    assert page.status is ProposalStatus.NOT_COME_ABOUT
    # They are not proposed to each other again.
    run = await run_made(database, members, NOW + timedelta(minutes=1))
    assert await suggested(database, run) == []


async def test_a_yes_is_taken_back_before_the_mentor_answers(database):
    members, proposal, times = await asked_both(database)
    await take_back(database, members.mentee.visitor, proposal, LEFT, NOW)
    kinds = [kind for _, kind in await entries(database, match_subject(proposal))]
    assert kinds == [ChoiceKind.AGREED_MATCH, ChoiceKind.LEFT_MATCH]
    with pytest.raises(ProposalOver):
        await agree(database, members.mentor.visitor, proposal, times[:1], AGREED, NOW)


async def test_nobody_is_booked_once_one_of_them_has_left(database):
    members, proposal, times = await asked_both(database)
    await leaves(database, members.mentee)
    with pytest.raises(ProposalOver):
        await agree(database, members.mentor.visitor, proposal, times[:1], AGREED, NOW)
    assert await states(database) == ["asks_mentor"]


async def test_who_has_left_leaves_no_words_behind_with_a_no(database):
    """What they said is deleted when they leave: nothing deletes what they say after that."""
    members = await two_members(database)
    proposal = await proposed(database, members)
    await leaves(database, members.mentee)
    with pytest.raises(ProposalOver):
        await decline(database, members.mentee.visitor, proposal, "Somebody nearer.", NOW)
    async with database.reading() as connection:
        assert (await connection.execute(select(match_words))).all() == []


async def test_a_time_that_is_taken_by_then_is_refused(database):
    members, proposal, times = await asked_both(database)
    other = await add_member(database, members.scheme_id, "Omar", NURI)
    # Another catch-up of the mentee's, agreed meanwhile.
    async with database.writing() as connection:
        pair_id = await add_mentorship(connection, other.visitor.person.id, members.mentee.visitor.person.id, NOW)
    offer = await make_offer(database, other.visitor, pair_id, Draft("", MEDIA, times[:1], 30), OFFERED, NOW)
    await accept_offer(database, members.mentee.visitor, offer.id, accepting(times[0]), NOW)
    with pytest.raises(TimeNotFree):
        await agree(database, members.mentor.visitor, proposal, times[:1], AGREED, NOW)
    assert await states(database) == ["asks_mentor"]
    assert await agree(database, members.mentor.visitor, proposal, times[1:], AGREED, NOW)


@pytest.mark.parametrize("chosen", [(), (NOW + timedelta(days=3, minutes=7),)], ids=["none", "not free"])
async def test_a_mentee_chooses_free_times(database, chosen):
    members = await two_members(database)
    proposal = await proposed(database, members)
    with pytest.raises(InvalidInput) as problem:
        await agree(database, members.mentee.visitor, proposal, chosen, AGREED, NOW)
    assert problem.value.field == "start"
    assert await states(database) == ["asks_mentee"]


async def test_a_mentor_with_one_place_is_held_while_one_mentee_is_asked(database):
    members = await two_members(database)
    await add_member(database, members.scheme_id, "Omar", NURI)
    run = await run_made(database, members)
    ids = [each[0] for each in await suggested(database, run)]
    done = await asyncio.gather(*(propose_pairs(database, members.admin, run, [each], NOW) for each in ids))
    assert sorted((each.asked, each.not_asked) for each in done) == [(0, 1), (1, 0)]
    assert await states(database) == ["asks_mentee"]


async def test_strangers_find_nothing(database, pair):
    members = await two_members(database)
    proposal = await proposed(database, members)
    for verb in (
        read_match(database, pair.stranger, proposal, NOW),
        agree(database, pair.stranger, proposal, (NOW,), AGREED, NOW),
        decline(database, pair.stranger, proposal, "", NOW),
        take_back(database, pair.stranger, proposal, LEFT, NOW),
    ):
        with pytest.raises(NotFound):
            await verb
