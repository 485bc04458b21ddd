"""The admin's emails: what could not be delivered, and why. Never what an email says, nor its link.

Beside it: other work that was set aside.
"""

from aiohttp import web

from server.admin.queries.emails import read_emails_page
from server.catchups.emails import KINDS, subject_of
from server.db.set_aside import do_again
from server.errors import NotFound
from server.i18n.catalog import Language
from server.mail.mailer import send_again, try_server_again
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


async def send_now(request: web.Request) -> web.Response:
    """Tries the mail server again at once."""
    await try_server_again(request.app[DATABASE], request.app[CLOCK]())
    return see_other("/emails")


async def take_off(request: web.Request) -> web.Response:
    """Takes work off the list of what was set aside: it is done again, or, if it is news, forgotten."""
    if not await do_again(request.app[DATABASE], id_of(request)):
        raise NotFound
    return see_other("/emails#aside")


def _subject(kind: str, language: Language) -> str:
    """The subject of emails of this kind; of one that no feature writes (another version did), its name."""
    if kind == FRESH_LINK:
        return fresh_link_subject(language)
    return subject_of(kind, language) if kind in KINDS else kind
