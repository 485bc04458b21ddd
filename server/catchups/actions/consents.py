"""Withdrawing a consent from one's own list of choices: the same as on the page of what it was given to."""

from datetime import datetime

from server.calls.actions.phone import follow_consents
from server.catchups.actions.bookings import withdraw
from server.catchups.actions.ledger import record_choice
from server.catchups.actions.offers import locked_offer, withdraw_offer
from server.catchups.rules.errors import NothingToWithdraw
from server.catchups.rules.ledger import ChoiceKind, Shown
from server.catchups.rules.own_choices import OwnChoice, withdrawals
from server.catchups.store.own_choices import choices_of
from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor


async def find_withdrawal(
    db: Database, visitor: Visitor, choice_id: int, now: datetime
) -> tuple[OwnChoice, ChoiceKind]:
    """The visitor's entry, and how it is withdrawn. Raises NotFound, or NothingToWithdraw when it does not stand."""
    async with db.reading() as connection:
        own = await choices_of(connection, visitor)
    for choice in own:
        if choice.id == choice_id:
            kind = withdrawals(own, now).get(choice_id)
            if kind is None:
                raise NothingToWithdraw
            return choice, kind
    raise NotFound


async def withdraw_consent(
    db: Database, visitor: Visitor, choice: OwnChoice, kind: ChoiceKind, shown: Shown, now: datetime
) -> None:
    """Withdraws it by that `kind` of choice.

    Raises NotFound, NothingToWithdraw, BookingOver or what `domain.offers.decide` raises.
    """
    if kind is ChoiceKind.WITHDREW and choice.booking_id is not None:
        await withdraw(db, visitor, choice.booking_id, "", shown, now)
    elif kind is ChoiceKind.TOOK_BACK:
        await withdraw_offer(db, visitor, choice.offer_id, shown, now)
    else:
        await _disallow_phone(db, visitor, choice, shown, now)


async def _disallow_phone(db: Database, visitor: Visitor, choice: OwnChoice, shown: Shown, now: datetime) -> None:
    async with db.writing() as connection:
        offer = await locked_offer(connection, visitor, choice.offer_id)
        if choice.id not in withdrawals(await choices_of(connection, visitor), now):
            raise NothingToWithdraw
        await record_choice(connection, visitor, offer.id, ChoiceKind.DISALLOWED_PHONE, shown, now)
        await follow_consents(connection, offer)
