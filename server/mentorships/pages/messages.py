"""Messages between the two of a mentorship: sending, deleting, finding, and what is noted about reading them.

What is looked for is sent as a form: an address ends up in logs.
"""

from aiohttp import web

from server.errors import DomainError
from server.mentorships.actions import reading
from server.mentorships.actions.messages import delete_message, send_message
from server.mentorships.pages.home import mentorship_page
from server.mentorships.posting import path_of
from server.mentorships.queries.thread import read_message_file, search_messages
from server.mentorships.rules.notices import MessageNotice
from server.room.pages.content import SEALER
from server.web import downloads
from server.web.access import UnreadableRequest, visitor_of
from server.web.forms import Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other

TO_NEWEST = "#newest"


async def send(request: web.Request) -> web.Response:
    form, mentorship_id = await request.post(), id_of(request)
    name, typed = text(form, "form"), text(form, "text")
    try:
        await send_message(
            request.app[DATABASE],
            request.app[SEALER],
            visitor_of(request),
            mentorship_id,
            name,
            typed,
            _file(form),
            request.app[CLOCK](),
        )
    except DomainError as problem:
        return await mentorship_page(request, mentorship_id, problem, typed, name)
    return see_other(path_of(mentorship_id) + TO_NEWEST)


def _file(form: Form) -> tuple[str, bytes] | None:
    """A field for a file that is left empty comes without a name."""
    file = form.get("file")
    if not isinstance(file, web.FileField) or not file.filename:
        return None
    return file.filename, file.file.read()


async def remove(request: web.Request) -> web.Response:
    app = request.app
    mentorship_id = await delete_message(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), app[CLOCK]())
    return see_other(path_of(mentorship_id) + TO_NEWEST)


async def search(request: web.Request) -> web.Response:
    typed = text(await request.post(), "words")
    found = await search_messages(
        request.app[DATABASE], request.app[SEALER], visitor_of(request), id_of(request), typed
    )
    return page(request, "mentorships/found.html", **fields_of(found), typed=typed)


async def mark_read(request: web.Request) -> web.Response:
    """`up_to` is the id of the newest message that was shown."""
    up_to = whole_number(await request.post(), "up_to")
    await reading.mark_read(request.app[DATABASE], visitor_of(request), id_of(request), up_to, request.app[CLOCK]())
    return see_other(path_of(id_of(request)) + TO_NEWEST)


async def choose_notice(request: web.Request) -> web.Response:
    try:
        notice = MessageNotice(text(await request.post(), "notice"))
    except ValueError as error:
        raise UnreadableRequest from error
    await reading.choose_notice(
        request.app[DATABASE], visitor_of(request), id_of(request), notice, request.app[CLOCK]()
    )
    return see_other(path_of(id_of(request)) + "#messages")


async def download(request: web.Request) -> web.Response:
    app = request.app
    return downloads.download(*await read_message_file(app[DATABASE], app[SEALER], visitor_of(request), id_of(request)))
