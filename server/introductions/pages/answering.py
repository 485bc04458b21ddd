"""What the two who are asked send: an answer, that they go on by themselves, and whether they are asked again."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from server.catchups.pages.consent import shown_wording
from server.catchups.rules.ledger import ChoiceKind
from server.errors import DomainError, NotFound
from server.introductions.actions.answering import agree, choose_block, refuse, thank
from server.introductions.pages.introduction import block_key, introduction_page
from server.introductions.saving import path_of
from server.web.access import visitor_of
from server.web.forms import id_of, text
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import see_other


async def answer(request: web.Request) -> web.Response:
    """`answer` is yes, or else no: one address for both, so that no count of requests tells them apart."""
    app, form = request.app, await request.post()
    says_yes = text(form, "answer") == "yes"

    async def act() -> None:
        kind = ChoiceKind.AGREED_CONTACT if says_yes else ChoiceKind.ENDED_CONTACT
        shown = shown_wording(request, form, kind)
        verb = agree if says_yes else refuse
        await verb(app[DATABASE], visitor_of(request), id_of(request), shown, app[CLOCK]())

    return await _done(request, act)


async def thanks(request: web.Request) -> web.Response:
    app = request.app

    async def act() -> None:
        await thank(app[DATABASE], visitor_of(request), id_of(request), app[CLOCK]())

    return await _done(request, act)


async def block(request: web.Request) -> web.Response:
    """With `blocked` they are not asked again, without it they may be."""
    app, blocked = request.app, bool(text(await request.post(), "blocked"))

    async def act() -> None:
        await choose_block(
            app[DATABASE], visitor_of(request), id_of(request), block_key(request), app[CLOCK](), blocked=blocked
        )

    return await _done(request, act)


async def _done(request: web.Request, act: Callable[[], Awaitable[None]]) -> web.Response:
    """The introduction's page, after the verb or with its problem."""
    try:
        await act()
    except NotFound:
        raise
    except DomainError as problem:
        return await introduction_page(request, problem)
    return see_other(path_of(id_of(request)))
