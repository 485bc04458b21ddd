"""The mentorship's home: what is next, what was agreed, agenda, resources and messages, for the two alone."""

import json
import re
from datetime import UTC, datetime, timedelta


def edits(*edits: dict[str, object]) -> str:
    return json.dumps([{"writer": "w", "sequence": 1, "since": -1, "edits": edits}])


def add(key: str, kind: str, text: str, url: str = "") -> dict[str, object]:
    return {"type": "add", "key": key, "kind": kind, "text": text, "url": url}


async def test_it_shows_what_the_two_have_before_them(mentor, mentee, pair):
    booking = await pair.booking()
    later = await pair.booking(datetime.now(UTC) + timedelta(days=3))
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(
        f"/bookings/{booking.id}/content",
        batches=edits(
            add("t", "topic", "My exam"),
            add("a", "action", "Ask at the library"),
            {"type": "change", "key": "a", "owner": pair.sam.id, "due": "2031-05-06"},
            add("r", "resource", "Rooms", "https://library.example/rooms"),
        ),
    )
    path = f"/mentorships/{pair.mentorship_id}"
    await mentor.get(path)
    assert mentor.status == 200
    shown = " ".join(re.sub(r"<[^>]+>", " ", mentor.text).split())
    for part in ("You and Sam", "My exam", "Ask at the library", "Sam, by Tuesday 6 May 2031", "Rooms"):
        assert part in shown
    assert mentor.text.index(f'/bookings/{booking.id}"') < mentor.text.index(f'/bookings/{later.id}"')
    assert f'action="/calls/{booking.id}"' in mentor.text
    # Either ticks it, and adds a topic, without a script.
    await mentor.post(f"/bookings/{booking.id}/ticks", key="a", done="yes", mentorship=str(pair.mentorship_id))
    assert (mentor.path, "Not done yet" in mentor.text) == (path, True)
    await mentor.post(f"/bookings/{booking.id}/topics", key="n", text="Your holidays")
    assert "Your holidays" in (await mentee.get(path)).text
    await mentor.post(f"/bookings/{booking.id}/topics", key="m", text=" ", mentorship=str(pair.mentorship_id))
    assert (mentor.status, "Please write something first." in mentor.text) == (422, True)


async def test_an_offer_that_waits_is_there_for_both(mentor, mentee, pair):
    await pair.offer()
    path = f"/mentorships/{pair.mentorship_id}"
    assert "Your offer waits for an answer" in (await mentor.get(path)).text
    assert "An offer waits for your answer" in (await mentee.get(path)).text


async def test_how_things_are_stands_where_it_helps(mentor, mentee, pair):
    path, until = f"/mentorships/{pair.mentorship_id}", (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    await mentee.get(path)
    await mentee.post(f"{path}/situation", situation="Exams until then.", until="2001-01-01")
    assert (mentee.status, "Please choose a day within the next half year." in mentee.text) == (422, True)
    await mentee.post(f"{path}/situation", situation="Exams until then.", until=until)
    assert "Take it away" in mentee.text
    offer, booking = await pair.offer(), await pair.booking()
    pages = (path, f"{path}/offers/new", f"/offers/{offer.id}", f"/bookings/{booking.id}", f"/calls/{booking.id}")
    for each in pages:
        assert "Exams until then." in (await mentor.get(each)).text, each
    await mentee.post(f"{path}/situation", situation="")
    assert "Exams until then." not in (await mentor.get(path)).text


async def test_a_message_is_ready_for_the_mentor_to_change(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    assert "Hello Sam, I was thinking of you." in (await mentor.get(f"{path}?checkin=1")).text
    assert "I was thinking of you" not in (await mentor.get(path)).text
    await mentor.post(f"{path}/nudges/pause")
    assert "You are not reminded of this mentorship this month." in mentor.text
    assert "Not this month" not in (await mentee.get(path)).text


async def test_only_the_two_open_it(mentor, stranger, nobody, admin, pair):
    for guest in (stranger, nobody, admin):
        assert (await guest.get(f"/mentorships/{pair.mentorship_id}")).status == 404


async def test_the_home_of_each_leads_to_it_and_says_what_is_new(mentor, mentee, pair):
    path = f"/mentorships/{pair.mentorship_id}"
    await mentee.get(path)
    await mentee.post(f"{path}/messages", text="Hello")
    await mentor.get("/home")
    assert (f'href="{path}"' in mentor.text, "1 new message" in mentor.text) == (True, True)
    assert "new message" not in (await mentee.get("/home")).text


async def test_what_helps_in_a_conversation_stands_with_it(mentor, mentee, pair):
    await mentee.post("/me", language="en", zone="Europe/London", phone="", needs="Captions help me.")
    booking = await pair.booking()
    offer = await pair.offer()
    for path in (
        f"/mentorships/{pair.mentorship_id}",
        f"/mentorships/{pair.mentorship_id}/offers/new",
        f"/offers/{offer.id}",
        f"/bookings/{booking.id}",
        f"/calls/{booking.id}",
    ):
        await mentor.get(path)
        assert "What helps Sam in a conversation:" in mentor.text, path
        assert "Captions help me." in mentor.text
    # Nobody is told of their own, or of nothing.
    await mentee.get(f"/bookings/{booking.id}")
    assert "What helps" not in mentee.text
