"""Webhooks: adding one, whose secret is shown this once, trying it, stopping it, and what it answered."""

from aiohttp import web

from server.errors import DomainError, InvalidInput
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import entry_number, id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import fields_of, page, see_other
from server.webhooks.actions import hooks as actions
from server.webhooks.queries.hooks import read_hook_page, read_hooks
from server.webhooks.rules.hooks import Hook, TooManyHooks

PAGE = "/admin/hooks"
# The key from which each hook's own is made.
HOOK_KEY = web.AppKey("hook_key", bytes)


async def show(request: web.Request) -> web.Response:
    return _list(request, await read_hooks(request.app[DATABASE]))


async def add(request: web.Request) -> web.Response:
    """Shows the new hook's secret. The others were read before: reading again could lose it."""
    database, now = request.app[DATABASE], request.app[CLOCK]()
    url, before = text(await request.post(), "url"), await read_hooks(database)
    try:
        hook_id, secret = await actions.add_hook(database, visitor_of(request), request.app[HOOK_KEY], url, now)
    except (InvalidInput, TooManyHooks) as problem:
        return _list(request, before, url=url, problem=problem)
    return _list(request, before, secret=secret, added=hook_id)


async def show_one(request: web.Request) -> web.Response:
    database, before = request.app[DATABASE], entry_number(request.query, "before")
    found = await read_hook_page(database, id_of(request), before)
    return page(request, "webhooks/hook.html", **fields_of(found), done=request.query.get("done"))


async def try_one(request: web.Request) -> web.Response:
    await actions.try_hook(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}/{id_of(request)}?done=tried")


async def stop(request: web.Request) -> web.Response:
    await actions.stop_hook(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}/{id_of(request)}?done=stopped")


async def start(request: web.Request) -> web.Response:
    await actions.start_hook(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}/{id_of(request)}?done=started")


async def remove(request: web.Request) -> web.Response:
    await actions.remove_hook(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}?done=removed")


async def replay(request: web.Request) -> web.Response:
    hook_id = await actions.replay(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}/{hook_id}?done=replayed")


def _list(
    request: web.Request,
    hooks: tuple[Hook, ...],
    *,
    secret: str | None = None,
    added: int | None = None,
    url: str = "",
    problem: DomainError | None = None,
) -> web.Response:
    return page(
        request,
        "webhooks/hooks.html",
        status=status_of(problem),
        hooks=hooks,
        secret=secret,
        added=added,
        url=url,
        problem=problem,
        done=request.query.get("done"),
    )
