"""A mail scanner opens every link, twice, and whatever they lead to: nothing is decided by that."""

import re
import sqlite3
from pathlib import Path

import aiohttp

from tests.cast import Fireside

# What opening links is for, and what the server does by itself meanwhile: it sends the letters it promised.
MOVING = {"visits", "visit_links", "outbox", "links"}


def contents(data: Path) -> dict[str, list]:
    with sqlite3.connect(data / "fireside.sqlite3") as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {
            name: connection.execute(f"SELECT * FROM {name}").fetchall()  # noqa: S608 names from the schema itself
            for name in sorted(set(tables) - MOVING)
        }


async def test_getting_every_link_twice_changes_nothing(fireside: Fireside) -> None:
    before = contents(fireside.data)
    links = [link for name, link in fireside.links.items() if name != "base_url"]
    async with aiohttp.ClientSession() as scanner:
        for link in links * 2:
            for method in ("HEAD", "GET"):
                async with scanner.request(method, link) as answer:
                    assert answer.status == 200
                    page = await answer.text()
            for found in re.findall(r'(?:href|action)="(/[^"]*)"', page):
                async with scanner.get(fireside.base_url + found) as answer:
                    assert answer.status < 500
    assert contents(fireside.data) == before
