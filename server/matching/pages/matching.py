"""For coordinators: the matching of a scheme. Who waits, its runs, and pairs that are pinned or forbidden."""

import secrets
from datetime import timedelta
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from server.db.changes import Topic
from server.errors import DomainError, InvalidChoice, InvalidInput, NotFound
from server.matching.actions.pair_rules import remove_rule, set_rule
from server.matching.actions.proposing import withdraw_proposal
from server.matching.actions.runs import cancel_run, start_run
from server.matching.queries.matching import MatchingSearch, read_matching, read_progress
from server.matching.rules.pair_rules import PairRuleKind
from server.matching.rules.runs import LIVE
from server.web.access import find_visitor_again, visitor_of
from server.web.errors import status_of
from server.web.forms import Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE, EVENT_STREAMS
from server.web.rendering import fields_of, page, render, see_other

TYPED_LIMIT = 200
# What other servers change is found by looking again, and that a lease is over.
LOOK_AGAIN, LOOK_AGAIN_LIVE = timedelta(minutes=1), timedelta(seconds=5)


async def show(request: web.Request) -> web.Response:
    return await _matching_page(request)


async def start(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    try:
        seed = whole_number(form, "seed") if text(form, "seed") else None
        await start_run(app[DATABASE], visitor_of(request), id_of(request), seed, secrets.randbelow, app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await _matching_page(request, problem, form)
    return see_other(f"{path_of(id_of(request))}?done=started")


async def cancel(request: web.Request) -> web.Response:
    app = request.app
    scheme_id = await cancel_run(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK]())
    return see_other(f"{path_of(scheme_id)}?done=cancelled")


async def follow(request: web.Request) -> web.StreamResponse:
    """The event `run`: how far the newest run is, as HTML."""
    app, visitor, scheme_id = request.app, visitor_of(request), id_of(request)
    await read_progress(app[DATABASE], visitor, scheme_id, app[CLOCK]())
    async with app[EVENT_STREAMS].open(request, visitor.visit_id) as stream:

        async def tell() -> timedelta:
            visitor = await find_visitor_again(request)
            found = await read_progress(app[DATABASE], visitor, scheme_id, app[CLOCK]())
            told = render(request, "matching/run.html", scheme=found.scheme, run=found.run, state=found.state)
            await stream.tell("run", told, version=repr((found.run, found.state)))
            return LOOK_AGAIN_LIVE if found.state in LIVE else LOOK_AGAIN

        with app[DATABASE].changes.watch((Topic("matching", scheme_id),), stream.wake):
            await stream.follow(tell)
    return stream.response


async def set_pair(request: web.Request) -> web.Response:
    """`mentor` and `mentee` are ids of memberships."""
    form, app = await request.post(), request.app
    try:
        kind = PairRuleKind(text(form, "kind"))
    except ValueError as error:
        raise InvalidChoice from error
    try:
        pair = _number(form, "mentor"), _number(form, "mentee")
        reason = text(form, "reason")
        await set_rule(app[DATABASE], visitor_of(request), id_of(request), *pair, kind, reason, app[CLOCK]())
    except NotFound:
        raise
    except DomainError as problem:
        return await _matching_page(request, problem, form)
    return see_other(f"{path_of(id_of(request))}?done={kind.value}")


async def free_pair(request: web.Request) -> web.Response:
    """A pair is neither pinned nor forbidden any more."""
    form, app = await request.post(), request.app
    scheme_id = await remove_rule(
        app[DATABASE], visitor_of(request), id_of(request), text(form, "reason"), app[CLOCK]()
    )
    return see_other(f"{path_of(scheme_id)}?done=freed")


async def withdraw(request: web.Request) -> web.Response:
    app = request.app
    scheme_id = await withdraw_proposal(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK]())
    return see_other(f"{path_of(scheme_id)}?done=withdrawn")


def path_of(scheme_id: int) -> str:
    return f"/admin/schemes/{scheme_id}/matching"


def _number(form: Form, field: str) -> int:
    """0 where nobody is chosen."""
    return whole_number(form, field) if text(form, field) else 0


async def _matching_page(
    request: web.Request, problem: DomainError | None = None, form: Form | None = None
) -> web.Response:
    app = request.app
    names = ("seed", "mentor", "mentee", "reason")
    typed = {name: text(form, name) if form else "" for name in names}
    search = _search(request, frozenset(_whole(typed[side]) for side in ("mentor", "mentee")))
    found = await read_matching(app[DATABASE], visitor_of(request), id_of(request), search, app[CLOCK]())
    return page(
        request,
        "matching/matching.html",
        status=status_of(problem),
        problem=problem,
        bad=problem.field if isinstance(problem, InvalidInput) else "",
        typed=typed,
        search=search,
        address_of=partial(_address, search),
        run=found.runs[0] if found.runs else None,
        done=request.query.get("done", "") if problem is None else "",
        **fields_of(found),
    )


def _search(request: web.Request, chosen: frozenset[int]) -> MatchingSearch:
    """What the address says."""
    query = request.query
    return MatchingSearch(
        mentors=_whole(query.get("mentors", "")) or 1,
        mentees=_whole(query.get("mentees", "")) or 1,
        mentor_name=_name(query.get("mentor_name", "")),
        mentee_name=_name(query.get("mentee_name", "")),
        chosen=chosen,
    )


def _name(typed: str) -> str:
    return typed.replace("\0", "").strip()[:TYPED_LIMIT]


def _address(search: MatchingSearch, **numbers: int) -> str:
    """The query of the same page with other parts of the lists: `mentors` or `mentees` are their numbers."""
    shown = {
        "mentees": search.mentees,
        "mentors": search.mentors,
        "mentee_name": search.mentee_name,
        "mentor_name": search.mentor_name,
    }
    kept = {key: value for key, value in (shown | numbers).items() if value not in ("", 1)}
    return f"?{urlencode(kept)}"


def _whole(typed: str) -> int:
    """0 where no number was typed."""
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
