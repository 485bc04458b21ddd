"""The admin's e-mails: what could not be delivered, and why. Never what an e-mail says, nor its link."""

from aiohttp import web

from server.admin.queries.emails import list_undelivered
from server.catchups.emails import subject_of
from server.i18n.catalog import Language
from server.mail.mailer import send_again
from server.mail.outbox import count_waiting
from server.people.actions.emails import FRESH_LINK, fresh_link_subject
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    app, language = request.app, language_for(request)
    async with app[DATABASE].reading() as connection:
        undelivered = await list_undelivered(connection)
        waiting = await count_waiting(connection, app[CLOCK]())
    return page(
        request,
        "admin/emails.html",
        failed=[email for email in undelivered if email.failed_at],
        delayed=[email for email in undelivered if not email.failed_at],
        subjects={email.kind: _subject(email.kind, language) for email in undelivered},
        due=waiting.due,
        mail_folder=app[SETTINGS].mail_folder,
    )


async def send(request: web.Request) -> web.Response:
    """Sends again what was given up."""
    await send_again(request.app[DATABASE], id_of(request), request.app[CLOCK]())
    return see_other("/emails")


def _subject(kind: str, language: Language) -> str:
    return fresh_link_subject(language) if kind == FRESH_LINK else subject_of(kind, language)
