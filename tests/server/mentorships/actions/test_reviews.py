"""Twice a year both are asked, each alone; what one said alone is known to nobody, and nothing shows that they did."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select, update

from server.admin.actions.mentorships import arrange
from server.catchups.store.mutes import set_mute
from server.db.tables import courses, metadata, outbox, people
from server.errors import NotFound
from server.mail.mailer import send_due_emails
from server.mentorships.actions.reading import choose_notice
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.actions.reviews import answer_review, follow_reviews
from server.mentorships.queries.home import read_mentorship_home
from server.mentorships.queries.review import ReviewView, read_review_page
from server.mentorships.rules.courses import CourseState
from server.mentorships.rules.notices import MessageNotice
from server.mentorships.rules.reviews import (
    EVERY,
    LOOK_AGAIN,
    OPEN,
    SHOWN,
    STILL_FITS,
    Answer,
    Answers,
    Matter,
    ReviewClosed,
)
from server.mentorships.store.courses import read_course, set_course
from server.people.rules.mentorships import LONG_REST, MentorshipAtRest, MentorshipEvent
from server.privacy.store.places import read_rows
from tests.server.actors import NOW, visitor_with_account
from tests.server.privacy.actions.test_erasing import erase
from tests.server.sending import SEALER

BOTH = ("mentor", "mentee")
MOMENT = timedelta(seconds=1)
ASKED = NOW + EVERY
CLOSED = ASKED + OPEN


async def ask(database, pair):
    assert await follow_reviews(database, NOW) == 0
    assert await follow_reviews(database, ASKED) == 1


async def say(database, pair, who, now=ASKED, **said):
    answers = Answers({Matter(matter): Answer(each) for matter, each in said.items()}, not_now=not said)
    await answer_review(database, getattr(pair, who), pair.mentorship_id, answers, now)


async def view(database, pair, who, now):
    review = (await read_mentorship_home(database, SEALER, getattr(pair, who), pair.mentorship_id, now)).review
    assert (await read_review_page(database, getattr(pair, who), pair.mentorship_id, now)).review == review
    return review


async def asked(database):
    async with database.reading() as connection:
        query = select(outbox.c.recipient_id, outbox.c.due_at, outbox.c.dropped_at).where(outbox.c.kind == STILL_FITS)
        return [tuple(row) for row in await connection.execute(query.order_by(outbox.c.id))]


async def test_both_are_asked_once_after_half_a_year_and_again_half_a_year_later(database, pair):
    await follow_reviews(database, NOW)
    assert await follow_reviews(database, ASKED - MOMENT) == 0
    assert await asked(database) == []
    assert await follow_reviews(database, ASKED) == 1
    assert await follow_reviews(database, ASKED + MOMENT) == 0
    ids = [pair.mentor.person.id, pair.mentee.person.id]
    assert [row[0] for row in await asked(database)] == ids
    for who in BOTH:
        assert (await view(database, pair, who, ASKED)).open_until == CLOSED
        assert await view(database, pair, who, CLOSED) == ReviewView()
    assert await follow_reviews(database, CLOSED) == 1
    assert await follow_reviews(database, CLOSED + EVERY - MOMENT) == 0
    assert await follow_reviews(database, CLOSED + EVERY) == 1
    assert [row[0] for row in await asked(database)] == ids * 2


async def test_the_email_comes_by_day_where_its_reader_is_and_leads_to_the_page(
    database, pair, mailer, clock, smtp_server
):
    async with database.writing() as connection:
        zone = {"zone": "Australia/Sydney", "language": "de"}
        await connection.execute(update(people).where(people.c.id == pair.mentee.person.id).values(zone))
    await ask(database, pair)
    for (_, due_at, _), place in zip(await asked(database), ("Europe/Berlin", "Australia/Sydney"), strict=True):
        assert due_at >= ASKED, place
    clock.now = ASKED + timedelta(days=1)
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to("maya@example.org")
    assert email["Subject"] == "Does it still fit?"
    text = " ".join(email.get_body(("plain",)).get_content().split())
    assert "You need not answer. You get this email once." in text
    [other] = smtp_server.emails_to("sam@example.org")
    assert other["Subject"] == "Passt es noch?"


async def test_who_has_switched_emails_off_gets_none_and_is_asked_on_their_page(database, pair):
    await choose_notice(database, pair.mentee, pair.mentorship_id, MessageNotice.NONE, NOW)
    async with database.writing() as connection:
        await set_mute(connection, pair.mentorship_id, pair.mentor.person.id, NOW)
    await ask(database, pair)
    assert await asked(database) == []
    for who in BOTH:
        assert (await view(database, pair, who, ASKED)).open_until == CLOSED


async def test_both_see_what_both_would_like_to_change_for_a_while(database, pair):
    await ask(database, pair)
    await say(database, pair, "mentor", medium="change", hour="change", length="fits")
    await say(database, pair, "mentee", medium="change", hour="fits", needs="change")
    # A second thought replaces the first one.
    await say(database, pair, "mentee", now=CLOSED - MOMENT, medium="change", hour="change", needs="change")
    own = (await view(database, pair, "mentee", ASKED)).own.by_matter
    assert (own[Matter.HOUR], len(own)) == (Answer.CHANGE, 3)
    for who in BOTH:
        assert (await view(database, pair, who, CLOSED - MOMENT)).shared == ()
    with pytest.raises(ReviewClosed):
        await say(database, pair, "mentor", now=CLOSED, medium="fits")
    assert await follow_reviews(database, CLOSED) == 1
    for who in BOTH:
        assert await view(database, pair, who, CLOSED) == ReviewView(shared=(Matter.MEDIUM, Matter.HOUR))
    with pytest.raises(ReviewClosed):
        await say(database, pair, "mentor", now=CLOSED, medium="fits")
    assert await follow_reviews(database, CLOSED + SHOWN - MOMENT) == 0
    assert await follow_reviews(database, CLOSED + SHOWN) == 1
    assert await view(database, pair, "mentor", CLOSED + SHOWN) == ReviewView()


async def test_the_two_alone_answer(database, pair):
    await ask(database, pair)
    with pytest.raises(NotFound):
        await answer_review(database, pair.stranger, pair.mentorship_id, Answers(), ASKED)


@dataclass
class Seen:
    """All that shows anything of a round but the answers: the pages of one of the two, what both and those who run the
    scheme export, every other row there is, and that each of the two has a row of answers."""

    pages: tuple[object, ...]
    exports: tuple[object, ...]
    rows: dict[str, list[str]]
    answers: int


async def seen_by(database, pair, who, now):
    visitor, rows = getattr(pair, who), {}
    home = await read_mentorship_home(database, SEALER, visitor, pair.mentorship_id, now)
    page = await read_review_page(database, visitor, pair.mentorship_id, now)
    async with database.reading() as connection:
        exports = [await read_rows(connection, each.person.id) for each in (pair.mentor, pair.mentee)]
        for table in metadata.sorted_tables:
            rows[table.name] = sorted(map(repr, await connection.execute(select(table))))
    return Seen((home, page), tuple(exports), rows, len(rows.pop("review_answers")))


SAID = ({}, {"medium": "fits"}, {"medium": "change"})


@pytest.mark.parametrize("mine", [None, *SAID])
@pytest.mark.parametrize("who", BOTH)
async def test_while_it_is_open_nothing_shows_what_the_other_said_nor_whether_they_did(
    database, pair, who, mine, caplog
):
    caplog.set_level("DEBUG", "server")
    other = "mentee" if who == "mentor" else "mentor"
    await ask(database, pair)
    if mine is not None:
        await say(database, pair, who, **mine)
    caplog.clear()
    # Also once nothing more is taken, while the clock has not come yet.
    times = (ASKED, CLOSED)
    silent = [await seen_by(database, pair, who, now) for now in times]
    for theirs in SAID:
        await say(database, pair, other, **theirs)
        assert [await seen_by(database, pair, who, now) for now in times] == silent, theirs
    assert caplog.records == []


@pytest.mark.parametrize(("mine", "theirs"), list(product((None, *SAID), repeat=2)))
async def test_after_the_end_only_a_wish_of_both_leaves_a_trace(database, pair, mine, theirs):
    await ask(database, pair)
    before = await seen_by(database, pair, "mentor", ASKED)
    for who, said in (("mentor", mine), ("mentee", theirs)):
        if said is not None:
            await say(database, pair, who, **said)
    assert await follow_reviews(database, CLOSED) == 1
    wished = mine == theirs == {"medium": "change"}
    for who in BOTH:
        after = await seen_by(database, pair, who, CLOSED)
        assert await view(database, pair, who, CLOSED) == ReviewView(shared=(Matter.MEDIUM,) if wished else ())
        assert (len(after.rows.pop("reviews")), after.answers) == (int(wished), 0)
        assert after.rows == {table: rows for table, rows in before.rows.items() if table != "reviews"}
        for export in after.exports:
            assert [set(row) for row in export["reviews"]] == [{"mentorship_id", "until"}] * wished
            assert export["review_answers"] == ()


async def test_not_while_it_rests(database, pair):
    pause, resume = MentorshipEvent.PAUSE, MentorshipEvent.RESUME
    await follow_reviews(database, NOW)
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, pause, "f", "", ASKED - MOMENT)
    assert await follow_reviews(database, ASKED) == 0
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, resume, "g", "", ASKED)
    assert await follow_reviews(database, ASKED) == 1


@pytest.mark.parametrize(("rested", "asked"), [(LONG_REST, EVERY), (LONG_REST - MOMENT, timedelta(0))])
async def test_after_a_long_rest_half_a_year_is_counted_from_its_end(database, pair, rested, asked):
    assert await follow_reviews(database, NOW) == 0
    for event, at in ((MentorshipEvent.PAUSE, ASKED - rested), (MentorshipEvent.RESUME, ASKED)):
        await change_own_mentorship(database, SEALER, pair.mentor, pair.mentorship_id, event, f"{event} again", "", at)
    if asked:
        assert await follow_reviews(database, ASKED + asked - MOMENT) == 0
    assert await follow_reviews(database, ASKED + asked) == 1


async def test_a_pause_hides_an_open_round_and_drops_its_emails(database, pair):
    pause = MentorshipEvent.PAUSE
    await ask(database, pair)
    await say(database, pair, "mentor", medium="change")
    await change_own_mentorship(database, SEALER, pair.mentee, pair.mentorship_id, pause, "f", "", ASKED)
    assert [row[2] for row in await asked(database)] == [ASKED] * 2
    assert await view(database, pair, "mentor", ASKED) == ReviewView()
    with pytest.raises(MentorshipAtRest):
        await say(database, pair, "mentee", medium="change")
    await follow_reviews(database, CLOSED)
    assert await view(database, pair, "mentor", CLOSED) == ReviewView()


async def test_an_end_forgets_what_was_said_at_once(database, pair, count):
    admin = await visitor_with_account(database)
    await ask(database, pair)
    await say(database, pair, "mentor", medium="change")
    await arrange(database, admin, pair.mentorship_id, MentorshipEvent.END, ASKED)
    assert (await count("reviews"), await count("review_answers")) == (0, 0)
    assert await follow_reviews(database, CLOSED + EVERY) == 0


async def test_not_in_the_last_catchups(database, pair):
    await follow_reviews(database, NOW)
    async with database.writing() as connection:
        course = await read_course(connection, pair.mentorship_id, NOW)
        closing = type(course)(CourseState.CLOSING, course.counted_from)
        await set_course(connection, pair.mentorship_id, closing, None)
    assert await follow_reviews(database, ASKED) == 0
    async with database.writing() as connection:
        await connection.execute(update(courses).values(state="running"))
    assert await follow_reviews(database, ASKED + LOOK_AGAIN) == 1


async def test_erasing_one_of_them_ends_the_round_for_both(database, pair, count):
    await ask(database, pair)
    for who in BOTH:
        await say(database, pair, who, medium="change")
    await erase(database, pair.mentee.person, ASKED)
    assert (await count("reviews"), await count("review_answers")) == (0, 0)
    assert await follow_reviews(database, CLOSED + EVERY) == 0
