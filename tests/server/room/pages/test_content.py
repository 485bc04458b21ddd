"""The pages' way to what the two keep of a catch-up: edits go in by a form, changes come by the event stream."""

import json

from server.room.rules.edits import NOTES_LIMIT
from tests.server.events import events_of


def edits(sequence: int, *edits: dict[str, object]) -> str:
    return json.dumps([{"writer": "w", "sequence": sequence, "since": -1, "edits": edits}])


TOPIC = {"type": "add", "key": "a", "kind": "topic", "text": "My exam"}


async def test_what_one_sends_is_pushed_to_the_other(mentor, mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    async with events_of(mentor, booking.id) as events:
        assert json.loads(await events.next("content")) == {
            "version": 0,
            "items": [],
            "notes": {"text": "", "version": 0},
        }
        answer = await mentee.post(f"/bookings/{booking.id}/content", batches=edits(1, TOPIC))
        assert answer.status == 200
        told = json.loads(await events.next("content"))
        assert (told["version"], told["notes"]) == (1, None)
        assert told["items"][0] | {"version": 0} == {
            "key": "a",
            "kind": "topic",
            "number": 1,
            "author": pair.sam.id,
            "version": 0,
            "removed": False,
            "text": "My exam",
            "done": False,
            "owner": None,
            "due": None,
            "url": "",
            "file": None,
            "agreed": [],
            "struck": False,
        }
        # Only what came since is told, and to a page that begins all of it.
        await mentee.post(
            f"/bookings/{booking.id}/content", batches=edits(2, {"type": "write", "was": "", "text": "Well."})
        )
        told = json.loads(await events.next("content"))
        assert (told["items"], told["notes"]) == ([], {"text": "Well.", "version": 2})
    async with events_of(mentor, booking.id) as events:
        told = json.loads(await events.next("content"))
        assert (told["version"], len(told["items"]), told["notes"]["text"]) == (2, 1, "Well.")


async def test_a_refusal_is_said_in_the_readers_language(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    answer = await mentee.post(f"/bookings/{booking.id}/content", batches=edits(1, TOPIC | {"text": " "}))
    assert json.loads(answer.text)["refused"] == ["Please write something first."]


async def test_long_notes_come_through(mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    was, text = "ا" * NOTES_LIMIT, "ب" * NOTES_LIMIT
    answer = await mentee.post(
        f"/bookings/{booking.id}/content",
        batches=edits(1, {"type": "write", "was": was, "text": text}),
    )
    assert answer.status == 200


async def test_what_is_no_batch_changes_nothing(mentee, pair, contents):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    before = await contents()
    for sent in ("", "{", "[]", "[{}]", edits(1, {"type": "nothing"}), edits(1, TOPIC | {"text": 7})):
        assert (await mentee.post(f"/bookings/{booking.id}/content", batches=sent)).status == 400
    assert (await mentee.post(f"/bookings/{booking.id}/content", batches=edits(1, TOPIC), csrf="x")).status == 403
    assert await contents() == before


async def test_admin_pages_show_nothing_of_it(admin, mentee, pair):
    booking = await pair.booking()
    await mentee.get(f"/bookings/{booking.id}")
    await mentee.post(f"/bookings/{booking.id}/content", batches=edits(1, TOPIC))
    for path in ("/history", f"/history/{booking.id}", "/emails"):
        assert "My exam" not in (await admin.get(path)).text


async def test_the_pages_bring_along_what_their_script_needs(mentor, pair):
    booking = await pair.booking()
    for path in (f"/bookings/{booking.id}", f"/calls/{booking.id}"):
        await mentor.get(path)
        assert f'"edits": "/bookings/{booking.id}/content"' in mentor.text
        assert 'for="new-topic"' in mentor.text
