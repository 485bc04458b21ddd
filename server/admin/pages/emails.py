"""The admin's emails: what waits, what could not be delivered, and why. Never what an email says, nor its link.

Beside it: other work that was set aside.
"""

from aiohttp import web

from server.admin.actions.emails import clear_set_aside, send_again, send_test, stop_email, try_server_again
from server.admin.queries.emails import read_emails_page
from server.catchups.emails import KINDS, subject_of
from server.guests.emails import KINDS as GUEST_EMAILS
from server.guests.emails import subject_of as guest_subject
from server.i18n.catalog import Language
from server.introductions.emails import KINDS as INTRODUCTION_EMAILS
from server.introductions.emails import subject_of as introduction_subject
from server.matching.emails import KINDS as MATCH_EMAILS
from server.matching.emails import subject_of as match_subject
from server.mentorships.emails import KINDS as MENTORSHIP_EMAILS
from server.mentorships.emails import subject_of as mentorship_subject
from server.people.actions.emails import TEMPLATES as LINK_EMAILS
from server.people.actions.emails import link_email_subject
from server.room.emails import KIND as RECORD
from server.room.emails import subject_of as record_subject
from server.schemes.emails import KINDS as MEMBERSHIP_EMAILS
from server.schemes.emails import subject_of as membership_subject
from server.web.access import visitor_of
from server.web.forms import id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page, see_other


async def show(request: web.Request) -> web.Response:
    app, language = request.app, language_for(request)
    found = await read_emails_page(app[DATABASE], visitor_of(request).person.id, app[CLOCK]())
    shown = {email.kind for email in (*found.failed, *found.delayed)} | {email.kind for email in found.waiting}
    return page(
        request,
        "admin/emails.html",
        **fields_of(found),
        subjects={kind: subject_of_email(kind, language) for kind in shown},
        done=request.query.get("done"),
        mail_folder=app[SETTINGS].mail_folder,
    )


async def send(request: web.Request) -> web.Response:
    """Sends again what was given up."""
    await send_again(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other("/emails")


async def stop(request: web.Request) -> web.Response:
    """Stops an email: it is not sent, nor tried again."""
    await stop_email(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other("/emails?done=stopped")


async def test(request: web.Request) -> web.Response:
    """Sends a test email to the visitor."""
    await send_test(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return see_other("/emails?done=test")


async def send_now(request: web.Request) -> web.Response:
    """Tries the mail server again at once."""
    await try_server_again(request.app[DATABASE], visitor_of(request), request.app[CLOCK]())
    return see_other("/emails")


async def take_off(request: web.Request) -> web.Response:
    """Takes work off the list of what was set aside: it is done again, or, if it is news, forgotten."""
    await clear_set_aside(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other("/emails#aside")


def subject_of_email(kind: str, language: Language) -> str:
    """The subject of emails of this kind; of one that no feature writes (another version did), its name."""
    if kind in LINK_EMAILS:
        return link_email_subject(kind, language)
    if kind == RECORD:
        return record_subject(language)
    if kind in INTRODUCTION_EMAILS:
        return introduction_subject(kind, language)
    if kind in MENTORSHIP_EMAILS:
        return mentorship_subject(kind, language)
    if kind in MATCH_EMAILS:
        return match_subject(kind, language)
    if kind in MEMBERSHIP_EMAILS:
        return membership_subject(kind, language)
    if kind in GUEST_EMAILS:
        return guest_subject(kind, language)
    return subject_of(kind, language) if kind in KINDS else kind
