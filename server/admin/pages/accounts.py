"""The accounts of those who run the scheme: adding one, changing its role, its sign-ins, removing it."""

from aiohttp import web

from server.admin.actions.accounts import (
    NewAccount,
    change_role,
    invite,
    remove_account,
    send_link,
    sign_out_account,
)
from server.admin.queries.accounts import read_accounts
from server.calls.pages.ending import start_ending_closed_calls
from server.errors import InvalidInput
from server.people.rules.accounts import Role
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, id_of, text
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other

PAGE = "/admin/accounts"
NEW = {"name": "", "email": "", "role": Role.COORDINATOR.value}


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def add(request: web.Request) -> web.Response:
    form, settings = await request.post(), request.app[SETTINGS]
    try:
        new = NewAccount(text(form, "email"), _role(form), settings.zone, settings.language, text(form, "name"))
        await invite(request.app[DATABASE], visitor_of(request), new, request.app[CLOCK]())
    except InvalidInput as problem:
        return await _page(request, {name: text(form, name) for name in NEW}, problem)
    return see_other(f"{PAGE}?done=added")


async def set_role(request: web.Request) -> web.Response:
    role = _role(await request.post())
    await change_role(request.app[DATABASE], visitor_of(request), id_of(request), role, request.app[CLOCK]())
    return see_other(f"{PAGE}?done=changed")


async def send(request: web.Request) -> web.Response:
    await send_link(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}?done=sent")


async def sign_out(request: web.Request) -> web.Response:
    await sign_out_account(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    start_ending_closed_calls(request.app)
    return see_other(f"{PAGE}?done=signed-out")


async def remove(request: web.Request) -> web.Response:
    await remove_account(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    start_ending_closed_calls(request.app)
    return see_other(f"{PAGE}?done=removed")


async def _page(
    request: web.Request, typed: dict[str, str] | None = None, problem: InvalidInput | None = None
) -> web.Response:
    return page(
        request,
        "admin/accounts.html",
        status=status_of(problem),
        accounts=await read_accounts(request.app[DATABASE], request.app[CLOCK]()),
        roles=tuple(Role),
        typed=typed or NEW,
        problem=problem,
        done=request.query.get("done") if problem is None else None,
        mail_folder=request.app[SETTINGS].mail_folder,
    )


def _role(form: Form) -> Role:
    """Raises InvalidInput for a role that the page does not list."""
    try:
        return Role(text(form, "role"))
    except ValueError as error:
        raise InvalidInput("role", NOT_LISTED) from error
