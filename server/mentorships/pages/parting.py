"""As a mentorship ends: the keepsake, words for the other, and what becomes of what the two shared."""

from aiohttp import web

from server.errors import DomainError
from server.mentorships.actions.parting import choose_what_stays, leave_words
from server.mentorships.posting import path_of
from server.mentorships.queries.keepsake import Keepsake, read_keepsake
from server.mentorships.rules.farewells import FAREWELL_LIMIT
from server.room.pages.content import SEALER
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other


async def show_keepsake(request: web.Request) -> web.Response:
    return await _keepsake(request)


async def download_keepsake(request: web.Request) -> web.Response:
    """One file that needs nothing else."""
    found = await _read(request)
    answer = page(request, "mentorships/keepsake_file.html", **fields_of(found))
    answer.headers["Content-Disposition"] = 'attachment; filename="keepsake.html"'
    return answer


async def leave(request: web.Request) -> web.Response:
    form, app = await request.post(), request.app
    words = text(form, "farewell")
    try:
        await leave_words(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), words)
    except DomainError as problem:
        return await _keepsake(request, problem, words)
    return see_other(f"{path_of(id_of(request))}/keepsake?done=left")


async def ask_to_erase(request: web.Request) -> web.Response:
    """Asks once more: it does not come back."""
    return page(request, "mentorships/erasing.html", **fields_of(await _read(request)))


async def erase(request: web.Request) -> web.Response:
    return await _choose(request, erases=True)


async def keep(request: web.Request) -> web.Response:
    return await _choose(request, erases=False)


async def _choose(request: web.Request, *, erases: bool) -> web.Response:
    app = request.app
    await choose_what_stays(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK](), erases=erases)
    return see_other(f"{path_of(id_of(request))}#shared")


async def _read(request: web.Request) -> Keepsake:
    """Raises NotFound."""
    app = request.app
    return await read_keepsake(app[DATABASE], app[SEALER], visitor_of(request), id_of(request), app[CLOCK]())


async def _keepsake(request: web.Request, problem: DomainError | None = None, words: str = "") -> web.Response:
    found = await _read(request)
    return page(
        request,
        "mentorships/keepsake.html",
        status=status_of(problem),
        problem=problem,
        words=words if problem else found.course.farewell,
        limit=FAREWELL_LIMIT,
        done=request.query.get("done", "") if problem is None else "",
        **fields_of(found),
    )
