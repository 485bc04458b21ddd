"""Withdrawing from within the call."""

from server.catchups.rules.ledger import Channel, ChoiceKind
from server.catchups.store.ledger import choices_about


async def test_withdrawing_from_within_the_call_is_kept_as_such_and_ends_it(mentee, mentor, pair, site):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        await mentee.get(f"/calls/{booking.id}")
        await mentee.post(f"/calls/{booking.id}/withdrawal", words="Let us stop here.")
        assert mentee.status == 204
        while (await socket.receive_json(timeout=5))["type"] != "ended":
            pass
    await mentor.get(f"/bookings/{booking.id}")
    assert ("Called off" in mentor.text, "Let us stop here." in mentor.text) == (True, True)
    async with site.database.reading() as connection:
        *_, last = await choices_about(connection, booking.offer_id)
    assert (last.kind, last.channel, last.person_id) == (ChoiceKind.WITHDREW, Channel.CALL, pair.sam.id)


async def test_withdrawing_twice_from_within_the_call_is_refused(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    await mentee.post(f"/calls/{booking.id}/withdrawal")
    before = await contents()
    await mentee.post(f"/calls/{booking.id}/withdrawal")
    assert mentee.status == 409
    assert await contents() == before
