"""The course of a planned mentorship: what both are told and asked, what waits for both, and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from server.admin.actions.mentorships import arrange
from server.catchups.actions.bookings import withdraw
from server.catchups.changes.saving import save
from server.catchups.rules.bookings import BookingEvent, apply
from server.catchups.rules.routines import Every
from server.db.tables import bookings, courses, outbox
from server.mail.mailer import send_due_emails
from server.mentorships.actions.courses import follow_courses, say_length, say_wish
from server.mentorships.actions.parting import NotEnded, choose_what_stays, leave_words
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.queries.home import read_mentorship_home
from server.mentorships.queries.keepsake import read_keepsake
from server.mentorships.rules.courses import WAITS, CourseState, NotNearlyOver, Wish
from server.mentorships.rules.lengths import PlannedLength
from server.people.rules.mentorships import MentorshipEvent, MentorshipState
from server.room.actions.editing import edit_by_form
from server.room.rules.content import ItemKind
from server.room.rules.edits import Addition, ItemChange, Removal
from tests.server.actors import NOW, WITHDREW, a_booking, visitor_with_account
from tests.server.privacy.actions.test_erasing import rows_with
from tests.server.sending import SEALER

THREE = PlannedLength(3, Every.WEEK)
BEGAN = NOW + timedelta(hours=1)
DAY = timedelta(days=1)


async def say(database, pair, who, length=THREE, now=NOW):
    await say_length(database, SEALER, getattr(pair, who), pair.mentorship_id, length, now)


async def wish(database, pair, who, wished, now):
    await say_wish(database, SEALER, getattr(pair, who), pair.mentorship_id, wished, now)


async def home(database, pair, who="mentor", now=NOW):
    return await read_mentorship_home(database, SEALER, getattr(pair, who), pair.mentorship_id, now)


async def hold(database, pair, start):
    """They agree on a catch-up before it begins, and it takes place."""
    booking = await a_booking(database, pair, start, now=start - timedelta(hours=2))
    async with database.writing() as connection:
        await connection.execute(update(bookings).where(bookings.c.id == booking.id).values(state="held"))
    return booking


async def follow(database, now):
    async with database.writing() as connection:
        await connection.execute(update(courses).where(courses.c.look_at.is_not(None)).values(look_at=now))
    return await follow_courses(database, SEALER, now)


async def told(database, pair):
    async with database.reading() as connection:
        query = select(outbox.c.recipient_id, outbox.c.kind).where(outbox.c.mentorship_id == pair.mentorship_id)
        return [
            (pair.mentor.person.id == row.recipient_id, row.kind)
            for row in await connection.execute(query.order_by(outbox.c.id))
        ]


async def topics(database, pair, now):
    return [item.body.text for item in (await home(database, pair, now=now)).topics]


@pytest.fixture
async def planned(database, pair, no_limits):
    """Both said three catch-ups: two are left after one."""
    await say(database, pair, "mentor")
    await say(database, pair, "mentee")
    await hold(database, pair, NOW + DAY)
    return pair


async def test_what_one_said_is_told_once_both_have(database, pair):
    async def said(who):
        course = (await home(database, pair, who)).course
        return course.own_length, course.other_length, course.length

    longer = PlannedLength(9, Every.WEEK)
    await say(database, pair, "mentor", longer)
    assert (await said("mentor"), await said("mentee")) == ((longer, None, None), (None, None, None))
    await say(database, pair, "mentee")
    assert await said("mentor") == (longer, THREE, THREE)
    assert await said("mentee") == (THREE, longer, THREE)


async def test_two_before_the_end_both_are_told_once(database, planned, mailer, smtp_server, clock):
    now = NOW + 2 * DAY
    assert await follow(database, now) == 1
    assert await follow(database, now) == 0
    assert await told(database, planned) == [
        (False, "length_asked"),
        (True, "length_agreed"),
        (True, "nearly_over"),
        (False, "nearly_over"),
    ]
    clock.now = now
    await send_due_emails(database, mailer)
    for address in ("maya@example.org", "sam@example.org"):
        texts = [each.get_body(("plain",)).get_content() for each in smtp_server.emails_to(address)]
        assert any("Only the last of the catch-ups that you and" in text for text in texts)
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox.c.kind, outbox.c.path).order_by(outbox.c.id))
        paths = {row.kind: row.path for row in rows}
    own = f"/mentorships/{planned.mentorship_id}"
    assert [paths[kind] for kind in ("length_asked", "length_agreed", "nearly_over")] == [f"{own}/length"] * 2 + [own]
    page = await home(database, planned, now=now)
    assert (page.course.state, page.course.held, page.course.left) == (CourseState.CLOSING, 1, 2)


async def test_the_last_has_an_agenda_from_which_each_strikes(database, planned):
    await hold(database, planned, NOW + 2 * DAY)
    last = await a_booking(database, planned, NOW + 4 * DAY, now=NOW + 3 * DAY)
    now = NOW + 3 * DAY
    await follow(database, now)
    assert await topics(database, planned, now) == [
        "What has changed since we began?",
        "What would we like to thank each other for?",
        "What stays, and what comes next?",
    ]
    await edit_by_form(database, SEALER, planned.mentee, last.id, Removal("last-thanks", 9))
    await follow(database, now)
    assert await topics(database, planned, now) == [
        "What has changed since we began?",
        "What stays, and what comes next?",
    ]


async def looked_at(database):
    async with database.reading() as connection:
        return (await connection.execute(select(courses.c.look_at))).scalar_one()


async def test_the_clock_looks_once_something_is_agreed_or_was_held_and_else_each_day(database, pair, no_limits):
    await say(database, pair, "mentor")
    await say(database, pair, "mentee")
    assert await follow_courses(database, SEALER, NOW + timedelta(hours=23)) == 0
    assert await looked_at(database) == NOW + DAY
    booking = await a_booking(database, pair, NOW + 2 * DAY)
    assert await looked_at(database) == NOW
    await follow_courses(database, SEALER, NOW)
    assert await looked_at(database) == NOW + DAY
    at = booking.start + timedelta(minutes=1)
    async with database.writing() as connection:
        await save(connection, apply(booking, BookingEvent.BOTH_PRESENT, at), at)
    # Not while the two still talk.
    assert await looked_at(database) == booking.end
    assert await follow_courses(database, SEALER, booking.end) == 1


async def test_both_wish_to_go_on_and_neither_is_shown_that_before(database, planned):
    now = NOW + 2 * DAY
    with pytest.raises(NotNearlyOver):
        await wish(database, planned, "mentee", Wish.GO_ON, now)
    await follow(database, now)
    before = await home(database, planned, "mentor", now)
    emails = await told(database, planned)
    for wished in (Wish.FINISH, None, Wish.GO_ON):
        await wish(database, planned, "mentee", wished, now)
        assert await home(database, planned, "mentor", now) == before
        assert await told(database, planned) == emails
    await wish(database, planned, "mentor", Wish.GO_ON, now)
    course = (await home(database, planned, now=now)).course
    assert (course.state, course.held, course.left, course.wish) == (CourseState.RUNNING, 0, 3, None)


async def over(database, planned):
    """All three took place; when."""
    for days in (2, 3):
        await hold(database, planned, NOW + days * DAY)
    now = NOW + 4 * DAY
    await follow(database, now)
    assert (await home(database, planned, now=now)).course.state is CourseState.OVER
    return now


async def test_both_wish_to_finish_and_it_ends_as_planned(database, planned, mailer, smtp_server, clock):
    now = await over(database, planned)
    await wish(database, planned, "mentor", Wish.FINISH, now)
    assert (await home(database, planned, now=now)).row.state is MentorshipState.ACTIVE
    await wish(database, planned, "mentee", Wish.FINISH, now)
    page = await home(database, planned, now=now)
    assert (page.row.state, page.course.state) == (MentorshipState.ENDED, CourseState.FINISHED)
    clock.now = now
    await send_due_emails(database, mailer)
    assert "Your mentorship has come to its planned end" in [
        each["Subject"] for each in smtp_server.emails_to("sam@example.org")
    ]


async def test_one_wish_to_finish_waits_for_the_other_and_silence_ends_nothing(database, planned):
    now = await over(database, planned)
    assert await follow(database, now + 3 * WAITS) == 0
    await wish(database, planned, "mentee", Wish.FINISH, now)
    before = await told(database, planned)
    assert await follow(database, now + WAITS - DAY) == 0
    assert await told(database, planned) == before
    assert await follow(database, now + WAITS) == 1
    page = await home(database, planned, now=now + WAITS)
    assert page.row.state is MentorshipState.ENDED
    assert await told(database, planned) == [*before, (True, "planned_end"), (False, "planned_end")]


async def test_a_wish_is_forgotten_with_an_early_end(database, planned):
    now = await over(database, planned)
    await wish(database, planned, "mentee", Wish.FINISH, now)
    await end(database, planned, now)
    with pytest.raises(NotNearlyOver):
        await wish(database, planned, "mentee", Wish.FINISH, now)
    assert (await home(database, planned, "mentee", now)).course.wish is None


async def test_a_wish_is_forgotten_when_the_scheme_ends_it(database, planned):
    now = await over(database, planned)
    await wish(database, planned, "mentee", Wish.FINISH, now)
    admin = await visitor_with_account(database)
    for event in (MentorshipEvent.END, MentorshipEvent.RESUME):
        await arrange(database, admin, planned.mentorship_id, event, now)
    assert (await home(database, planned, "mentee", now)).course.wish is None


async def end(database, pair, now, ready=""):
    await change_own_mentorship(
        database, SEALER, pair.mentee, pair.mentorship_id, MentorshipEvent.END, "f", "", now, ready=ready
    )


async def test_an_early_end_says_words_that_were_ready(database, pair, mailer, smtp_server):
    await end(database, pair, NOW, ready="reached")
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to("maya@example.org")
    assert "> I have got from our talks what I was looking for." in email.get_body(("plain",)).get_content()


async def test_the_keepsake_has_what_both_may_see(database, planned):
    booking = await hold(database, planned, NOW + 2 * DAY)
    for edit in (
        Addition("a", ItemKind.TOPIC, "Exams"),
        Addition("b", ItemKind.TOPIC, "Not reached"),
        ItemChange("a", done=True),
        Addition("c", ItemKind.ACTION, "Ask at the library"),
        ItemChange("c", done=True),
        Addition("d", ItemKind.RESOURCE, "Rooms", "https://library.example"),
    ):
        await edit_by_form(database, SEALER, planned.mentee, booking.id, edit)
    await leave_words(database, SEALER, planned.mentor, planned.mentorship_id, "Well done, Sam.")
    now = NOW + 3 * DAY

    async def read(who):
        return await read_keepsake(database, SEALER, getattr(planned, who), planned.mentorship_id, now)

    found = await read("mentee")
    assert [
        (
            [item.text for item in kept.topics],
            [item.text for item in kept.actions],
            [item.url for item in kept.resources],
        )
        for kept in found.catchups
    ] == [([], [], []), (["Exams"], ["Ask at the library"], ["https://library.example"])]
    assert (found.course.other_farewell, (await read("mentor")).course.farewell) == ("", "Well done, Sam.")
    await end(database, planned, now)
    assert (await read("mentee")).course.other_farewell == "Well done, Sam."
    assert await rows_with(database, "Well done") == []


async def test_each_erases_what_they_wrote_and_both_what_they_kept(database, planned):
    booking = await hold(database, planned, NOW + 2 * DAY)
    await edit_by_form(
        database, SEALER, planned.mentee, booking.id, Addition("a", ItemKind.RESOURCE, "x", "https://a.b")
    )
    await leave_words(database, SEALER, planned.mentor, planned.mentorship_id, "Mine.")
    await leave_words(database, SEALER, planned.mentee, planned.mentorship_id, "Yours.")
    now = NOW + 3 * DAY

    async def choose(who, erases):
        await choose_what_stays(database, getattr(planned, who), planned.mentorship_id, now, erases=erases)

    with pytest.raises(NotEnded):
        await choose("mentee", True)
    await end(database, planned, now, ready="thanks")
    await choose("mentor", False)
    await choose("mentee", True)
    page = await home(database, planned, "mentor", now)
    assert (page.course.farewell, page.course.other_farewell, len(page.resources)) == ("Mine.", "", 1)
    assert (page.thread.messages, page.course.all_erased) == ((), False)
    await choose("mentor", True)
    page = await home(database, planned, "mentor", now)
    assert (page.course.farewell, page.resources, page.course.all_erased) == ("", (), True)


async def test_words_of_answers_are_erased_too(database, pair):
    booking = await a_booking(database, pair)
    await withdraw(database, pair.mentee, booking.id, "My sister is ill.", WITHDREW, NOW)
    await end(database, pair, NOW)
    assert await rows_with(database, "my sister") == ["choice_words"]
    await choose_what_stays(database, pair.mentor, pair.mentorship_id, NOW, erases=True)
    assert await rows_with(database, "my sister") == ["choice_words"]
    await choose_what_stays(database, pair.mentee, pair.mentorship_id, NOW, erases=True)
    assert await rows_with(database, "my sister") == []
