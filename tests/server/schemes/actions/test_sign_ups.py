"""Signing up by the public page: nobody takes part before they confirmed, and nobody learns who is known."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db.tables import memberships, name_keys, outbox, people
from server.errors import InvalidInput, NotFound
from server.mail.mailer import send_due_emails
from server.privacy.actions.unconfirmed import forget_unconfirmed
from server.schemes.actions.memberships import confirm, leave
from server.schemes.rules.memberships import CONFIRM_WITHIN
from server.schemes.rules.schemes import SignUpClosed
from tests.server.actors import NOW, SHOWN, visitor_by, visitor_with_account
from tests.server.schemes.a_scheme import MENTEE, open_scheme, sign_up
from tests.smtp_server import link_in

JOINED, LEFT = SHOWN["joined_scheme"], SHOWN["left_scheme"]


@pytest.fixture
async def admin(database):
    return await visitor_with_account(database)


async def rows(database, *columns):
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(select(*columns))]


async def test_a_newcomer_confirms_by_the_email(database, admin, mailer, smtp_server):
    await open_scheme(database, admin, NOW)
    await sign_up(database, "nia@example.org", MENTEE, NOW)
    [(id, state, person_id)] = await rows(database, memberships.c.id, memberships.c.state, memberships.c.person_id)
    assert state == "unconfirmed"
    assert person_id not in {row[0] for row in await rows(database, name_keys.c.person_id)}
    await send_due_emails(database, mailer)
    email = smtp_server.emails[-1]
    assert (email["To"], "confirm" in email["Subject"]) == ("Nia <nia@example.org>", True)
    visitor = await visitor_by(database, link_in(email).rpartition("/")[2])
    await confirm(database, visitor, id, JOINED, NOW)
    assert await rows(database, memberships.c.state) == [("applied",)]
    assert person_id in {row[0] for row in await rows(database, name_keys.c.person_id)}


async def test_who_is_known_keeps_what_is_known_and_gets_the_same_email(database, admin, pair):
    await open_scheme(database, admin, NOW)
    before = await rows(database, people)
    await sign_up(database, "SAM@example.org", MENTEE, NOW, name="Somebody Else")
    assert await rows(database, people) == before
    assert await rows(database, outbox.c.recipient_id, outbox.c.kind) == [(pair.mentee.person.id, "sign_up")]


async def test_who_takes_part_already_is_told_and_nothing_changes(database, admin, pair):
    await open_scheme(database, admin, NOW)
    await sign_up(database, "sam@example.org", MENTEE, NOW)
    [(id,)] = await rows(database, memberships.c.id)
    await confirm(database, pair.mentee, id, JOINED, NOW)
    before = await rows(database, memberships)
    await sign_up(database, "sam@example.org", replace(MENTEE, seeks_words="Something else."), NOW)
    assert await rows(database, memberships) == before
    sent = sorted(await rows(database, outbox.c.id, outbox.c.kind))
    assert [kind for _, kind in sent] == ["sign_up", "sign_up_again"]


async def test_a_name_cannot_carry_an_address_or_a_link_to_somebody_else(database, admin):
    await open_scheme(database, admin, NOW)
    for name in ("https://spam.example", "Buy @ spam", "x" * 81):
        with pytest.raises(InvalidInput) as refused:
            await sign_up(database, "nia@example.org", MENTEE, NOW, name=name)
        assert refused.value.field == "name"
    assert await rows(database, outbox.c.id) == []


async def test_one_address_gets_three_emails_an_hour(database, admin):
    await open_scheme(database, admin, NOW)
    for _ in range(5):
        await sign_up(database, "nia@example.org", MENTEE, NOW)
    assert len(await rows(database, outbox.c.id)) == 3


async def test_a_scheme_that_is_closed_or_not_public_takes_nobody(database, admin):
    await open_scheme(database, admin, NOW, public=False)
    with pytest.raises(NotFound):
        await sign_up(database, "nia@example.org", MENTEE, NOW)
    await open_scheme(database, admin, NOW, slug="later", opens_on=(NOW + timedelta(days=2)).date())
    with pytest.raises(SignUpClosed):
        await sign_up(database, "nia@example.org", MENTEE, NOW, slug="later")


async def test_what_nobody_confirms_is_forgotten(database, admin, pair, monkeypatch):
    """Of a newcomer a number stays; who is known stays, without what was written."""
    await open_scheme(database, admin, NOW)
    await sign_up(database, "nia@example.org", MENTEE, NOW)
    await sign_up(database, "sam@example.org", MENTEE, NOW)
    with monkeypatch.context() as nothing_is_written:
        nothing_is_written.setattr(database, "writing", None)
        assert await forget_unconfirmed(database, NOW + CONFIRM_WITHIN) == 0
    assert await forget_unconfirmed(database, NOW + CONFIRM_WITHIN + timedelta(seconds=1)) == 2
    newest = (await rows(database, people))[-1]
    assert "nia" not in repr(newest).lower()
    assert await rows(database, memberships.c.state, memberships.c.seeks) == [("left", "")]


async def test_who_left_can_sign_up_again(database, admin, pair):
    await open_scheme(database, admin, NOW)
    await sign_up(database, "sam@example.org", MENTEE, NOW)
    [(id,)] = await rows(database, memberships.c.id)
    await confirm(database, pair.mentee, id, JOINED, NOW)
    await leave(database, pair.mentee, id, LEFT, NOW)
    assert await rows(database, memberships.c.state, memberships.c.seeks) == [("left", "")]
    later = NOW + timedelta(hours=2)
    await sign_up(database, "sam@example.org", MENTEE, later)
    assert await rows(database, memberships.c.state, memberships.c.since) == [("unconfirmed", later)]
