"""A file that one sends is a download for both, and for nobody else."""

import json

import aiohttp
from sqlalchemy import select

from server.db.tables import content_files
from tests.server.room.pages.test_content import edits

PDF = b"%PDF-1.7 " + b"our plan " * 100


async def send(guest, booking, name="plan.pdf", content=PDF, key="f"):
    form = aiohttp.FormData([("csrf", guest.hidden["csrf"]), ("key", key)], quote_fields=False)
    form.add_field("file", content, filename=name, content_type="text/html")
    answer = await guest._take(guest.session.post(f"{guest.base_url}/bookings/{booking.id}/files", data=form))
    return json.loads(answer.text) if answer.status == 200 else answer.status


async def test_both_download_it_and_it_is_never_opened_in_the_browser(mentor, mentee, pair, site):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    item = (await send(mentee, booking, "Plän für Sam.pdf"))["items"][0]
    assert (item["kind"], item["text"], item["file"]["size"]) == ("resource", "Plän für Sam.pdf", len(PDF))
    async with mentor.session.get(f"{mentor.base_url}/files/{item['file']['id']}") as answer:
        assert (answer.status, await answer.read(), answer.content_type) == (200, PDF, "application/octet-stream")
        assert answer.headers["Content-Disposition"].startswith("attachment; ")
        assert "filename*=UTF-8''Pl%C3%A4n%20f%C3%BCr%20Sam.pdf" in answer.headers["Content-Disposition"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
        assert answer.headers["Cache-Control"] == "no-store"
    async with site.database.reading() as connection:
        sealed = (await connection.execute(select(content_files.c.sealed))).scalars().all()
    assert not any(b"our plan" in each for each in sealed)


async def test_nobody_else_finds_it(stranger, admin, nobody, mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    file = (await send(mentee, booking))["items"][0]["file"]["id"]
    for guest in (stranger, admin, nobody):
        assert (await guest.get(f"/files/{file}")).status == 404


async def test_a_file_that_is_sent_twice_is_there_once_and_removed_it_is_gone(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    first, again = await send(mentee, booking), await send(mentee, booking)
    assert first == again
    item = first["items"][0]
    removal = {"type": "remove", "key": "f", "seen": item["version"]}
    await mentee.post(f"/bookings/{booking.id}/content", batches=edits(1, removal))
    assert (await mentee.get(f"/files/{item['file']['id']}")).status == 404


async def test_what_is_refused_is_said(mentee, stranger, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await stranger.get("/home")
    before = await contents()
    refusal = await send(mentee, booking, "page.html", b"<script>")
    assert refusal == {"refused": ["Please choose a PDF, a picture, a text or an office document without macros."]}
    assert await send(mentee, booking, content=b"%PDF-" + bytes(10_200_000)) == 413
    assert await send(mentee, booking, key="../f") == 400
    assert await send(stranger, booking) == 404
    assert await contents() == before


async def test_ten_megabytes_come_through(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    sent = await send(mentee, booking, content=b"%PDF-" + bytes(9_999_995))
    assert sent["items"][0]["file"]["size"] == 10_000_000
