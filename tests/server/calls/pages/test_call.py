"""The call's page: open to the two, in its time."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

# An answer's header has no more bytes.
HEADER = 600


async def test_the_page_tells_the_script_where_it_is(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 200
    assert f'"socket": "/calls/{booking.id}/socket"' in mentee.text


async def test_its_scripts_are_all_asked_for_at_once(mentee, pair):
    """What a script imports is found before that script has been read; and nothing else is fetched, but for what a
    script imports when it is needed."""
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    preloaded = set(re.findall(r'<link rel="modulepreload" href="([^"]+)"', mentee.text))
    imported = set()
    for script in {*re.findall(r'<script type="module" src="([^"]+)"', mentee.text), *preloaded}:
        await mentee.get(script)
        imported |= {
            urljoin(script, name) for name in re.findall(r"""(?<!import\()['"](\.{1,2}/[^'"]+\.js)['"]""", mentee.text)
        }
    assert preloaded == imported
    assert len(preloaded) > 20


async def test_its_first_load_is_below_150_kb_over_the_wire(mentee, pair):
    """The page, and the scripts and styles that it asks for; a script that is preloaded comes once."""
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    bodies = len(mentee.text.encode())
    files = set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:js|css|svg))"', mentee.text))
    for file in files:
        await mentee.get(file)
        bodies += int(mentee.headers["Content-Length"])
    assert bodies + len(files) * HEADER < 150_000


async def test_too_early_says_to_come_back(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 403
    assert "not open yet" in mentee.text
