"""Correcting people's names and addresses, sending them links, and ending these."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from server.admin.actions.accounts import NewAccount, invite
from server.admin.actions.people import Correction, correct, revoke_everything, send_link
from server.admin.queries.people import read_people_page
from server.db.tables import audit_entries, outbox
from server.errors import InvalidInput, NotFound
from server.mail.mailer import send_due_emails
from server.people.queries.looks import read_looks_page
from server.people.rules.accounts import Role
from server.people.rules.errors import AddressTaken, OnlyAdmins
from tests.server.actors import NOW, emails_left, visitor_by, visitor_with_account
from tests.smtp_server import link_in


@pytest.fixture
async def coordinator(database):
    return await visitor_with_account(database, role=Role.COORDINATOR, email="cora@example.org")


async def queued(database):
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).order_by(outbox.c.id))
        return [(row.kind, row.recipient_id, row.address) for row in rows]


async def test_a_wrong_name_is_corrected_and_found_by_the_right_one(database, pair, coordinator):
    me = pair.mentor.person.id
    assert await correct(database, coordinator, me, Correction(" Mára  Lind ", "maya@example.org"), NOW)
    assert [row.person.name for row in (await read_people_page(database, "lind", None)).rows] == ["Mára Lind"]
    assert (await read_people_page(database, "maya", None)).rows == ()
    assert await queued(database) == []


async def test_a_new_address_is_confirmed_and_the_old_one_is_told_once_it_was_reached(database, pair, coordinator):
    me = pair.mentor.person.id
    assert await correct(database, coordinator, me, Correction("Maya", "maja@example.org"), NOW)
    # Nothing ever got to the address before: nobody is there to be told.
    assert await queued(database) == [("address_new", me, None)]
    await emails_left(database)
    assert await correct(database, coordinator, me, Correction("Maya", "m@example.org"), NOW)
    assert (await queued(database))[1:] == [("address_new", me, None), ("address_old", me, "maja@example.org")]


async def test_the_old_address_gets_no_link(database, pair, coordinator, mailer, smtp_server):
    """It may be somebody else's. Links that were sent there go on working: they are the person's own."""
    me = pair.mentor.person.id
    await send_link(database, coordinator, me, NOW)
    await send_due_emails(database, mailer)
    await correct(database, coordinator, me, Correction("Maya", "m@example.org"), NOW)
    await send_due_emails(database, mailer)
    [confirmation] = smtp_server.emails_to("m@example.org")
    first, last = smtp_server.emails_to("maya@example.org")
    texts = [email.get_body(("plain",)).get_content() for email in (confirmation, first, last)]
    assert ["/l/" in text for text in texts] == [True, True, False]
    assert ("this is the last one here" in texts[2], "m@example.org" in texts[2]) == (True, False)
    before = link_in(first).rpartition("/")[2]
    assert (await visitor_by(database, before)).person.id == me
    assert {address for *_, address in await queued(database)} == {None}


async def test_nothing_new_changes_nothing(database, pair, coordinator, contents):
    before = await contents()
    assert not await correct(database, coordinator, pair.mentor.person.id, Correction("Maya", "maya@example.org"), NOW)
    assert await contents() == before


@pytest.mark.parametrize(
    ("correction", "error"),
    [
        (Correction("", "maya@example.org"), InvalidInput),
        (Correction("Maya", "maya"), InvalidInput),
        (Correction("Maya", "SAM@example.org"), AddressTaken),
    ],
)
async def test_what_cannot_be_is_refused(database, pair, coordinator, contents, correction, error):
    before = await contents()
    with pytest.raises(error):
        await correct(database, coordinator, pair.mentor.person.id, correction, NOW)
    assert await contents() == before


async def test_nobody_is_nobody(database, coordinator, contents):
    before = await contents()
    with pytest.raises(NotFound):
        await send_link(database, coordinator, 999, NOW)
    assert await contents() == before


async def test_a_coordinator_cannot_take_over_an_admin(database, pair, coordinator, contents):
    """Who sets an admin's address could have a link to sign in sent there."""
    ada = await visitor_with_account(database)
    before = await contents()
    for act in (
        correct(database, coordinator, ada.person.id, Correction("Ada", "cora2@example.org"), NOW),
        send_link(database, coordinator, ada.person.id, NOW),
        revoke_everything(database, coordinator, ada.person.id, NOW),
    ):
        with pytest.raises(OnlyAdmins):
            await act
    assert await contents() == before
    await invite(database, ada, NewAccount("maya@example.org", Role.COORDINATOR, "UTC", "en", "Maya"), NOW)
    await correct(database, ada, pair.mentor.person.id, Correction("Maya", "m@example.org"), NOW)
    assert [kind for kind, *_ in await queued(database)] == ["account_link", "account_link"]


async def test_ended_links_open_nothing_and_a_new_one_is_sent(database, pair, coordinator):
    me = pair.mentee.person.id
    ended = await revoke_everything(database, coordinator, me, NOW)
    assert (ended.links, ended.visits) == (1, 1)
    await send_link(database, coordinator, me, NOW)
    assert await queued(database) == [("link_sent", me, None)]


async def test_the_person_sees_what_was_done(database, pair, coordinator):
    me = pair.mentor.person.id
    await correct(database, coordinator, me, Correction("Maja", "maya@example.org"), NOW)
    await send_link(database, coordinator, me, NOW + timedelta(minutes=1))
    await revoke_everything(database, coordinator, me, NOW + timedelta(minutes=2))
    looks = await read_looks_page(database, pair.mentor)
    assert [(look.act, look.actor) for look in looks.looks] == [
        ("revoked_links", "cora"),
        ("sent_link", "cora"),
        ("changed_person", "cora"),
    ]
    async with database.reading() as connection:
        entries = (await connection.execute(select(audit_entries).order_by(audit_entries.c.id))).all()
    assert {row.subject_id for row in entries if row.subject_kind == "person"} == {me}
