"""Trying camera and sound: without a link, and before a call."""


async def test_anybody_may(nobody, mentor):
    for guest in (nobody, mentor):
        await guest.get("/try")
        assert guest.status == 200
        assert "Try camera and sound" in guest.text
