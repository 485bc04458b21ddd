"""The admin's letters: what could not be delivered, and why. Never what a letter says, nor its link."""

from aiohttp import web

from server.catchups.actions.emails import send_again
from server.catchups.emails import subject_of
from server.mail.outbox import list_troubled, waiting
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    app, language = request.app, language_for(request)
    async with app[DATABASE].reading() as connection:
        troubled = await list_troubled(connection)
        counted = await waiting(connection, app[CLOCK]())
    return page(
        request,
        "admin/emails.html",
        failed=[letter for letter in troubled if letter.failed_at],
        delayed=[letter for letter in troubled if not letter.failed_at],
        subjects={letter.kind: subject_of(letter.kind, language) for letter in troubled},
        due=counted.due,
        mail_folder=app[SETTINGS].mail_folder,
    )


async def send(request: web.Request) -> web.Response:
    """Tries once more what was given up."""
    await send_again(request.app[DATABASE], id_of(request), request.app[CLOCK]())
    return see_other("/letters")
