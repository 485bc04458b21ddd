"""The call's page: open to the two, in its time."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from sqlalchemy import update

from server.db.tables import people
from server.i18n.catalog import LANGUAGES


async def test_the_page_tells_the_script_where_it_is(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 200
    assert f'"socket": "/calls/{booking.id}/socket"' in mentee.text


async def test_its_scripts_are_all_asked_for_at_once(mentee, pair):
    """What a script imports is found before that script has been read; and nothing else is fetched, but for what a
    script imports, or begins as a worker, when it is needed."""
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    preloaded = set(re.findall(r'<link rel="modulepreload" href="([^"]+)"', mentee.text))
    imported = set()
    for script in {*re.findall(r'<script type="module" src="([^"]+)"', mentee.text), *preloaded}:
        await mentee.get(script)
        imported |= {
            urljoin(script, name)
            for name in re.findall(r"""(?<!import\()(?<!new URL\()['"](\.{1,2}/[^'"]+\.js)['"]""", mentee.text)
        }
    assert preloaded == imported
    assert len(preloaded) > 20


@pytest.mark.parametrize("language", LANGUAGES)
async def test_its_first_load_is_below_150_kb_over_the_wire(mentee, pair, database, language):
    """The page, and the scripts and styles that it asks for; a script that is preloaded comes once."""
    async with database.writing() as connection:
        await connection.execute(update(people).where(people.c.id == pair.sam.id).values(language=language))
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert f'lang="{language}"' in mentee.text
    loaded = size(mentee)
    for file in set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:js|css|svg))"', mentee.text)):
        await mentee.get(file)
        loaded += size(mentee)
    assert loaded < 150_000


def size(visitor):
    """The bytes of the last answer on the wire: HTTP/1.1's status line and headers, and the compressed body."""
    headers = sum(len(f"{name}: {value}\r\n") for name, value in visitor.headers.items())
    return len("HTTP/1.1 200 OK\r\n\r\n") + headers + int(visitor.headers["Content-Length"])


@pytest.mark.parametrize("accepted", ["gzip", "identity"])
async def test_it_is_compressed_if_the_browser_takes_that(mentee, pair, accepted):
    booking = await pair.booking()
    address, asked = f"{mentee.base_url}/calls/{booking.id}", {"Accept-Encoding": accepted}
    async with mentee.session.get(address, headers=asked) as response:
        assert response.headers.get("Content-Encoding", "identity") == accepted
        assert "</html>" in await response.text()


async def test_too_early_says_to_come_back(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 403
    assert "not open yet" in mentee.text
