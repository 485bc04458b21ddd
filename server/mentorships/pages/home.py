"""The home of a mentorship, for its two people."""

import secrets
from datetime import datetime

from aiohttp import web

from server.errors import DomainError
from server.i18n.local_time import day_in
from server.i18n.texts import N_
from server.mentorships.queries.home import MentorshipHome, read_mentorship_home
from server.mentorships.rules.guides import TEXTS
from server.mentorships.rules.messages import TEXT_LIMIT
from server.mentorships.rules.notices import MessageNotice
from server.mentorships.rules.situations import SITUATION_LIMIT, USUAL, Situation
from server.room.pages.content import SEALER
from server.room.rules.edits import TEXT_LIMIT as TOPIC_LIMIT
from server.room.rules.files import KINDS
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import entry_number, id_of
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page

FORM_NAME_BYTES = 16
CHECK_IN = N_(
    "Hello %(name)s, I was thinking of you. How are things? Would a catch-up by video or phone help, or is another "
    "time better? Either is fine with me."
)


async def show(request: web.Request) -> web.Response:
    """With `?before=7` the messages before that one."""
    return await mentorship_page(request, id_of(request))


def form_name() -> str:
    """A new secret name of a form: what it sends with the same words is done once."""
    return secrets.token_urlsafe(FORM_NAME_BYTES)


async def mentorship_page(
    request: web.Request,
    mentorship_id: int,
    problem: DomainError | None = None,
    text: str = "",
    form: str = "",
    situation_typed: tuple[str, str] | None = None,
) -> web.Response:
    """The page as it stands, with a problem and what was typed: the `text` of a message, or one's situation with its
    day. Raises NotFound."""
    app, visitor = request.app, visitor_of(request)
    check_in = "checkin" in request.query and problem is None
    before = entry_number(request.query, "before")
    found = await read_mentorship_home(app[DATABASE], app[SEALER], visitor, mentorship_id, app[CLOCK](), before)
    return page(
        request,
        "mentorships/home.html",
        status=status_of(problem),
        **fields_of(found),
        problem=problem,
        text=text or (_check_in(request, found) if check_in else ""),
        check_in=check_in,
        put_off="later" in request.query,
        form_name=form or form_name(),
        guide_texts=TEXTS,
        # Each card that is put on the agenda is an item of its own.
        card_keys=[form_name() for _ in found.cards],
        before=before,
        situation_typed=situation_typed or _situation(found.own_situation, visitor.person.zone, app[CLOCK]()),
        situation_limit=SITUATION_LIMIT,
        notices=tuple(MessageNotice),
        text_limit=TEXT_LIMIT,
        topic_limit=TOPIC_LIMIT,
        accept=",".join(f".{ending}" for ending in KINDS),
        window=app[SETTINGS].join_window,
    )


def _check_in(request: web.Request, found: MentorshipHome) -> str:
    """A message to begin with, in the reader's language: theirs to change."""
    return language_for(request).say(CHECK_IN, name=found.row.other.called)


def _situation(situation: Situation | None, zone: str, now: datetime) -> tuple[str, str]:
    """What the form begins with: the line as it stands, and its day."""
    if situation is not None:
        return situation.text, situation.until.isoformat()
    return "", (day_in(zone, now) + USUAL).isoformat()
