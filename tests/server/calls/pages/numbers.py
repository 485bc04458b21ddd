"""The phone numbers of Maya and Sam, and how a page would have them."""

import re

import pytest

from server.people.store.contacts import set_phone

MAYAS, SAMS = "+46 8 123 45 67", "+44 20 7946 0123"
LINK = f'<a href="tel:+442079460123" dir="ltr">{SAMS}</a>'
NUMBERS = re.compile(r"123\W*45\W*67|7946\W*0123")


@pytest.fixture
async def numbers(site, pair):
    async with site.database.writing() as connection:
        await set_phone(connection, pair.maya.id, MAYAS)
        await set_phone(connection, pair.sam.id, SAMS)


async def allow_both(booking, *guests):
    for guest in guests:
        await guest.get(f"/bookings/{booking.id}")
        await guest.post(f"/bookings/{booking.id}/phone")
