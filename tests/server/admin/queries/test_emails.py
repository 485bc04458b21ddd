"""The emails that could not be delivered: which, to whom and why; never their links."""

from datetime import timedelta

import pytest
from sqlalchemy import true

from server.admin.queries.emails import UndeliveredEmail, list_undelivered
from server.mail import outbox
from tests.server.actors import NOW, an_offer

LATER = NOW + timedelta(minutes=2)


async def claimed(database, pair, number):
    for _ in range(number):
        await an_offer(database, pair)
    async with database.writing() as connection:
        return [await outbox.claim_due(connection, NOW, LATER, true()) for _ in range(number)]


async def test_what_was_given_up_comes_before_what_is_tried_again(database, pair):
    first, second, third = await claimed(database, pair, 3)
    async with database.writing() as connection:
        await outbox.note_failure(connection, first, "451 Later", LATER, None)
        await outbox.note_failure(connection, second, "550 " + "No" * 300, LATER, NOW)
        await outbox.note_sent(connection, third, NOW)
        assert await list_undelivered(connection) == (
            UndeliveredEmail(
                second.id, "offer_made", pair.mentee.person.id, "Sam", NOW, LATER, NOW, 1, ("550 " + "No" * 300)[:300]
            ),
            UndeliveredEmail(first.id, "offer_made", pair.mentee.person.id, "Sam", NOW, LATER, None, 1, "451 Later"),
        )


@pytest.mark.parametrize("rows", [1, 3])
async def test_one_query_for_any_number_of_rows(database, pair, queries, rows):
    entries = await claimed(database, pair, rows)
    async with database.writing() as connection:
        for entry in entries:
            await outbox.note_failure(connection, entry, "451 Later", LATER, None)
    async with database.reading() as connection:
        with queries(connection) as made:
            assert len(await list_undelivered(connection)) == rows
    assert len(made) == 1
