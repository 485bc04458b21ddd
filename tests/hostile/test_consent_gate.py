"""W2: no media before both consents stand; none a second after one is withdrawn, whatever the two go on sending."""

import asyncio
from collections.abc import AsyncIterator

import aiohttp
import pytest
from sqlalchemy import delete, select

from server.catchups.rules.bookings import Booking
from server.catchups.rules.ledger import ChoiceKind
from server.db.tables import choices
from tests.cast import Fireside, until
from tests.crowd import Browser, Crowd
from tests.talkers import Talker

WITHIN_S = 1.0
# Packets each.
GO_ON = 150


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def from_the_booking(crowd: Crowd, who: Browser, booking: Booking) -> tuple[str, ChoiceKind]:
    return f"/bookings/{booking.id}/withdrawal", ChoiceKind.WITHDREW


async def from_ones_choices(crowd: Crowd, who: Browser, booking: Booking) -> tuple[str, ChoiceKind]:
    about = (choices.c.subject_id == booking.offer_id) & (choices.c.person_id == who.visitor.person.id)
    async with crowd.database.reading() as connection:
        number = (await connection.execute(select(choices.c.id).where(about))).scalar_one()
    return f"/me/choices/{number}/withdrawal", ChoiceKind.WITHDREW


async def from_within_the_call(crowd: Crowd, who: Browser, booking: Booking) -> tuple[str, ChoiceKind]:
    return f"/calls/{booking.id}/withdrawal", ChoiceKind.WITHDREW


@pytest.mark.parametrize(
    ("by", "withdrawal"),
    [
        ("the mentor", from_the_booking),
        ("the mentee", from_ones_choices),
        ("the mentee", from_within_the_call),
    ],
)
async def test_media_stops_within_a_second_of_a_withdrawal(
    crowd: Crowd, house: Fireside, session: aiohttp.ClientSession, by: str, withdrawal
) -> None:
    booking = await crowd.call(0)
    both = (crowd.mentor, crowd.mentees[0])
    talkers = [await Talker.enter(house.base_url, booking.id, each.token) for each in both]
    await until(lambda: all(len(talker.heard) > 20 for talker in talkers), what="sound")
    who = both[by == "the mentee"]
    path, kind = await withdrawal(crowd, who, booking)
    clock = asyncio.get_running_loop().time
    asked = clock()
    assert (await who.post(session, house.base_url + path, kind)).status in (204, 303)
    acknowledged = clock() - asked
    # They go on sending, as a page that was altered would.
    wanted = [talker.peer.sent + GO_ON for talker in talkers]
    await until(
        lambda: all(talker.peer.sent >= most for talker, most in zip(talkers, wanted, strict=True)), what="more"
    )
    sent = [talker.peer.sent for talker in talkers]
    last = max(talker.heard[-1] for talker in talkers) - asked
    print(f"acknowledged after {1000 * acknowledged:.0f} ms, the last packet heard after {1000 * last:.0f} ms")
    for talker in talkers:
        await talker.leave()
    assert last - acknowledged < WITHIN_S
    assert all(len(talker.heard) < count - 100 for talker, count in zip(talkers, sent, strict=True))
    await refused(crowd, house, booking)


@pytest.mark.parametrize("missing", ["the mentor's", "the mentee's"])
async def test_nobody_enters_before_both_consents_stand(crowd: Crowd, house: Fireside, missing: str) -> None:
    """Were a booking there without them, by whatever fault, its call would stay shut."""
    booking = await crowd.call(0)
    who = crowd.mentees[0] if missing == "the mentee's" else crowd.mentor
    gone = (choices.c.subject_id == booking.offer_id) & (choices.c.person_id == who.visitor.person.id)
    async with crowd.database.writing() as connection:
        await connection.execute(delete(choices).where(gone))
    await refused(crowd, house, booking)


async def refused(crowd: Crowd, house: Fireside, booking: Booking) -> None:
    for browser in (crowd.mentor, crowd.mentees[0]):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refusal:
            await Talker.enter(house.base_url, booking.id, browser.token)
        assert refusal.value.status == 403
