"""The whole product on one page: method, address, handler, and who may open it."""

from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from server.admin.pages import (
    accounts,
    audit,
    emails,
    figures,
    history,
    history_export,
    import_report,
    importing,
    mentorships,
    new_pair,
    people,
    person,
    session,
    start,
)
from server.availability.pages import busy_calendar, hours
from server.calls.pages import (
    call,
    call_link,
    call_socket,
    call_withdrawal,
    media_check,
    media_check_origins,
    media_check_socket,
    more_time,
    phone_consent,
    phone_number,
    report,
    try_devices,
)
from server.catchups.pages import (
    acceptance,
    booking,
    booking_events,
    booking_withdrawal,
    catchup,
    choice_withdrawal,
    choices,
    choices_files,
    delay,
    feed,
    invitation,
    move,
    mutes,
    new_offer,
    new_times,
    offer,
    offer_withdrawal,
    refusal,
    subscription,
    suggestion,
    undoing,
    wording,
)
from server.people.pages import (
    home,
    home_link,
    language,
    links,
    looks,
    lost_link,
    me,
    passkeys,
    sign_in,
    sign_in_endings,
    sign_ins,
    signout,
    welcome,
    zone,
)
from server.privacy.pages import archive, erasure, notice, overview, own_erasure, person_data
from server.room.pages import content, files, record, reflection
from server.web import assets, health
from server.web.access import Who, guarded
from server.web.connections import limits_middleware
from server.web.draining import requests_middleware
from server.web.errors import errors_middleware
from server.web.headers import nonce_middleware
from server.web.main_process import MAIN_PROCESS, hand_on

# A table with 5,000 rows, and what was corrected in it.
IMPORT_LIMIT = 4 * 1024 * 1024
ID = r"{id:\d{1,9}}"


@dataclass(frozen=True, slots=True)
class Route:
    """For visitors only, unless `who` says otherwise. What is `in_main` is answered by the main process only.

    `form_limit` is how many bytes the form may have, None for as many as any other.
    """

    method: str
    path: str
    handler: Handler
    who: Who = Who.VISITOR
    in_main: bool = False
    form_limit: int | None = None


ROUTES = (
    Route("GET", "/", welcome.show, Who.EVERYONE),
    Route("GET", "/l/{secret}", links.exchange, Who.EVERYONE),
    Route("POST", "/l/{secret}", links.use, Who.EVERYONE),
    Route("GET", "/privacy", notice.show, Who.EVERYONE),
    Route("GET", "/lost-link", lost_link.show, Who.EVERYONE),
    Route("POST", "/lost-link", lost_link.send, Who.EVERYONE),
    Route("GET", "/sign-in", sign_in.show, Who.EVERYONE),
    Route("GET", "/sign-in/options.json", sign_in.options, Who.UNASKED),
    Route("POST", "/sign-in", sign_in.use, Who.EVERYONE),
    Route("GET", "/try", try_devices.show, Who.EVERYONE),
    Route("POST", "/signout", signout.sign_out),
    Route("GET", "/home", home.show, Who.EVERYONE),
    Route("POST", "/home-link", home_link.send),
    Route("GET", "/me", me.show, Who.OWNER),
    Route("POST", "/me", me.save, Who.OWNER),
    Route("POST", "/me/feed", subscription.make, Who.OWNER),
    Route("POST", "/me/feed/revocation", subscription.end, Who.OWNER),
    Route("GET", "/me/looks", looks.show, Who.OWNER),
    Route("GET", "/me/archive.zip", archive.own, Who.OWNER),
    Route("GET", "/me/erasure", own_erasure.show, Who.OWNER),
    Route("POST", "/me/erasure", own_erasure.ask, Who.OWNER),
    Route("POST", "/me/erasure/withdrawal", own_erasure.take_back, Who.OWNER),
    Route("GET", "/me/passkeys", passkeys.show, Who.OWNER),
    Route("GET", "/me/passkeys/options.json", passkeys.options, Who.OWNER),
    Route("POST", "/me/passkeys", passkeys.add, Who.OWNER),
    Route("POST", f"/me/passkeys/{ID}/removal", passkeys.remove, Who.OWNER),
    Route("GET", "/me/sign-ins", sign_ins.show, Who.OWNER),
    Route("POST", "/me/sign-ins/ending", sign_in_endings.end_others, Who.OWNER),
    Route("POST", f"/me/visits/{ID}/ending", sign_in_endings.end_visit, Who.OWNER),
    Route("POST", f"/me/links/{ID}/ending", sign_in_endings.end_link, Who.OWNER),
    Route("GET", "/me/choices", choices.show),
    Route("GET", "/me/choices.csv", choices_files.as_csv),
    Route("GET", "/me/choices.json", choices_files.as_json),
    Route("POST", f"/me/choices/{ID}/withdrawal", choice_withdrawal.withdraw),
    Route("GET", "/feed/{secret}.ics", feed.show, Who.UNASKED),
    Route("POST", "/language", language.save),
    Route("POST", "/zone", zone.save),
    Route("GET", "/hours", hours.show, Who.OWNER),
    Route("POST", "/hours", hours.save, Who.OWNER),
    Route("POST", "/hours/calendar", busy_calendar.save, Who.OWNER),
    Route("POST", "/hours/calendar/reading", busy_calendar.refresh, Who.OWNER),
    Route("POST", "/hours/calendar/removal", busy_calendar.remove, Who.OWNER),
    Route("GET", f"/mentorships/{ID}/offers/new", new_offer.show, Who.OWNER),
    Route("POST", f"/mentorships/{ID}/offers", new_offer.send, Who.OWNER),
    Route("POST", f"/mentorships/{ID}/mute/ending", mutes.end_at_home, Who.OWNER),
    Route("GET", f"/catchups/{ID}", catchup.show),
    Route("POST", f"/catchups/{ID}/mute", mutes.begin),
    Route("POST", f"/catchups/{ID}/mute/ending", mutes.end),
    Route("GET", f"/offers/{ID}", offer.show),
    Route("POST", f"/offers/{ID}/acceptance", acceptance.accept),
    Route("POST", f"/offers/{ID}/refusal", refusal.decline),
    Route("POST", f"/offers/{ID}/postponement", refusal.postpone),
    Route("POST", f"/offers/{ID}/undoing", undoing.undo),
    Route("POST", f"/offers/{ID}/withdrawal", offer_withdrawal.withdraw),
    Route("GET", f"/offers/{ID}/wording", wording.show),
    Route("POST", f"/offers/{ID}/wording", wording.send),
    Route("GET", f"/offers/{ID}/new-times", new_times.show),
    Route("POST", f"/offers/{ID}/new-times", new_times.send),
    Route("GET", f"/offers/{ID}/suggestion", suggestion.show),
    Route("POST", f"/offers/{ID}/suggestion", suggestion.send),
    Route("GET", f"/bookings/{ID}", booking.show),
    Route("GET", f"/bookings/{ID}/events", booking_events.connect, in_main=True),
    Route("GET", f"/bookings/{ID}/invitation.ics", invitation.show),
    Route("GET", f"/bookings/{ID}/move", move.show),
    Route("POST", f"/bookings/{ID}/move", move.send),
    Route("POST", f"/bookings/{ID}/delay", delay.send),
    Route("POST", f"/bookings/{ID}/withdrawal", booking_withdrawal.withdraw),
    Route("POST", f"/bookings/{ID}/number", phone_number.give),
    Route("POST", f"/bookings/{ID}/phone", phone_consent.allow),
    Route("POST", f"/bookings/{ID}/phone/withdrawal", phone_consent.disallow),
    Route("POST", f"/bookings/{ID}/report", report.send),
    Route("POST", f"/bookings/{ID}/content", content.edit, form_limit=content.BATCH_LIMIT),
    Route("POST", f"/bookings/{ID}/files", files.add, form_limit=files.UPLOAD_LIMIT),
    Route("POST", f"/bookings/{ID}/record", record.wish),
    Route("POST", f"/bookings/{ID}/reflection", reflection.keep),
    Route("POST", f"/bookings/{ID}/reflection/removal", reflection.delete),
    Route("GET", f"/files/{ID}", files.download),
    Route("GET", f"/calls/{ID}", call.show),
    Route("GET", f"/calls/{ID}/number.json", phone_number.show),
    Route("GET", f"/calls/{ID}/socket", call_socket.connect, in_main=True),
    Route("POST", f"/calls/{ID}/link", call_link.make),
    Route("POST", f"/calls/{ID}/withdrawal", call_withdrawal.withdraw),
    Route("POST", f"/calls/{ID}/more-time", more_time.ask),
    Route("POST", f"/calls/{ID}/more-time/refusal", more_time.refuse),
    Route("GET", "/admin", start.show, Who.COORDINATOR),
    Route("GET", "/admin/overview", figures.show, Who.COORDINATOR),
    Route("GET", "/admin/pairs/new", new_pair.show, Who.COORDINATOR),
    Route("POST", "/admin/pairs", new_pair.add, Who.COORDINATOR),
    Route("GET", "/admin/import", importing.show, Who.COORDINATOR),
    Route("POST", "/admin/import", importing.preview, Who.COORDINATOR, form_limit=IMPORT_LIMIT),
    Route("POST", "/admin/imports", importing.add, Who.COORDINATOR, form_limit=IMPORT_LIMIT),
    Route("GET", f"/admin/imports/{ID}", import_report.show, Who.COORDINATOR),
    Route("GET", "/admin/people", people.show, Who.COORDINATOR),
    Route("GET", f"/admin/people/{ID}", person.show, Who.COORDINATOR),
    Route("POST", f"/admin/people/{ID}", person.save, Who.COORDINATOR),
    Route("POST", f"/admin/people/{ID}/link", person.send_link, Who.COORDINATOR),
    Route("POST", f"/admin/people/{ID}/revocation", person.revoke, Who.COORDINATOR),
    Route("POST", f"/admin/mentorships/{ID}/pause", mentorships.pause, Who.COORDINATOR),
    Route("POST", f"/admin/mentorships/{ID}/ending", mentorships.end, Who.COORDINATOR),
    Route("POST", f"/admin/mentorships/{ID}/resumption", mentorships.resume, Who.COORDINATOR),
    Route("GET", "/admin/accounts", accounts.show, Who.ADMIN),
    Route("POST", "/admin/accounts", accounts.add, Who.ADMIN),
    Route("POST", f"/admin/accounts/{ID}/role", accounts.set_role, Who.ADMIN),
    Route("POST", f"/admin/accounts/{ID}/link", accounts.send, Who.ADMIN),
    Route("POST", f"/admin/accounts/{ID}/sign-out", accounts.sign_out, Who.ADMIN),
    Route("POST", f"/admin/accounts/{ID}/removal", accounts.remove, Who.ADMIN),
    Route("GET", "/admin/audit", audit.show, Who.ADMIN),
    Route("GET", "/admin/privacy", overview.show, Who.ADMIN),
    Route("POST", "/admin/privacy", overview.find, Who.ADMIN),
    Route("GET", f"/admin/people/{ID}/data", person_data.show, Who.ADMIN),
    Route("POST", f"/admin/people/{ID}/archive", archive.export, Who.ADMIN),
    Route("POST", f"/admin/people/{ID}/erasure", erasure.erase, Who.ADMIN),
    Route("GET", "/history", history.show, Who.COORDINATOR),
    Route("POST", "/history/export", history_export.export, Who.ADMIN),
    Route("GET", f"/history/{ID}", session.show, Who.COORDINATOR),
    Route("GET", f"/history/offers/{ID}", session.show_offer, Who.COORDINATOR),
    Route("GET", "/emails", emails.show, Who.COORDINATOR),
    Route("POST", "/emails/sending", emails.send_now, Who.COORDINATOR),
    Route("POST", f"/emails/{ID}/sending", emails.send, Who.COORDINATOR),
    Route("POST", f"/emails/{ID}/stopping", emails.stop, Who.COORDINATOR),
    Route("POST", "/emails/test", emails.test, Who.COORDINATOR),
    Route("POST", f"/set-aside/{ID}/removal", emails.take_off, Who.COORDINATOR),
    Route("GET", "/media-check", media_check.show, Who.ADMIN, in_main=True),
    Route("POST", "/media-check", media_check.keep, Who.ADMIN),
    Route("GET", "/media-check/origins.json", media_check_origins.show, Who.ADMIN, in_main=True),
    Route("GET", "/media-check/socket", media_check_socket.connect, Who.ADMIN, in_main=True),
    Route("GET", "/healthz", health.show, Who.UNASKED, in_main=True),
    Route("GET", "/static/{version}/{path:.+}", assets.serve, Who.UNASKED),
)


def add_routes(app: web.Application) -> None:
    for route in ROUTES:
        handed_on = route.in_main and MAIN_PROCESS in app
        handler = hand_on if handed_on else guarded(route.handler, route.who, route.form_limit)
        app.router.add_route(route.method, route.path, handler)
        if route.method == "GET" and not route.path.endswith(("/socket", "/events")):
            app.router.add_route("HEAD", route.path, handler)


# Outermost first: what runs is counted, then a nonce for every response, then refusals as pages, then limits.
MIDDLEWARES: tuple[Middleware, ...] = (requests_middleware, nonce_middleware, errors_middleware, limits_middleware)
