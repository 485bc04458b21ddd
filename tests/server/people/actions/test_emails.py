"""Personal links in emails, and the email that brings a fresh one."""

import pytest
from sqlalchemy import true, update

from server.db.tables import people
from server.errors import NotFound
from server.i18n.catalog import LANGUAGES
from server.mail import outbox
from server.mail.message import write_email
from server.mail.outbox import OutboxEntry
from server.people.actions.emails import FRESH_LINK, TEST_EMAIL, EmailLinks, compose_link_email, link_email_subject
from server.people.actions.links import find_visitor, open_link
from server.people.rules.errors import LinkNotFound
from tests.server.actors import NOW, an_offer

LINKS = EmailLinks("https://fireside.example")
LINK = "https://fireside.example/l/s"


def fresh_link(recipient_id: int) -> OutboxEntry:
    return OutboxEntry(1, recipient_id, "link:1", FRESH_LINK, None, None, "/home", None, NOW, NOW, 0)


async def visit_by(database, link):
    opened = await open_link(database, link.rpartition("/")[2], None, NOW)
    return opened.path, await find_visitor(database, opened.token, NOW)


async def test_a_link_about_a_catch_up_opens_only_that(database, pair):
    offer = await an_offer(database, pair)
    async with database.writing() as connection:
        entry = await outbox.claim_due(connection, NOW, NOW, true())
        link = await LINKS.make(connection, entry, NOW)
    assert link.startswith("https://fireside.example/l/")
    path, visitor = await visit_by(database, link)
    assert path == f"/catchups/{offer.catchup_id}"
    assert (visitor.person, visitor.home, visitor.catchups) == (pair.mentee.person, False, {offer.catchup_id})


async def test_a_link_about_no_catch_up_opens_home(database, pair):
    async with database.writing() as connection:
        link = await LINKS.make(connection, fresh_link(pair.mentee.person.id), NOW)
    path, visitor = await visit_by(database, link)
    assert (path, visitor.person, visitor.home) == ("/home", pair.mentee.person, True)


async def test_each_email_has_a_link_of_its_own_and_one_that_is_forgotten_opens_nothing(database, pair):
    async with database.writing() as connection:
        first, second = [await LINKS.make(connection, fresh_link(pair.mentee.person.id), NOW) for _ in range(2)]
        await LINKS.forget(connection, first)
    with pytest.raises(LinkNotFound):
        await visit_by(database, first)
    await visit_by(database, second)


async def test_a_test_email_has_no_personal_link(database, pair):
    entry = OutboxEntry(1, pair.mentee.person.id, "link:1", TEST_EMAIL, None, None, "/", None, NOW, NOW, 0)
    async with database.writing() as connection:
        link = await LINKS.make(connection, entry, NOW)
        email = await compose_link_email(connection, entry, link)
    assert (link, email.address) == ("https://fireside.example/", "sam@example.org")


async def test_a_fresh_link_is_sent_to_the_person_who_asked(database, pair):
    async with database.reading() as connection:
        email = await compose_link_email(connection, fresh_link(pair.mentee.person.id), LINK)
    assert (email.name, email.address, email.link) == ("Sam", "sam@example.org", LINK)


async def test_nobody_is_written_to_who_is_not_there(database, pair):
    async with database.reading() as connection:
        with pytest.raises(NotFound):
            await compose_link_email(connection, fresh_link(999), LINK)


@pytest.mark.parametrize("code", LANGUAGES)
async def test_it_is_written_in_each_language_and_names_nobody_outside(database, pair, code):
    language, entry = LANGUAGES[code], fresh_link(pair.mentee.person.id)
    async with database.writing() as connection:
        await connection.execute(update(people).values(language=code))
        email = await compose_link_email(connection, entry, LINK)
    message = write_email(email, entry, LINKS.base_url, "f@example.org", NOW)
    text, html = [message.get_body((form,)).get_content() for form in ("plain", "html")]
    assert message["Subject"] == link_email_subject(FRESH_LINK, language)
    assert "Sam" not in message["Subject"]
    assert (text.count(LINK), html.count(f'href="{LINK}"')) == (1, 2)
    assert f'<html lang="{code}" dir="{language.direction}">' in html


def test_its_subject_is_in_the_readers_language():
    assert len({link_email_subject(FRESH_LINK, language) for language in LANGUAGES.values()}) == len(LANGUAGES)
