"""Messages: sent once, deleted for both, told by email as each wishes, and nowhere to be read in the database."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import outbox
from server.errors import InvalidInput, NotFound
from server.mail.mailer import send_due_emails
from server.mentorships.actions.messages import delete_message, send_message
from server.mentorships.actions.reading import choose_notice, mark_read
from server.mentorships.actions.resting import change_own_mentorship
from server.mentorships.queries.thread import read_message_file, read_own_thread, search_messages
from server.mentorships.rules.messages import MessageFilesFull, NoMoreMessages, TooLateToDelete
from server.mentorships.rules.notices import MessageNotice
from server.mentorships.store.messages import unread_counts
from server.people.rules.mentorships import MentorshipEvent
from server.room.rules import files
from server.room.rules.edits import UnreadableContent
from server.room.sealing import Sealer
from server.secret import ServerSecret
from tests.server.actors import NOW, an_offer
from tests.server.privacy.actions.test_erasing import erase, rows_with
from tests.server.sending import SEALER

WORDS = "Meine Prüfung am Montag: https://example.org/plan"
PDF = b"%PDF-1.7 Okapi"


async def send(database, pair, text=WORDS, form="form", file=None, now=NOW, by="mentee"):
    await send_message(database, SEALER, getattr(pair, by), pair.mentorship_id, form, text, file, now)


async def thread(database, pair, by="mentor", now=NOW):
    return (await read_own_thread(database, SEALER, getattr(pair, by), pair.mentorship_id, now))[1]


async def texts(database, pair, by="mentor"):
    return [shown.message.body.text for shown in (await thread(database, pair, by)).messages]


async def notices(database):
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).where(outbox.c.kind == "new_messages").order_by(outbox.c.id))
        return [(row.recipient_id, row.due_at - NOW, row.dropped_at is not None) for row in rows]


async def test_both_read_it_and_the_same_form_sends_it_once(database, pair):
    for _ in range(2):
        await send(database, pair)
    await send(database, pair, "And another.")
    assert await texts(database, pair) == await texts(database, pair, "mentee") == [WORDS, "And another."]
    async with database.reading() as connection:
        ids, in_it = (pair.mentor.person.id, pair.mentee.person.id), (pair.mentorship_id,)
        both = [await unread_counts(connection, person_id, in_it) for person_id in ids]
    assert both == [{pair.mentorship_id: 2}, {}]


async def test_nobody_else_reads_or_writes(database, pair, by_link, contents):
    await send(database, pair, file=("plan.pdf", PDF))
    number = (await thread(database, pair)).newest
    catchup = (await an_offer(database, pair)).catchup_id
    before = await contents()
    for stranger in (pair.stranger, await by_link(pair.mentee.person, catchup)):
        with pytest.raises(NotFound):
            await read_own_thread(database, SEALER, stranger, pair.mentorship_id, NOW)
        with pytest.raises(NotFound):
            await read_message_file(database, SEALER, stranger, number)
        with pytest.raises(NotFound):
            await delete_message(database, SEALER, stranger, number, NOW)
        with pytest.raises(NotFound):
            await search_messages(database, SEALER, stranger, pair.mentorship_id, "plan")
        with pytest.raises(NotFound):
            await send_message(database, SEALER, stranger, pair.mentorship_id, "f", "x", None, NOW)
        with pytest.raises(NotFound):
            await mark_read(database, stranger, pair.mentorship_id, number, NOW)
    with pytest.raises(TooLateToDelete):
        await delete_message(database, SEALER, pair.mentor, number, NOW)
    after = await contents()
    assert {name: after[name] for name in before if name not in ("links", "visits", "visit_links")} == {
        name: before[name] for name in before if name not in ("links", "visits", "visit_links")
    }


async def test_the_database_holds_no_words_and_another_secret_reads_nothing(database, pair):
    await send(database, pair, file=("Okapi.pdf", PDF))
    for words in ("Prüfung", "example.org/plan", "Okapi"):
        assert await rows_with(database, words) == []
    other = Sealer(ServerSecret("another"))
    with pytest.raises(UnreadableContent):
        await search_messages(database, other, pair.mentor, pair.mentorship_id, "Montag")
    assert not (await read_own_thread(database, other, pair.mentor, pair.mentorship_id, NOW))[1].readable


async def test_a_file_comes_along_and_is_found_by_its_name(database, pair, monkeypatch):
    await send(database, pair, "", file=("../Plan für Sam.pdf", PDF))
    number = (await thread(database, pair)).newest
    assert await read_message_file(database, SEALER, pair.mentor, number) == ("Plan für Sam.pdf", PDF)
    found = await search_messages(database, SEALER, pair.mentor, pair.mentorship_id, "fur sam")
    assert [message.id for message in found.messages] == [number]
    with pytest.raises(InvalidInput):
        await send(database, pair, "", file=("run.exe", b"MZ"))
    monkeypatch.setattr("server.mentorships.actions.messages.FILES_LIMIT", len(PDF))
    assert len(PDF) < files.FILES_LIMIT
    with pytest.raises(MessageFilesFull):
        await send(database, pair, "", form="more", file=("b.pdf", PDF))


async def test_within_a_day_it_is_deleted_for_both_with_its_file(database, pair, count):
    await send(database, pair, file=("plan.pdf", PDF))
    number = (await thread(database, pair)).newest
    with pytest.raises(TooLateToDelete):
        await delete_message(database, SEALER, pair.mentee, number, NOW + timedelta(days=1))
    assert await delete_message(database, SEALER, pair.mentee, number, NOW) == pair.mentorship_id
    assert await texts(database, pair) == await texts(database, pair, "mentee") == []
    assert await count("message_files") == 0
    # What tells of it alone is not sent; what was deleted does not come back.
    assert [dropped for _, _, dropped in await notices(database)] == [True]
    await send(database, pair, file=("plan.pdf", PDF))
    assert await texts(database, pair) == []


async def test_words_are_found_in_a_long_thread(database, pair):
    for number, text in enumerate(("Grüße aus der Straße", "قرأت الرِّسالة", *map(str, range(60)))):
        await send(database, pair, text, form=f"form {number}")
    finds = {"STRASSE gruße": ["Grüße aus der Straße"], "رساله": ["قرأت الرِّسالة"], "nothing": [], "": []}
    for typed, wanted in finds.items():
        found = await search_messages(database, SEALER, pair.mentor, pair.mentorship_id, typed)
        assert ([message.body.text for message in found.messages], found.more) == (wanted, False)
    shown = await thread(database, pair)
    assert (len(shown.messages), shown.earlier, shown.unread) == (30, shown.messages[0].message.id, 30)


async def test_each_hears_of_it_as_they_wish(database, pair):
    mentor, number = pair.mentor.person.id, pair.mentorship_id
    minute = timedelta(minutes=1)
    await send(database, pair, form="1")
    await send(database, pair, form="2", now=NOW + minute)
    assert await notices(database) == [(mentor, 2 * minute, False)]
    # Who has read it is not told of it.
    await mark_read(database, pair.mentor, number, (await thread(database, pair)).newest, NOW + minute)
    assert await notices(database) == [(mentor, 2 * minute, True)]
    assert (await thread(database, pair)).unread == 0
    await choose_notice(database, pair.mentor, number, MessageNotice.DAILY, NOW)
    await send(database, pair, form="3")
    await send(database, pair, form="4")
    [_, (_, due, dropped)] = await notices(database)
    assert (due > timedelta(hours=10), dropped) == (True, False)
    await choose_notice(database, pair.mentor, number, MessageNotice.NONE, NOW)
    await send(database, pair, form="5")
    assert [dropped for _, _, dropped in await notices(database)] == [True, True]


async def test_the_email_does_not_say_what_was_written(database, pair, mailer, clock, smtp_server):
    await send(database, pair)
    clock.now = NOW + timedelta(minutes=2)
    await send_due_emails(database, mailer)
    [email] = smtp_server.emails_to("maya@example.org")
    text = email.as_string()
    assert email["Subject"] == "There is a new message for you"
    assert "has written to you" in text
    assert "Montag" not in text


async def test_after_the_end_nothing_new_is_written_and_what_was_stays(database, pair):
    await send(database, pair)
    await change_own_mentorship(database, SEALER, pair.mentor, pair.mentorship_id, MentorshipEvent.END, "f", "", NOW)
    with pytest.raises(NoMoreMessages):
        await send(database, pair, form="later")
    assert await texts(database, pair, "mentee") == [WORDS]


async def test_erasing_one_of_them_takes_the_messages_away(database, pair, count):
    await send(database, pair, file=("plan.pdf", PDF))
    await mark_read(database, pair.mentor, pair.mentorship_id, (await thread(database, pair)).newest, NOW)
    await erase(database, pair.mentee.person, NOW)
    assert [await count(table) for table in ("messages", "message_files")] == [0, 0]
