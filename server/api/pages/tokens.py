"""The tokens of the API: making one, which is shown this once, and revoking one."""

from aiohttp import web

from server.api.actions.tokens import make_token, revoke_token
from server.api.queries.tokens import read_tokens
from server.api.rules.tokens import DAYS, ApiToken, NewToken, TokenScope
from server.errors import InvalidInput
from server.web.access import visitor_of
from server.web.errors import status_of
from server.web.forms import NOT_LISTED, Form, id_of, text, whole_number
from server.web.keys import CLOCK, DATABASE, SETTINGS
from server.web.rendering import page, see_other

PAGE = "/admin/api"
USUAL_DAYS = 90


async def show(request: web.Request) -> web.Response:
    return _page(request, await read_tokens(request.app[DATABASE]))


async def make(request: web.Request) -> web.Response:
    """Shows the new token. The others were read before: reading again could lose it."""
    database, now = request.app[DATABASE], request.app[CLOCK]()
    form, before = await request.post(), await read_tokens(database)
    try:
        new = NewToken(text(form, "name"), _scopes(form), whole_number(form, "days"))
        secret = await make_token(database, visitor_of(request), new, now)
    except InvalidInput as problem:
        return _page(request, before, typed=form, problem=problem)
    return _page(request, before, secret=secret)


async def revoke(request: web.Request) -> web.Response:
    await revoke_token(request.app[DATABASE], visitor_of(request), id_of(request), request.app[CLOCK]())
    return see_other(f"{PAGE}?done=revoked")


def _page(
    request: web.Request,
    tokens: tuple[ApiToken, ...],
    *,
    secret: str | None = None,
    typed: Form | None = None,
    problem: InvalidInput | None = None,
) -> web.Response:
    return page(
        request,
        "api/tokens.html",
        status=status_of(problem),
        tokens=tokens,
        secret=secret,
        scopes=tuple(TokenScope),
        all_days=DAYS,
        chosen_name=text(typed, "name") if typed else "",
        chosen_scopes=frozenset(typed.getall("scopes", [])) if typed else frozenset(),
        chosen_days=text(typed, "days") if typed else str(USUAL_DAYS),
        problem=problem,
        done=request.query.get("done"),
        base_url=request.app[SETTINGS].base_url,
    )


def _scopes(form: Form) -> frozenset[TokenScope]:
    """Raises InvalidInput for one that the page does not list."""
    try:
        return frozenset(TokenScope(name) for name in form.getall("scopes", []))
    except ValueError as error:
        raise InvalidInput("scopes", NOT_LISTED) from error
