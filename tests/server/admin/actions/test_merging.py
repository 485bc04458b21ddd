"""Merging two records of one person: all of both is theirs, nothing is lost, the ledger holds."""

import asyncio
import random
from collections import Counter
from dataclasses import astuple, dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from server.admin.actions.merging import SETTLES_AFTER, merge_people, settle_merges
from server.admin.queries.people import read_people_page
from server.admin.rules.doubles import (
    AccountGoes,
    AlreadyMerged,
    BothHaveAccounts,
    IntroducedToOneself,
    OneIsInCall,
    PairWithOneself,
    TwoMemberships,
    TwoRoutines,
)
from server.admin.store import joining, merging
from server.api.store.external_ids import find_any_pair, find_any_person, set_external_id
from server.api.store.mentorships import read_any_mentorship
from server.api.store.people import read_any_person
from server.calls.actions.entering import enter_call, find_uninvited, record_news
from server.calls.actions.reports import report
from server.calls.rules.reports import Outcome
from server.catchups.actions.answers import accept_offer, decline_offer
from server.catchups.actions.bookings import withdraw
from server.catchups.actions.offers import make_offer
from server.catchups.actions.routines import set_routine
from server.catchups.queries.choices import read_own_choices
from server.catchups.queries.ledger import verify
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.routines import Every
from server.db.tables import (
    attendances,
    choices,
    match_proposals,
    memberships,
    mentorships,
    metadata,
    outbox,
    people,
    weekly_hours,
)
from server.errors import InvalidInput, NotFound
from server.guests.access import check_guest_may_enter, third_joins
from server.introductions.actions.proposing import ask_third_people
from server.introductions.rules.proposals import Proposal
from server.matching.store.proposals import add_proposal
from server.mentorships.actions.courses import say_length
from server.mentorships.actions.messages import send_message
from server.mentorships.actions.parting import leave_words
from server.mentorships.actions.reviews import answer_review, ask_both
from server.mentorships.actions.situations import keep_situation
from server.mentorships.queries.home import read_mentorship_home
from server.mentorships.queries.review import read_review_page
from server.mentorships.queries.thread import read_own_thread
from server.mentorships.rules.lengths import PlannedLength
from server.mentorships.rules.reviews import OPEN, Answer, Answers, Matter
from server.people.actions.links import find_visitor, make_link, open_link
from server.people.actions.people import NewPerson, find_or_add_mentorship, find_or_add_person
from server.people.queries.looks import read_looks_page
from server.people.rules.links import Purpose
from server.people.rules.people import Contact, Details
from server.people.rules.visitors import Visitor
from server.people.store.contacts import any_contact
from server.people.store.people import find_person_by_email, lock_any_mentorship, mentorships_of, set_details
from server.privacy.queries.archive import read_archive
from server.schemes.rules.memberships import MembershipState
from server.schemes.store.memberships import add_membership
from signaling.news import Joined, Left
from tests.server.actors import (
    DECLINED,
    DRAFT,
    FIRST,
    NOW,
    OFFERED,
    SECOND,
    SHOWN,
    WITHDREW,
    Pair,
    a_booking,
    accepting,
    an_offer,
    visitor_by,
    visitor_with_account,
)
from tests.server.catchups.actions.test_routines import PLAN
from tests.server.guests.seating import newest
from tests.server.introductions.people import KEY, page_for, proposed
from tests.server.introductions.three import in_contact, joined
from tests.server.privacy.actions.test_erasing import erase, rows_with
from tests.server.schemes.a_scheme import MENTEE, MENTOR, TEXT, open_scheme
from tests.server.sending import SEALER

REASON = "Added twice"
UNTIL = f"{NOW + timedelta(days=7):%Y-%m-%d}"
WINDOW = JoinWindow()


@dataclass
class Double:
    """The second record of Sam: with a home link, and a mentorship with Eve."""

    visitor: Visitor
    secret: str
    mentorship_id: int


@pytest.fixture
async def admin(database):
    return await visitor_with_account(database)


async def add(database, name, email, mentor=None):
    """Somebody with a home link, and a mentorship with that mentor."""
    async with database.writing() as connection:
        person = await find_or_add_person(connection, NewPerson(name, email, "UTC"), NOW)
        mentorship_id = 0
        if mentor is not None:
            mentorship_id = await find_or_add_mentorship(connection, mentor.person, person, NOW)
        secret = await make_link(connection, NOW, person_id=person.id, purpose=Purpose.HOME, path="/home")
    return Double(await visitor_by(database, secret), secret, mentorship_id)


@pytest.fixture
async def double(database, pair):
    return await add(database, "Samuel", "sam.o@example.org", pair.stranger)


async def merge(database, admin, kept, gone, name=None, now=NOW, reason=REASON):
    await merge_people(database, admin, kept.person.id, gone.person.id, name or kept.person.name, reason, SEALER, now)


async def pairs_of(database, visitor):
    async with database.reading() as connection:
        return {row.other.name: row.id for row in await mentorships_of(connection, visitor.person)}


async def read(database, query):
    async with database.reading() as connection:
        return (await connection.execute(query)).all()


async def test_all_of_both_is_one_persons(database, pair, double, admin):
    await a_booking(database, pair)
    await an_offer(database, Pair(pair.stranger, double.visitor, pair.mentor, double.mentorship_id))
    await send_message(database, SEALER, double.visitor, double.mentorship_id, "form", "Hello Eve", None, NOW)
    await keep_situation(database, SEALER, double.visitor, double.mentorship_id, "A full week", UNTIL, NOW)
    before = await counts(database)
    await merge(database, admin, pair.mentee, double.visitor)
    assert await pairs_of(database, pair.mentee) == {"Maya": pair.mentorship_id, "Eve": double.mentorship_id}
    [message] = (await read_own_thread(database, SEALER, pair.mentee, double.mentorship_id, NOW))[1].messages
    assert (message.message.body.text, message.message.author_id) == ("Hello Eve", pair.mentee.person.id)
    # The hash of the ledger holds, and both of the person's choices are theirs.
    assert (await verify(database)).holds
    assert await counts(database) == before
    assert await rows_of_the_one_who_went(database, double.visitor.person.id) == []


async def test_links_and_addresses_of_both_lead_to_the_one(database, pair, double, admin):
    await merge(database, admin, pair.mentee, double.visitor)
    opened = await open_link(database, double.secret, None, NOW)
    visitor = await find_visitor(database, opened.token, NOW)
    assert visitor.person.id == pair.mentee.person.id
    async with database.reading() as connection:
        by_old = await find_person_by_email(connection, "SAM.O@example.org")
        assert by_old.id == pair.mentee.person.id
        assert (await any_contact(connection, by_old.id)).email == "sam@example.org"
    [row] = (await read_people_page(database, "sam.o@example.org", None)).rows
    assert row.person.id == pair.mentee.person.id
    # Adding them by the old address once more makes no double.
    async with database.writing() as connection:
        found = await find_or_add_person(connection, NewPerson("Sam", "sam.o@example.org", "UTC"), NOW)
    assert found.id == pair.mentee.person.id


async def test_the_address_that_is_chosen_stays_and_so_does_the_name(database, pair, double, admin):
    await merge(database, admin, double.visitor, pair.mentee, name="Sam")
    async with database.reading() as connection:
        person = await find_person_by_email(connection, "sam@example.org")
        contact = await any_contact(connection, person.id)
    assert (person.id, person.name, contact) == (double.visitor.person.id, "Sam", Contact("sam.o@example.org", ""))
    assert [row.person.name for row in (await read_people_page(database, "samuel", None)).rows] == []


async def test_what_one_lacks_comes_from_the_other(database, pair, double, admin):
    async with database.writing() as connection:
        details = Details("de", "Europe/Berlin", "+49 30 901820", "Captions help me.", False)
        await set_details(connection, double.visitor.person.id, details)
        own = {"weekday": 0, "begins": 540, "ends": 600}
        await connection.execute(insert(weekly_hours).values(person_id=double.visitor.person.id, **own))
    await merge(database, admin, pair.mentee, double.visitor)
    [row] = await read(database, select(people).where(people.c.id == pair.mentee.person.id))
    assert (row.phone, row.needs, row.language, row.zone) == (
        "+49 30 901820",
        "Captions help me.",
        "de",
        "Europe/Berlin",
    )
    assert row.discreet
    assert await read(database, select(weekly_hours.c.person_id)) == [(pair.mentee.person.id,)]


async def test_two_mentorships_with_the_same_mentor_become_one(database, pair, admin):
    double = await add(database, "Samuel", "sam.o@example.org", pair.mentor)
    both = Pair(pair.mentor, double.visitor, pair.stranger, double.mentorship_id)
    for each, text in ((pair, "Hello"), (both, "Hello again")):
        await a_booking(database, each, start=FIRST if each is pair else SECOND + timedelta(days=3))
        await send_message(database, SEALER, each.mentee, each.mentorship_id, "form", text, None, NOW)
        await keep_situation(database, SEALER, each.mentee, each.mentorship_id, f"{text}!", UNTIL, NOW)
    before = await counts(database)
    await merge(database, admin, pair.mentee, double.visitor)
    assert await pairs_of(database, pair.mentee) == {"Maya": pair.mentorship_id}
    shown = (await read_own_thread(database, SEALER, pair.mentor, pair.mentorship_id, NOW))[1].messages
    assert sorted(each.message.body.text for each in shown) == ["Hello", "Hello again"]
    assert await counts(database) == before | {"mentorships": before["mentorships"] - 1}
    assert (await verify(database)).holds
    own = await read_own_choices(database, replace(pair.mentee))
    assert [choice.other_name for choice in own] == ["Maya", "Maya"]


async def test_a_planned_length_and_words_of_farewell_are_those_of_the_one(database, pair, admin):
    double = await add(database, "Samuel", "sam.o@example.org", pair.mentor)
    length = PlannedLength(6, Every.MONTH)
    await say_length(database, SEALER, double.visitor, double.mentorship_id, length, NOW)
    await leave_words(database, SEALER, double.visitor, double.mentorship_id, "Thank you.")
    await merge(database, admin, pair.mentee, double.visitor)
    course = (await read_mentorship_home(database, SEALER, pair.mentee, pair.mentorship_id, NOW)).course
    assert (course.own_length, course.farewell) == (length, "Thank you.")


async def ask_whether_it_fits(database, mentorship_id):
    async with database.writing() as connection:
        await ask_both(connection, await lock_any_mentorship(connection, mentorship_id), NOW)


async def test_an_answer_about_what_still_fits_is_that_of_the_one(database, pair, admin):
    double = await add(database, "Samuel", "sam.o@example.org", (await add(database, "Mo", "mo@example.org")).visitor)
    await ask_whether_it_fits(database, double.mentorship_id)
    said = Answers({Matter.HOUR: Answer.CHANGE})
    await answer_review(database, double.visitor, double.mentorship_id, said, NOW)
    await merge(database, admin, pair.mentee, double.visitor)
    review = (await read_review_page(database, pair.mentee, double.mentorship_id, NOW)).review
    assert (review.open_until, review.own) == (NOW + OPEN, said)


async def test_in_two_mentorships_that_become_one_no_answer_is_one_in_another_round(database, pair, admin, count):
    double = await add(database, "Samuel", "sam.o@example.org", pair.mentor)
    for number in (pair.mentorship_id, double.mentorship_id):
        await ask_whether_it_fits(database, number)
    said = Answers({Matter.HOUR: Answer.CHANGE})
    await answer_review(database, double.visitor, double.mentorship_id, said, NOW)
    await merge(database, admin, pair.mentee, double.visitor)
    review = (await read_review_page(database, pair.mentee, pair.mentorship_id, NOW)).review
    assert (review.open_until, review.own) == (NOW + OPEN, Answers())
    assert (await count("reviews"), await count("review_answers")) == (1, 2)


async def test_a_seat_in_a_call_of_three_is_that_of_the_one(database, pair, admin):
    introduction = await in_contact(database, pair)
    booking, _ = await joined(database, pair, introduction)
    other = await add(database, "Anabel", "anabel@example.org")
    await merge(database, admin, other.visitor, introduction.ana)
    seat = await newest(database)
    assert seat.third_id == other.visitor.person.id
    async with database.reading() as connection:
        assert await third_joins(connection, seat)
        assert (await check_guest_may_enter(connection, seat, booking.start, WINDOW)).id == booking.id


async def test_a_mentorship_that_a_match_began_becomes_one_with_another(database, pair, admin):
    double = await add(database, "Samuel", "sam.o@example.org", pair.mentor)
    scheme_id = await open_scheme(database, admin, NOW)
    async with database.writing() as connection:
        places = [
            await add_membership(connection, scheme_id, each.person.id, MembershipState.MEMBER, said, NOW)
            for each, said in ((pair.mentor, MENTOR), (double.visitor, MENTEE))
        ]
        proposal = await add_proposal(connection, scheme_id, (places[0], places[1]), "", NOW, NOW)
        values = {"state": "agreed", "due_at": None, "mentorship_id": double.mentorship_id}
        await connection.execute(update(match_proposals).values(values))
    await merge(database, admin, pair.mentee, double.visitor)
    of_match = select(match_proposals.c.id, match_proposals.c.mentorship_id)
    assert await read(database, of_match) == [(proposal, pair.mentorship_id)]


async def test_what_cannot_be_is_refused_in_plain_words_and_changes_nothing(database, pair, double, admin, contents):
    before = await contents()
    with pytest.raises(PairWithOneself):
        await merge(database, admin, pair.mentor, pair.mentee)
    with pytest.raises(AccountGoes):
        await merge(database, admin, pair.mentee, admin)
    for reason in ("", "Samuel was here twice"):
        with pytest.raises(InvalidInput):
            await merge(database, admin, pair.mentee, double.visitor, reason=reason)
    assert await contents() == before
    other = await visitor_with_account(database, email="otto@example.org")
    with pytest.raises(BothHaveAccounts):
        await merge(database, admin, admin, other)
    same_mentor = await add(database, "Sam Two", "two@example.org", pair.mentor)
    for visitor, mentorship_id in ((pair.mentor, pair.mentorship_id), (pair.mentor, same_mentor.mentorship_id)):
        await set_routine(database, visitor, mentorship_id, PLAN, SHOWN[ChoiceKind.SET_ROUTINE], NOW)
    with pytest.raises(TwoRoutines) as refused:
        await merge(database, admin, pair.mentee, same_mentor.visitor)
    assert refused.value.values == {"name": "Maya"}


async def test_introductions_go_on_as_the_ones_of_the_one(database, pair, double, admin):
    introduction_id = await proposed(database, pair, Proposal("a", "b", "Samuel", "sam.o@example.org"))
    await ask_third_people(database, SEALER, KEY, NOW)
    with pytest.raises(IntroducedToOneself):
        await merge(database, admin, pair.mentee, double.visitor)
    # Somebody else has two entries as well: what the earlier one was asked is the other's to answer.
    other = await add(database, "Samantha", "samantha@example.org")
    await merge(database, admin, other.visitor, double.visitor)
    async with database.writing() as connection:
        secret = await make_link(connection, NOW, person_id=other.visitor.person.id, purpose=Purpose.HOME, path="/home")
    page = await page_for(database, await visitor_by(database, secret), introduction_id)
    assert page.words == "b"
    assert (await verify(database)).holds


async def test_a_place_in_a_scheme_goes_with_its_person(database, pair, double, admin):
    scheme = await open_scheme(database, admin, NOW)
    async with database.writing() as connection:
        place = await add_membership(connection, scheme, double.visitor.person.id, MembershipState.MEMBER, MENTEE, NOW)
        own = await add_membership(connection, scheme, pair.mentee.person.id, MembershipState.LEFT, MENTEE, NOW)
    with pytest.raises(TwoMemberships) as refused:
        await merge(database, admin, pair.mentee, double.visitor)
    assert refused.value.values == {"name": TEXT.name}
    await merge(database, admin, double.visitor, pair.mentee, name="Samuel")
    rows = await read(database, select(memberships.c.id, memberships.c.person_id).order_by(memberships.c.id))
    # One that is over stays with the entry that it was made for.
    assert rows == [(place, double.visitor.person.id), (own, pair.mentee.person.id)]


async def test_external_ids_of_mentorships_that_became_one_lead_to_it(database, pair, admin):
    """Also once it has become one with another in its turn."""
    again, third = [await add(database, f"Sam {each}", f"{each}@example.org", pair.mentor) for each in (2, 3)]
    each_mentorship = (pair.mentorship_id, again.mentorship_id, third.mentorship_id)
    async with database.writing() as connection:
        for mentorship_id in each_mentorship:
            await set_external_id(connection, mentorships, mentorship_id, f"pair-{mentorship_id}")
    await merge(database, admin, again.visitor, third.visitor)
    await merge(database, admin, pair.mentee, again.visitor)
    found = (pair.mentorship_id, pair.mentor.person.id, pair.mentee.person.id)
    async with database.reading() as connection:
        for mentorship_id in each_mentorship:
            assert astuple(await find_any_pair(connection, f"pair-{mentorship_id}")) == found
        shown = await read_any_mentorship(connection, pair.mentorship_id)
    assert shown.external_id == f"pair-{pair.mentorship_id}"


async def test_external_ids_of_both_lead_to_the_one(database, pair, double, admin):
    async with database.writing() as connection:
        await set_external_id(connection, people, double.visitor.person.id, "crm-2")
    await merge(database, admin, pair.mentee, double.visitor)
    third = await add(database, "Sam Three", "three@example.org")
    async with database.writing() as connection:
        await set_external_id(connection, people, third.visitor.person.id, "crm-3")
    await merge(database, admin, pair.mentee, third.visitor)
    async with database.reading() as connection:
        for external_id in ("crm-2", "crm-3"):
            assert (await find_any_person(connection, external_id)).id == pair.mentee.person.id
        assert (await read_any_person(connection, pair.mentee.person.id)).external_id == "crm-2"
        with pytest.raises(NotFound):
            await read_any_person(connection, third.visitor.person.id)


async def test_nobody_is_merged_out_of_a_call_and_who_enters_at_that_moment_comes_back(database, pair, double, admin):
    booking = await a_booking(database, pair)
    start = booking.start.timestamp()
    old = str(pair.mentee.person.id)
    await record_news(database, Joined(attendance="first", call=str(booking.id), person=old, at=start))
    with pytest.raises(OneIsInCall):
        await merge(database, admin, double.visitor, pair.mentee, name="Samuel")
    await record_news(database, left(booking, old, "first", start + 60))
    assert (
        await find_uninvited(database, Joined(attendance="second", call=str(booking.id), person=old, at=start + 70))
        == ()
    )
    await merge(database, admin, double.visitor, pair.mentee, name="Samuel")
    late = Joined(attendance="second", call=str(booking.id), person=old, at=start + 70)
    await record_news(database, late)
    assert await find_uninvited(database, late) == ((str(booking.id), old),)
    whose = {row.person_id for row in await read(database, select(attendances.c.person_id))}
    assert whose == {double.visitor.person.id}
    entrance = await enter_call(database, double.visitor, booking.id, booking.start, WINDOW)
    assert entrance.seat.person == str(double.visitor.person.id)


async def test_of_two_merges_at_once_each_person_goes_once(database, pair, double, admin):
    third = await add(database, "Sami", "sami@example.org")
    ways = [(pair.mentee, double.visitor), (double.visitor, pair.mentee), (double.visitor, third.visitor)]
    ways += [(third.visitor, double.visitor)]
    done = await asyncio.gather(*(merge(database, admin, kept, gone) for kept, gone in ways), return_exceptions=True)
    assert all(each is None or isinstance(each, AlreadyMerged) for each in done), done
    merged = {row.id: row.merged_into for row in await read(database, select(people).where(people.c.merged_into > 0))}
    assert len(merged) == done.count(None) <= 2
    # Nobody leads to somebody who went.
    assert not set(merged) & set(merged.values())


async def test_what_is_written_for_the_one_who_went_at_that_moment_follows(database, pair, double, admin):
    await merge(database, admin, pair.mentee, double.visitor)
    async with database.writing() as connection:
        own = {"weekday": 0, "begins": 540, "ends": 600}
        await connection.execute(insert(weekly_hours).values(person_id=double.visitor.person.id, **own))
    await settle_merges(database, SEALER, NOW + SETTLES_AFTER / 2)
    assert await read(database, select(weekly_hours.c.person_id)) == [(double.visitor.person.id,)]
    await settle_merges(database, SEALER, NOW + SETTLES_AFTER)
    assert await read(database, select(weekly_hours.c.person_id)) == [(pair.mentee.person.id,)]
    assert await read(database, select(people.c.id).where(people.c.settles_at.is_not(None))) == []


async def test_an_email_that_both_got_is_sent_once(database, pair, double, admin):
    same = {"event": "import:1", "kind": "welcome", "path": "/home", "made_at": NOW, "due_at": NOW, "attempts": 0}
    async with database.writing() as connection:
        for each in (pair.mentee, double.visitor):
            await connection.execute(insert(outbox).values(recipient_id=each.person.id, **same))
    await merge(database, admin, pair.mentee, double.visitor)
    rows = await read(
        database, select(outbox.c.recipient_id, outbox.c.event, outbox.c.dropped_at).order_by(outbox.c.id)
    )
    me, other = pair.mentee.person.id, double.visitor.person.id
    assert rows == [(me, "import:1", None), (me, f"import:1:{other}", NOW)]


async def test_the_person_sees_it_with_the_reason(database, pair, double, admin):
    await merge(database, admin, pair.mentee, double.visitor)
    newest, *_ = (await read_looks_page(database, pair.mentee)).looks
    assert (newest.act, newest.reason) == ("merged_people", REASON)


@pytest.mark.parametrize("seed", range(3))
async def test_of_random_histories_nothing_is_lost(database, pair, double, admin, no_limits, seed):
    """Also by three records of one person, in any order; then the one who is left is erased."""
    chance = random.Random(seed)
    third = await add(database, "Sammy", "sammy@example.org", pair.mentor)
    records = [
        Pair(pair.mentor, pair.mentee, pair.stranger, pair.mentorship_id),
        Pair(pair.stranger, double.visitor, pair.mentor, double.mentorship_id),
        Pair(pair.mentor, third.visitor, pair.stranger, third.mentorship_id),
    ]
    for number in range(12):
        await something(database, chance.choice(records), chance, number)
    before, entries = await counts(database), await read(database, select(choices))
    own = sum([len(await read_own_choices(database, each.mentee)) for each in records])
    order = chance.sample(records, 3)
    kept = order[0].mentee
    steps = [(order[0].mentee, order[1].mentee), (order[0].mentee, order[2].mentee)]
    if chance.random() < 0.5:
        steps = [(order[1].mentee, order[2].mentee), (order[0].mentee, order[1].mentee)]
    for one, two in steps:
        await merge(database, admin, one, two)
    assert await counts(database) == before | {"mentorships": before["mentorships"] - 1}
    assert await read(database, select(choices)) == entries
    assert (await verify(database)).holds
    assert len(await read_own_choices(database, kept)) == own
    for each in order[1:]:
        assert await rows_of_the_one_who_went(database, each.mentee.person.id) == []
    archive = await read_archive(database, kept.person.id, "https://example.org", "a@example.org", NOW)
    rows = {section.place.table: len(section.rows) for section in archive.sections}
    assert (rows["choices"], rows["people"]) == (own, 3)
    await erase(database, kept.person, NOW)
    for mark in ("Samuel", "sam.o@", "Sammy", "sam@example.org", "about my week"):
        assert await rows_with(database, mark) == []
    assert (await verify(database)).holds


async def something(database, pair, chance, number):
    """What the two may do: it may be refused."""
    start = NOW + timedelta(days=1 + number, hours=chance.randrange(10))
    draft = replace(DRAFT, starts=(start,), note=f"Sam writes about my week {number}")
    act = chance.randrange(7)
    text = f"about my week {number}"
    if act == 0:
        await send_message(database, SEALER, pair.mentee, pair.mentorship_id, f"form {number}", text, None, NOW)
        return
    if act == 1:
        await keep_situation(database, SEALER, pair.mentee, pair.mentorship_id, text, UNTIL, NOW)
        return
    author = pair.mentor if act % 2 else pair.mentee
    other = pair.mentee if act % 2 else pair.mentor
    offer = await make_offer(database, author, pair.mentorship_id, draft, OFFERED, NOW)
    if act == 2:
        await decline_offer(database, other, offer.id, text if other is pair.mentee else "Not now.", DECLINED, NOW)
    elif act > 3:
        booking = await accept_offer(database, other, offer.id, accepting(start), NOW)
        if act == 4:
            await withdraw(database, pair.mentee, booking.id, text, WITHDREW, NOW)
        else:
            await meet(database, booking, pair)


async def meet(database, booking, pair):
    start = booking.start.timestamp()
    for visitor in (pair.mentor, pair.mentee):
        name = f"{booking.id}-{visitor.person.id}"
        await record_news(
            database, Joined(attendance=name, call=str(booking.id), person=str(visitor.person.id), at=start)
        )
    for visitor in (pair.mentor, pair.mentee):
        name = f"{booking.id}-{visitor.person.id}"
        await record_news(database, left(booking, str(visitor.person.id), name, start + 60))
    await report(database, pair.mentee, booking.id, Outcome.SPOKE, WINDOW, booking.end)


def left(booking, person, attendance, at):
    return Left(attendance=attendance, call=str(booking.id), person=person, at=at, why="left")


COUNTED = ("mentorships", "catchups", "offers", "bookings", "choices", "choice_words", "sessions", "attendances")
COUNTED += ("reports", "messages", "links", "visits")


async def counts(database):
    return {name: len(await read(database, select(metadata.tables[name]))) for name in COUNTED}


async def rows_of_the_one_who_went(database, person_id):
    """Where they are still named, but for what may not be written again."""
    staying = {str(column) for column in merging.STAYING}
    return [
        str(column)
        for table in metadata.sorted_tables
        for column in table.c
        if any(str(key.column) == "people.id" for key in column.foreign_keys) and str(column) not in staying
        if await read(database, select(column).where(column == person_id))
    ]


def test_each_column_that_names_a_person_is_taken_care_of():
    named = {
        str(column)
        for table in metadata.sorted_tables
        for column in table.c
        if any(str(key.column) == "people.id" for key in column.foreign_keys)
    }
    whole = [table.c.person_id for tables in merging.AS_A_WHOLE for table in tables]
    cared = [
        *merging.MOVED,
        *merging.OF_PAIR,
        *merging.ONE_EACH,
        *merging.WHERE_FREE,
        *merging.SEALED,
        *whole,
        *merging.DROPPED,
        *merging.STAYING,
    ]
    assert Counter(str(column) for column in cared) == dict.fromkeys(named, 1)


def test_each_table_of_a_mentorship_is_taken_care_of():
    of_one = {
        table.name
        for table in metadata.sorted_tables
        if any(str(key.column) == "mentorships.id" for key in table.foreign_keys)
    }
    by_statements = {
        statement.table.name for statement in (*joining.JOINED, *joining.JOIN_ONE_EACH, *joining.FORGOTTEN)
    }
    sealed = {"messages", "message_files", "message_readers", "situations", "farewells"}
    assert by_statements | sealed == of_one
