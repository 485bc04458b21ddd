"""The admin's emails: what could not be delivered, and why. Never what an email says, nor its link."""

from aiohttp import web

from server.admin.queries.emails import read_emails_page
from server.catchups.emails import subject_of
from server.i18n.catalog import Language
from server.mail.mailer import send_again
from server.people.actions.emails import FRESH_LINK, fresh_link_subject
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    app, language = request.app, language_for(request)
    found = await read_emails_page(app[DATABASE], app[CLOCK]())
    return page(
        request,
        "admin/emails.html",
        **fields_of(found),
        subjects={email.kind: _subject(email.kind, language) for email in (*found.failed, *found.delayed)},
        mail_folder=app[SETTINGS].mail_folder,
    )


async def send(request: web.Request) -> web.Response:
    """Sends again what was given up."""
    await send_again(request.app[DATABASE], id_of(request), request.app[CLOCK]())
    return see_other("/emails")


def _subject(kind: str, language: Language) -> str:
    return fresh_link_subject(language) if kind == FRESH_LINK else subject_of(kind, language)
