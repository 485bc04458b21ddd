"""What the two keep of a catch-up, on its open pages: what a page is told, and the edits that it sends."""

from typing import Any

import msgspec
from aiohttp import web

from server.room.actions.editing import edit_content
from server.room.queries.contents import ContentPart
from server.room.rules.content import ContentChanges, ContentItem
from server.room.rules.edits import NOTES_LIMIT, TEXT_LIMIT, Batches
from server.room.rules.files import KINDS
from server.room.sealing import Sealer
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import id_of, text
from server.web.keys import DATABASE
from server.web.rendering import language_for

# The notes twice, in any script, and what else was edited.
BATCH_LIMIT = 512 * 1024

SEALER = web.AppKey("sealer", Sealer)


async def edit(request: web.Request) -> web.Response:
    """Takes batches of edits from an open page's script, and answers with what the page does not know yet."""
    given = text(await request.post(), "batches")
    try:
        batches = msgspec.json.decode(given, type=Batches)
    except msgspec.MsgspecError as error:
        raise UnreadableRequest from error
    app = request.app
    answer = await edit_content(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), batches)
    language = language_for(request)
    refused = [language.say(problem.sentence, **problem.values) for problem in answer.refused]
    return web.json_response(as_told(answer.changes) | {"refused": refused})


def content_config(part: ContentPart, csrf: str) -> dict[str, Any]:
    """What the script of a page needs to show the content and to send edits."""
    own = f"/bookings/{part.booking_id}"
    return {
        "events": f"{own}/events",
        "edits": f"{own}/content",
        "files": f"{own}/files",
        "cards": f"{own}/cards.json",
        "csrf": csrf,
        "me": part.me,
        "mentee": part.mentee,
        "people": [{"id": person_id, "name": name} for person_id, name in part.people.items()],
        "accept": ",".join(f".{ending}" for ending in KINDS),
        "limits": {"text": TEXT_LIMIT, "notes": NOTES_LIMIT},
    }


def as_told(changes: ContentChanges) -> dict[str, Any]:
    """As the page's script reads them (static/js/room/rules.js)."""
    notes = changes.notes
    return {
        "version": changes.version,
        "items": [_item(item) for item in changes.items],
        "notes": notes and {"text": notes.text, "version": notes.version},
    }


def _item(item: ContentItem) -> dict[str, Any]:
    told = {
        "key": item.key,
        "kind": item.kind.value,
        "number": item.number,
        "author": item.author_id,
        "version": item.version,
        "removed": item.body is None,
    }
    return told | (msgspec.to_builtins(item.body) if item.body else {})
