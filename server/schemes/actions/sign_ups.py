"""Asking to take part in a scheme by its public page. The answer is the same whether the address is known or not, and
nobody is in the scheme before they have confirmed by the link in an email.
"""

from dataclasses import dataclass
from datetime import datetime

from server.db.database import Database
from server.errors import InvalidInput, NotFound, TooManyTries
from server.i18n.texts import N_
from server.people.rules.accounts import reaches
from server.people.rules.people import check_email, check_name, email_key
from server.people.rules.rate_limits import SIGN_UPS_FROM, SIGN_UPS_TO, Counted, counted_address
from server.people.store import people, rate_limits
from server.people.store.imports import lock_additions
from server.schemes.actions.emails import enqueue_membership_email
from server.schemes.actions.saving import save
from server.schemes.rules.memberships import SIGNED_UP_ALREADY, MembershipEvent, MembershipSide, apply
from server.schemes.rules.schemes import SignUpClosed, check_open
from server.schemes.rules.sign_ups import SignUp, check_sign_up
from server.schemes.store import memberships, schemes
from server.schemes.store.topics import topics_of

# The first email greets people by the name that was typed, which must not become a way to write to others.
NOT_IN_NAMES = frozenset("@/:<>")
GREETED_LIMIT = 80


@dataclass(frozen=True, slots=True)
class NewcomersForm:
    """What somebody typed who may be known or not. `language` is that of the page which they filled in."""

    name: str
    email: str
    language: str
    sign_up: SignUp


async def check_newcomer(
    db: Database, slug: str, typed: NewcomersForm, now: datetime, caller: Counted
) -> NewcomersForm:
    """The form as `keep_sign_up` takes it. Takes as long for any address.

    Raises NotFound, SignUpClosed, InvalidInput, or TooManyTries when the caller sent too many.
    """
    async with db.reading() as connection:
        scheme = await schemes.find_scheme_by_slug(connection, slug)
        if scheme is None or not scheme.text.public:
            raise NotFound
        check_open(scheme.text, now)
        topics = [topic.id for topic in await topics_of(connection, scheme.id)]
    name, email = check_name(typed.name), check_email(typed.email)
    if len(name) > GREETED_LIMIT or not NOT_IN_NAMES.isdisjoint(name):
        raise InvalidInput(
            "name", N_("Please enter your name alone, with at most %(most)s letters."), most=GREETED_LIMIT
        )
    checked = NewcomersForm(name, email, typed.language, check_sign_up(typed.sign_up, topics))
    async with db.writing() as connection:
        await rate_limits.take_token(connection, SIGN_UPS_FROM, caller, now)
    return checked


async def keep_sign_up(db: Database, slug: str, checked: NewcomersForm, key: bytes, now: datetime) -> None:
    """Keeps the sign-up until it is confirmed, and queues the email that asks for that; not too often to one address.

    Who takes part already gets an email with a link to what they said, which stays as it is. `key` hides which
    addresses the rate limit counts.
    """
    try:
        async with db.writing() as connection:
            counted = counted_address(key, email_key(checked.email))
            await rate_limits.take_token(connection, SIGN_UPS_TO, counted, now)
            found = await schemes.find_scheme_by_slug(connection, slug)
            if found is None or not reaches(email_key(checked.email)):
                return
            scheme = await schemes.lock_any_scheme(connection, found.id)
            check_open(scheme.text, now)
            await lock_additions(connection)
            person = await people.find_person_by_email(connection, checked.email)
            if person is None:
                zone, language = checked.sign_up.zone, checked.language
                person = await people.add_unlisted_person(
                    connection, now, checked.name, checked.email, zone, language, zone_known=True
                )
            known = await memberships.membership_in(connection, scheme.id, person.id)
            if known is not None and known.stands:
                await enqueue_membership_email(connection, known.id, person.id, SIGNED_UP_ALREADY, now)
                return
            outcome = apply(known.state if known else None, MembershipEvent.SIGN_UP, MembershipSide.PERSON)
            if known is None:
                membership_id = await memberships.add_membership(
                    connection, scheme.id, person.id, outcome.state, checked.sign_up, now
                )
                if outcome.email:
                    await enqueue_membership_email(connection, membership_id, person.id, outcome.email, now)
                return
            await memberships.begin_again(connection, known, now)
            await memberships.set_sign_up(connection, known.id, checked.sign_up)
            await save(connection, known, outcome, now)
    except (TooManyTries, SignUpClosed, NotFound):
        # The answer is the same as always.
        return
