"""For coordinators: making a scheme, what it says, and its topics."""

import re
from datetime import date

from aiohttp import web

from server.errors import InvalidInput
from server.i18n.catalog import LANGUAGES
from server.i18n.texts import N_
from server.i18n.zones import zones_of
from server.schemes.actions.schemes import SchemeChange, TopicChange, change_scheme, change_topics, make_scheme
from server.schemes.queries.coordinated import read_scheme_settings, read_topics
from server.schemes.rules.logos import LOGO_LIMIT
from server.schemes.rules.schemes import COLOUR_NAMES, TEXT_LIMIT, Colour, Scheme, SchemeText
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import fields_of, language_for, page, see_other

# The picture, and the rest of the form.
UPLOAD_LIMIT = LOGO_LIMIT + 64 * 1024
TEXTS = (
    "name", "slug", "language", "zone", "summary", "audience", "length", "welcome", "colour", "opens_on", "closes_on",
    "mentor_places", "mentee_places",
)  # fmt: skip
NEW_TOPICS = 3
ACCOUNT_ID = re.compile(r"[0-9]{1,9}")
Typed = dict[str, str]


async def show_new(request: web.Request) -> web.Response:
    return await _page(request, None)


async def make(request: web.Request) -> web.Response:
    form = await request.post()
    try:
        change = _change(request, form)
        scheme_id = await make_scheme(request.app[DATABASE], visitor_of(request), change, request.app[CLOCK]())
    except InvalidInput as problem:
        return await _page(request, None, form, problem)
    return see_other(f"/admin/schemes/{scheme_id}?done=made")


async def show(request: web.Request) -> web.Response:
    return await _page(request, id_of(request))


async def save(request: web.Request) -> web.Response:
    form, scheme_id = await request.post(), id_of(request)
    # Who does not coordinate it is not told what was wrong with the form.
    await read_scheme_settings(request.app[DATABASE], visitor_of(request), scheme_id)
    try:
        change = _change(request, form)
        await change_scheme(request.app[DATABASE], visitor_of(request), scheme_id, change, request.app[CLOCK]())
    except InvalidInput as problem:
        return await _page(request, scheme_id, form, problem)
    return see_other(f"/admin/schemes/{scheme_id}?done=saved")


async def show_topics(request: web.Request) -> web.Response:
    return await _topics_page(request)


async def save_topics(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    found = await read_topics(app[DATABASE], visitor_of(request), id_of(request))
    changes = [
        TopicChange(topic.id, _names(form, str(topic.id)), f"remove-{topic.id}" in form)
        for topic in found.topics
        if any(f"{code}-{topic.id}" in form for code in LANGUAGES)
    ]
    added = [_names(form, "new", place) for place in range(NEW_TOPICS)]
    changes += [TopicChange(None, names) for names in added if any(name.strip() for name in names.values())]
    try:
        await change_topics(app[DATABASE], visitor_of(request), id_of(request), changes, app[CLOCK]())
    except InvalidInput as problem:
        return await _topics_page(request, form, problem)
    return see_other(f"/admin/schemes/{id_of(request)}/topics?done=saved")


def _names(form: Form, topic: str, place: int = 0) -> dict[str, str]:
    names = {code: form.getall(f"{code}-{topic}", []) for code in LANGUAGES}
    return {code: str(typed[place]) if place < len(typed) else "" for code, typed in names.items()}


def _change(request: web.Request, form: Form) -> SchemeChange:
    logo = form.get("logo")
    visitor = visitor_of(request)
    return SchemeChange(
        _text(form),
        logo.file.read() if isinstance(logo, web.FileField) else b"",
        "without_logo" in form,
        # Who coordinates what is for admins to say.
        _coordinators(form) if visitor.account and visitor.account.is_admin else None,
    )


def _coordinators(form: Form) -> frozenset[int]:
    """The ids that were ticked; what cannot be one is left out."""
    return frozenset(int(each) for each in form.getall("coordinators", []) if ACCOUNT_ID.fullmatch(str(each)))


def _text(form: Form) -> SchemeText:
    try:
        colour = Colour(text(form, "colour"))
    except ValueError as error:
        raise InvalidInput("colour", NOT_LISTED) from error
    return SchemeText(
        name=text(form, "name"),
        slug=text(form, "slug"),
        language=text(form, "language"),
        zone=text(form, "zone"),
        summary=text(form, "summary"),
        audience=text(form, "audience"),
        length=text(form, "length"),
        welcome=text(form, "welcome"),
        colour=colour,
        opens_on=_day(form, "opens_on"),
        closes_on=_day(form, "closes_on"),
        mentor_places=_number(form, "mentor_places"),
        mentee_places=_number(form, "mentee_places"),
        public="public" in form,
    )


def _day(form: Form, field: str) -> date | None:
    typed = text(form, field).strip()
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise InvalidInput(field, N_("Please choose a day.")) from error


def _number(form: Form, field: str) -> int | None:
    typed = text(form, field).strip()
    if not typed:
        return None
    try:
        return int(typed)
    except ValueError as error:
        raise InvalidInput(field, N_("Please enter a number from 1 up, or leave this empty.")) from error


def _typed_of(scheme: Scheme) -> Typed:
    return {name: "" if (said := getattr(scheme.text, name)) is None else str(said) for name in TEXTS}


async def _page(
    request: web.Request, scheme_id: int | None, form: Form | None = None, problem: InvalidInput | None = None
) -> web.Response:
    found = await read_scheme_settings(request.app[DATABASE], visitor_of(request), scheme_id)
    settings, language = request.app[SETTINGS], language_for(request)
    typed = dict.fromkeys(TEXTS, "") | {"language": language.code, "zone": settings.zone, "colour": "ember"}
    public, chosen = False, found.chosen
    if form is not None:
        typed, public = {name: text(form, name) for name in TEXTS}, "public" in form
        chosen = _coordinators(form)
    elif found.scheme is not None:
        typed, public = _typed_of(found.scheme), found.scheme.text.public
    return page(
        request,
        "schemes/settings.html",
        status=status_of(problem),
        scheme=found.scheme,
        typed=typed,
        public=public,
        accounts=found.accounts,
        chosen=chosen,
        problem=problem,
        bad=problem.field if problem else "",
        colours=COLOUR_NAMES,
        languages=tuple(LANGUAGES.values()),
        zones=zones_of(language),
        text_limit=TEXT_LIMIT,
    )


async def _topics_page(
    request: web.Request, form: Form | None = None, problem: InvalidInput | None = None
) -> web.Response:
    found = await read_topics(request.app[DATABASE], visitor_of(request), id_of(request))
    typed: dict[str, str] = {f"{code}-{each.id}": name for each in found.topics for code, name in each.names.items()}
    new = [dict.fromkeys(LANGUAGES, "") for _ in range(NEW_TOPICS)]
    if form is not None:
        typed |= {name: text(form, name) for name in form}
        new = [_names(form, "new", place) for place in range(NEW_TOPICS)]
    return page(
        request,
        "schemes/topics.html",
        status=status_of(problem),
        typed=typed,
        new=new,
        removed=frozenset(name for name in form or () if name.startswith("remove-")),
        problem=problem,
        bad=problem.field if problem else "",
        languages=tuple(LANGUAGES.values()),
        done=request.query.get("done", "") if problem is None else "",
        **fields_of(found),
    )
