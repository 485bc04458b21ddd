"""The library: coordinators and admins edit it, and mentors put its cards on agendas."""

import pytest
from sqlalchemy import delete

from server.db.tables import hidden_cards, library_entries, library_texts
from server.schemes.rules.library import QUESTIONS

KEPT = {"cards": "yes", "shown": list(QUESTIONS)}


@pytest.fixture(autouse=True)
async def empty(site):
    yield
    async with site.database.writing() as connection:
        for table in (library_texts, library_entries, hidden_cards):
            await connection.execute(delete(table))


async def test_an_admin_adds_changes_and_removes(admin, mentor, mentee, pair):
    booking = await pair.booking()
    home = f"/mentorships/{pair.mentorship_id}"
    await admin.get("/admin/library")
    await admin.post(
        "/admin/library",
        **KEPT,
        **{"en-new": ["What is your garden like?", "Rooms"], "de-new": ["", "Räume"], "ar-new": ["", ""]},
        **{"url-new": ["", "https://library.example/rooms"]},
    )
    assert "Saved." in admin.text
    await mentor.get(home)
    assert "What is your garden like?" in mentor.text
    assert "https://library.example/rooms" in mentor.text
    assert "Question cards" not in (await mentee.get(home)).text
    # One tap each: a question is a topic, a resource goes to links and files.
    names = [part.split('"')[0] for part in mentor.text.split('name="card" value="')[1:]]
    for number, name in enumerate(names[:2]):
        await mentor.post(f"/bookings/{booking.id}/cards", card=name, key=f"k{number}")
        assert mentor.path == home
    await mentor.post(f"/bookings/{booking.id}/cards", card=names[0], key="k0")
    shown = (await mentee.get(home)).text
    assert shown.count("What is your garden like?") == 1
    assert "https://library.example/rooms" in shown
    first = names[0].removeprefix("entry-")
    await admin.post("/admin/library", **{f"en-{first}": "And your balcony?", f"remove-{int(first) + 1}": "on"}, **KEPT)
    await mentor.get(home)
    assert "And your balcony?" in mentor.text
    await admin.post("/admin/library", **{f"en-{first}": "x", f"url-{first}": "javascript:x"}, **KEPT)
    assert (admin.status, "Please enter a web address" in admin.text) == (422, True)
    await admin.post("/admin/library", **{"en-new": ["", ""], "url-new": ["https://a.example", ""]}, **KEPT)
    assert (admin.status, "at least one language" in admin.text) == (422, True)
    assert 'value="https://a.example"' in admin.text


async def test_a_host_hides_what_comes_with_it(admin, mentor, pair):
    await pair.booking()
    home, question = f"/mentorships/{pair.mentorship_id}", QUESTIONS["next-step"]
    assert question in (await mentor.get(home)).text
    await admin.get("/admin/library")
    await admin.post("/admin/library", cards="yes", shown=[name for name in QUESTIONS if name != "next-step"])
    assert question not in (await mentor.get(home)).text
    assert QUESTIONS["strength"] in mentor.text
    await admin.post("/admin/library", **{"en-new": "New"})
    assert question not in (await mentor.get(home)).text, "a form without them leaves them as they are"


async def test_only_the_mentor_reads_and_puts_them(mentor, mentee, stranger, pair):
    booking = await pair.booking()
    path = f"/bookings/{booking.id}/cards"
    await mentor.get(f"{path}.json")
    assert mentor.headers["Content-Type"].startswith("application/json")
    assert (await mentee.get(f"{path}.json")).text == "[]"
    assert (await stranger.get(f"{path}.json")).status == 404
    for guest in (mentee, stranger):
        assert (await guest.post(path, card="next-step", key="k")).status == 404
    assert (await mentor.post(path, card="unknown", key="k")).status == 404
    assert (await mentor.post(path, card="next-step", key="not a key")).status == 400


async def test_who_edits_it(coordinator, mentor):
    assert (await coordinator.get("/admin/library")).status == 404
    assert (await mentor.get("/admin/library")).status == 404
