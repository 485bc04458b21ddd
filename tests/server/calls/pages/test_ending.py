"""People are taken out of a call whose catch-up is called off or moved. Each way of it: tests/hostile."""

from datetime import timedelta


async def test_withdrawing_ends_the_socket(mentee, mentor, pair):
    booking = await pair.booking()
    async with mentor.session.ws_connect(
        f"{mentor.base_url}/calls/{booking.id}/socket", origin=mentor.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["hello", "roster"]
        await mentee.get(f"/bookings/{booking.id}")
        await mentee.post(f"/bookings/{booking.id}/withdrawal")
        assert await socket.receive_json(timeout=5) == {"type": "ended", "why": "removed"}


async def test_accepting_another_time_ends_the_call_of_the_one_given_up(mentee, mentor, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    later = (booking.start + timedelta(days=1)).isoformat()
    await mentee.post(f"/bookings/{booking.id}/move", starts=later, media="video", minutes="30")
    async with mentee.session.ws_connect(
        f"{mentee.base_url}/calls/{booking.id}/socket", origin=mentee.base_url
    ) as socket:
        await socket.send_json({"type": "hello", "version": 1})
        assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["hello", "roster"]
        wish = (await mentor.get(f"/catchups/{booking.catchup_id}")).path
        await mentor.post(f"{wish}/acceptance", start=later, medium="video")
        assert await socket.receive_json(timeout=5) == {"type": "ended", "why": "removed"}
