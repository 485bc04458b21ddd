"""One's own choices: what one said to what wording, to read, to take along, and to withdraw."""

import json
from dataclasses import dataclass

from aiohttp import web

from server.calls.pages.ending import end_call
from server.catchups.actions.consents import find_withdrawal, withdraw_consent
from server.catchups.pages.consent import shown
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.rules.own_choices import OwnChoice, withdrawals
from server.catchups.store.own_choices import choices_of
from server.errors import DomainError, NotFound
from server.web.access import visitor_of
from server.web.csv_file import sheet
from server.web.errors import status_of
from server.web.forms import entry_number, id_of
from server.web.keys import CLOCK, DATABASE
from server.web.rendering import page, see_other

PAGE_ROWS = 50
COLUMNS = (
    "entry",
    "at",
    "choice",
    "with",
    "catch_up",
    "offer",
    "time",
    "medium",
    "words",
    "wording",
    "language",
    "channel",
    "previous_hash",
    "hash",
)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry on the page. `withdraws` is how it is withdrawn, None when it does not stand."""

    choice: OwnChoice
    withdraws: ChoiceKind | None


async def show(request: web.Request) -> web.Response:
    return await _page(request)


async def withdraw(request: web.Request) -> web.Response:
    db, visitor, now = request.app[DATABASE], visitor_of(request), request.app[CLOCK]()
    form = await request.post()
    try:
        choice, kind = await find_withdrawal(db, visitor, id_of(request), now)
        await withdraw_consent(db, visitor, choice, kind, shown(request, form, kind), now)
    except NotFound:
        raise
    except DomainError as problem:
        return await _page(request, problem)
    if kind is ChoiceKind.WITHDREW and choice.booking_id is not None:
        await end_call(request, choice.booking_id, visitor.person.id, choice.other_id)
    return see_other("/me/choices")


async def as_csv(request: web.Request) -> web.Response:
    table = sheet(COLUMNS, (tuple(_record(choice).values()) for choice in await _own(request)))
    return _download(table, "text/csv", "choices.csv")


async def as_json(request: web.Request) -> web.Response:
    records = [_record(choice) for choice in await _own(request)]
    text = json.dumps(records, ensure_ascii=False, indent=2)
    return _download(text.encode(errors="replace"), "application/json", "choices.json")


async def _own(request: web.Request) -> tuple[OwnChoice, ...]:
    async with request.app[DATABASE].reading() as connection:
        return await choices_of(connection, visitor_of(request))


async def _page(request: web.Request, problem: DomainError | None = None) -> web.Response:
    own = await _own(request)
    stand = withdrawals(own, request.app[CLOCK]())
    before = entry_number(request.query, "before")
    asked = [choice for choice in reversed(own) if before is None or choice.id < before]
    rows = [Row(choice, stand.get(choice.id)) for choice in asked[:PAGE_ROWS]]
    return page(
        request,
        "catchups/choices.html",
        status=status_of(problem),
        rows=rows,
        older=rows[-1].choice.id if len(asked) > PAGE_ROWS else None,
        problem=problem,
    )


def _record(choice: OwnChoice) -> dict[str, object]:
    """What is told of an entry, by COLUMNS; times in UTC."""
    values = (
        choice.id,
        choice.at.isoformat(),
        choice.kind.value,
        choice.other_name,
        choice.catchup_id,
        choice.offer_id,
        choice.start.isoformat() if choice.start else None,
        choice.medium.value if choice.medium else None,
        choice.words,
        choice.wording,
        choice.language,
        choice.channel.value if choice.channel else None,
        choice.previous_hash,
        choice.hash,
    )
    return dict(zip(COLUMNS, values, strict=True))


def _download(body: bytes, content_type: str, name: str) -> web.Response:
    return web.Response(
        body=body,
        content_type=content_type,
        charset="utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
