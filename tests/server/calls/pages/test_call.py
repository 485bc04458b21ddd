"""The call's page: open to the two, in its time."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin


async def test_the_page_tells_the_script_where_it_is(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 200
    assert f'"socket": "/calls/{booking.id}/socket"' in mentee.text


async def test_its_scripts_are_all_asked_for_at_once(mentee, pair):
    """What a script imports is found before that script has been read; and nothing else is fetched."""
    booking = await pair.booking()
    await mentee.get(f"/calls/{booking.id}")
    preloaded = set(re.findall(r'<link rel="modulepreload" href="([^"]+)"', mentee.text))
    imported = set()
    for script in {*re.findall(r'<script type="module" src="([^"]+)"', mentee.text), *preloaded}:
        await mentee.get(script)
        imported |= {urljoin(script, name) for name in re.findall(r"""['"](\.{1,2}/[^'"]+\.js)['"]""", mentee.text)}
    assert preloaded == imported
    assert len(preloaded) > 20


async def test_too_early_says_to_come_back(mentee, pair):
    booking = await pair.booking(datetime.now(UTC) + timedelta(days=1))
    await mentee.get(f"/calls/{booking.id}")
    assert mentee.status == 403
    assert "not open yet" in mentee.text
