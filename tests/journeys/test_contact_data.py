"""No page shows how the other person can be reached, in any of its states, except a number while it is lent, and an
address on the page of an introduction to which both have agreed.

Those who run the scheme find a person's address on the page about this person, and those of two who may be one on the
page that merges them: there each look is noted.
"""

import re
from dataclasses import dataclass
from typing import Self

import aiohttp
from sqlalchemy import select

from server.db.database import Database
from server.db.tables import people
from tests.cast import Fireside
from tests.crowd import Browser
from tests.journeys.gallery import Gallery

LENT = re.compile(r'<p class="number">.*?</p>', re.DOTALL)
AGREED = re.compile(r'<section class="card" aria-labelledby="contact">.*?</section>', re.DOTALL)
MERGING = "/admin/doubles/{id}"
# With what the others who run the scheme sign in; admins see it, on the page of accounts.
ACCOUNTS, ACCOUNT_EMAIL = "/admin/accounts", re.compile(r'<bdi class="account-email">.*?</bdi>')


@dataclass(frozen=True)
class Reachable:
    """A person's email address, and the digits of their number, which a page could write in any way."""

    id: int
    email: str
    digits: str

    @classmethod
    def of(cls, person_id: int, email: str, phone: str) -> Self:
        return cls(person_id, email, re.sub(r"\D", "", phone))

    def stands_in(self, text: str) -> bool:
        written = bool(self.digits) and self.digits in re.sub(r"[ ().+/-]", "", text)
        return written or re.search(rf"(?<![\w.]){re.escape(self.email)}", text.lower()) is not None


async def test_no_page_shows_contact_data_of_others(fireside: Fireside) -> None:
    database = Database(f"sqlite+aiosqlite:///{fireside.data / 'fireside.sqlite3'}")
    gallery = await Gallery.open(database)
    async with database.reading() as connection:
        rows = await connection.execute(select(people.c.id, people.c.email, people.c.phone))
        known = [Reachable.of(*row) for row in rows]
    await database.close()
    found, lent, agreed, own = [], 0, 0, set()
    async with aiohttp.ClientSession() as session:
        for picture in gallery.pictures:
            text = await page_of(session, fireside.base_url, picture.path, picture.who)
            reader = picture.who and picture.who.visitor.person.id
            lent += len(LENT.findall(text))
            if picture.route.startswith("/introductions/"):
                agreed += len(AGREED.findall(text))
                text = AGREED.sub("", text)
            if picture.path == ACCOUNTS:
                text = ACCOUNT_EMAIL.sub("", text)
            for person in known:
                if picture.route == MERGING:
                    continue
                if person.id == reader or f"{picture.path}/".startswith(f"/admin/people/{person.id}/"):
                    own |= {picture.path} if person.stands_in(text) else set()
                elif person.stands_in(LENT.sub("", text)):
                    found.append(f"{picture.title} ({picture.path}): {person.email}")
    assert found == []
    # So it would have been seen: one's own stands on one's own page, and the other's where it is lent.
    assert "/me" in own
    assert any(path.startswith("/admin/people/") for path in own)
    assert lent > 0
    assert agreed > 0


async def page_of(session: aiohttp.ClientSession, base_url: str, path: str, who: Browser | None) -> str:
    cookies = {"fireside": who.token} if who else {}
    async with session.get(base_url + path, cookies=cookies) as answer:
        return await answer.text()
