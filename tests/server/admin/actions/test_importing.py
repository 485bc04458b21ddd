"""Many people and pairs come in at once: all or none."""

import asyncio

import pytest
from sqlalchemy import select

from server.admin.actions.importing import Defaults, ImportNotReady, bring_in, plan_now
from server.admin.actions.mentorships import arrange
from server.admin.queries.imports import read_import_report
from server.admin.queries.people import read_people_page
from server.admin.rules.importing import Fate, ImportedPerson, ImportRow
from server.db.tables import mentorships, outbox, people
from server.errors import NotFound
from server.mail.mailer import send_due_emails
from server.people.queries.looks import read_looks_page
from server.people.rules.mentorships import MentorshipEvent
from tests.server.actors import NOW, statements, visitor_with_account

DEFAULTS = Defaults("Europe/Berlin", "en")


@pytest.fixture
async def ada(database):
    return await visitor_with_account(database)


def many(pairs):
    return [
        ImportRow(
            number + 2,
            ImportedPerson(f"Mentor {number}, 🌱", f"mentor{number}@example.org", "de"),
            ImportedPerson(f"Mentee {number}", f"mentee{number}@example.org"),
        )
        for number in range(pairs)
    ]


async def rows_in(database, table):
    async with database.reading() as connection:
        return (await connection.execute(select(table).order_by(table.c.id))).all()


async def test_all_are_added_with_a_welcome_each(database, pair, ada):
    rows = [
        ImportRow(2, ImportedPerson("Someone", "MAYA@example.org"), ImportedPerson("Nour", "nour@example.org", "de")),
        ImportRow(3, ImportedPerson("Nour", "nour@example.org"), ImportedPerson("Li", "li@example.org")),
        ImportRow(4, ImportedPerson("Alone", "alone@example.org"), ImportedPerson()),
    ]
    import_id = await bring_in(database, ada, rows, DEFAULTS, NOW)
    found = {row.name: (row.language, row.zone, row.zone_known) for row in await rows_in(database, people)}
    assert found["Nour"] == ("de", "Europe/Berlin", False)
    assert (found["Li"][0], found["Alone"][0], "Someone" in found) == ("en", "en", False)
    assert len(await rows_in(database, mentorships)) == 3
    names = {row.id: row.name for row in await rows_in(database, people)}
    welcomed = sorted(names[row.recipient_id] for row in await rows_in(database, outbox) if row.kind == "welcome")
    assert welcomed == ["Alone", "Li", "Maya", "Nour"]
    report = await read_import_report(database, import_id)
    assert (report.host, report.people, report.pairs, report.emails, report.sent) == ("ada", 3, 2, 4, 0)
    assert [look.act for look in (await read_looks_page(database, pair.mentor)).looks] == ["imported_people"]
    assert [row.person.name for row in (await read_people_page(database, "nour", None)).rows] == ["Nour"]


async def test_the_welcome_is_in_the_readers_language_and_says_who_asked(database, ada, mailer, smtp_server):
    await bring_in(database, ada, many(1), DEFAULTS, NOW)
    await send_due_emails(database, mailer)
    [german] = smtp_server.emails_to("mentor0@example.org")
    [english] = smtp_server.emails_to("mentee0@example.org")
    pages = [email.get_body(("html",)).get_content() for email in (german, english)]
    assert ['lang="de"' in pages[0], 'lang="en"' in pages[1]] == [True, True]
    said = english.get_body(("plain",)).get_content()
    assert ("ada added you to a mentoring scheme" in said, "Mentor 0, 🌱" in said, "/l/" in said) == (True, True, True)


async def test_a_row_that_is_wrong_keeps_all_out(database, ada, contents):
    rows = [*many(3), ImportRow(9, ImportedPerson("Nour", "nour"), ImportedPerson())]
    before = await contents()
    with pytest.raises(ImportNotReady) as refused:
        await bring_in(database, ada, rows, DEFAULTS, NOW)
    assert refused.value.plan.count(Fate.WRONG) == 1
    assert await contents() == before


async def test_the_same_again_has_nothing_to_add(database, ada, contents):
    await bring_in(database, ada, many(2), DEFAULTS, NOW)
    before = await contents()
    with pytest.raises(ImportNotReady):
        await bring_in(database, ada, many(2), DEFAULTS, NOW)
    assert (await plan_now(database, many(2))).count(Fate.KNOWN) == 2
    assert await contents() == before


async def test_two_at_once_add_each_person_once(database, ada, count):
    results = await asyncio.gather(
        *(bring_in(database, ada, many(20), DEFAULTS, NOW) for _ in range(3)), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in results) == ["ImportNotReady", "ImportNotReady", "int"]
    assert (await count("people"), await count("mentorships"), await count("imports")) == (41, 20, 1)


async def test_a_mentorship_that_rested_goes_on(database, pair, ada):
    await arrange(database, ada, pair.mentorship_id, MentorshipEvent.END, NOW)
    row = ImportRow(2, ImportedPerson("Maya", "maya@example.org"), ImportedPerson("Sam", "sam@example.org"))
    await bring_in(database, ada, [row], DEFAULTS, NOW)
    assert [each.state for each in await rows_in(database, mentorships)] == ["active"]
    kinds = [each.kind for each in await rows_in(database, outbox)]
    assert kinds.count("mentorship_resumed") == 2


async def test_two_thousand_people_take_few_statements(database, ada, count):
    with statements(database) as made:
        await bring_in(database, ada, many(1000), DEFAULTS, NOW)
    assert (await count("people"), await count("mentorships")) == (2001, 1000)
    # Each statement writes many rows; the drivers split what is too long for one.
    assert len(made) < 60


async def test_only_who_runs_the_scheme(database, pair, contents):
    before = await contents()
    with pytest.raises(NotFound):
        await bring_in(database, pair.mentor, many(1), DEFAULTS, NOW)
    assert await contents() == before
