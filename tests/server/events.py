"""A page's stream of server-sent events, read as EventSource reads it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from tests.server.site import Guest

PATIENCE_S = 60.0


class Events:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def next(self, name: str) -> str | None:
        """The data of the next event with this name; None when the stream ends before."""
        event, data = "", []
        async with asyncio.timeout(PATIENCE_S):
            async for line in self.response.content:
                field, _, value = line.decode().rstrip("\n").partition(": ")
                if field == "event":
                    event = value
                elif field.rstrip(":") == "data":
                    data.append(value)
                elif not line.strip():
                    if event == name:
                        return "\n".join(data)
                    event, data = "", []
        return None


@asynccontextmanager
async def events_of(guest: Guest, booking_id: int) -> AsyncIterator[Events]:
    """The events of a booking's page."""
    async with guest.session.get(f"{guest.base_url}/bookings/{booking_id}/events") as response:
        assert response.status == 200
        assert response.content_type == "text/event-stream"
        yield Events(response)
