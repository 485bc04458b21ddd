"""What the one who was asked answered last, with their words."""

from datetime import timedelta

import pytest

from server.catchups.actions.answers import accept_offer, decline_offer, postpone_offer, undo_answer
from server.catchups.rules.join_window import JoinWindow
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.answers import OfferAnswer, answer_dependents, answer_to, answers_to
from tests.server.actors import DECLINED, NOW, POSTPONED, UNDID, accepting, an_offer


async def test_the_newest_answer_of_the_one_who_was_asked(database, pair):
    offer = await an_offer(database, pair)

    async def answer():
        async with database.reading() as connection:
            return await answer_to(connection, offer)

    assert await answer() is None
    await decline_offer(database, pair.mentee, offer.id, "A full week.", DECLINED, NOW)
    assert await answer() == OfferAnswer(ChoiceKind.DECLINED, None, "A full week.")
    await undo_answer(database, pair.mentee, offer.id, UNDID, JoinWindow(), NOW)
    await postpone_offer(database, pair.mentee, offer.id, 4, "", POSTPONED, NOW)
    assert await answer() == OfferAnswer(ChoiceKind.POSTPONED, NOW + timedelta(weeks=4), "")


@pytest.mark.parametrize("rows", [1, 3])
async def test_the_answers_to_many_offers_cost_one_query(database, pair, rows, queries):
    made = [await an_offer(database, pair) for _ in range(rows)]
    for offer in made:
        await decline_offer(database, pair.mentee, offer.id, f"To {offer.id}.", DECLINED, NOW)
    waits = await an_offer(database, pair)
    async with database.reading() as connection:
        with queries(connection) as run:
            found = await answers_to(connection, [waits.id, *(offer.id for offer in made)])
    assert found == {offer.id: OfferAnswer(ChoiceKind.DECLINED, None, f"To {offer.id}.") for offer in made}
    assert len(run) == 1


async def test_what_stands_on_an_answer(database, pair):
    offer = await an_offer(database, pair)
    booking = await accept_offer(database, pair.mentee, offer.id, accepting(), NOW)
    async with database.reading() as connection:
        dependents = await answer_dependents(connection, offer)
    assert (dependents.booking, dependents.waiting, dependents.moved) == (booking, None, None)
