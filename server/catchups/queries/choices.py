"""The page of one's own choices, all of them to download, and how one of them is withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from server.catchups.rules.consents import OwnChoice, withdrawals
from server.catchups.rules.errors import NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind
from server.catchups.store.own_choices import choices_of
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class OwnChoiceRow:
    """`withdraws` is how the choice is withdrawn, None when it does not stand."""

    choice: OwnChoice
    withdraws: ChoiceKind | None


@dataclass(frozen=True, slots=True)
class ChoicesPage:
    """Newest first. `older` is the id that the next page's choices come before, None on the last page."""

    rows: tuple[OwnChoiceRow, ...]
    older: int | None


async def read_choices_page(db: Database, visitor: Visitor, now: datetime, before: int | None = None) -> ChoicesPage:
    """The visitor's choices, or those before the one with that id."""
    own = await read_own_choices(db, visitor)
    stand = withdrawals(own, now)
    asked = [choice for choice in reversed(own) if before is None or choice.id < before]
    rows = tuple(OwnChoiceRow(choice, stand.get(choice.id)) for choice in asked[:PAGE_ROWS])
    return ChoicesPage(rows, rows[-1].choice.id if len(asked) > PAGE_ROWS else None)


async def read_own_choices(db: Database, visitor: Visitor) -> tuple[OwnChoice, ...]:
    """All of the visitor's choices that this visit opens, oldest first."""
    async with db.reading() as connection:
        return await choices_of(connection, visitor)


async def find_withdrawal(
    db: Database, visitor: Visitor, choice_id: int, now: datetime
) -> tuple[OwnChoice, ChoiceKind]:
    """The visitor's entry, and how it is withdrawn. Raises NotFound, or NothingToWithdraw when it does not stand."""
    own = await read_own_choices(db, visitor)
    for choice in own:
        if choice.id == choice_id:
            kind = withdrawals(own, now).get(choice_id)
            if kind is None:
                raise NothingToWithdraw
            return choice, kind
    raise NotFound
