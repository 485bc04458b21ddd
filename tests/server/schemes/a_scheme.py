"""A scheme that is open, and people who sign up for it."""

from dataclasses import replace
from datetime import datetime

from server.availability.rules import WeeklyHours
from server.db.database import Database
from server.people.rules.rate_limits import counted_address
from server.people.rules.visitors import Visitor
from server.schemes.actions.schemes import SchemeChange, make_scheme
from server.schemes.actions.sign_ups import NewcomersForm, check_newcomer, keep_sign_up
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.schemes import SchemeText
from server.schemes.rules.sign_ups import SignUp

KEY = b"a key"
TEXT = SchemeText("First Job", "first-job", "en", "UTC", "Mentors for those who look for a first job.", public=True)
MENTEE = SignUp(
    MembershipRole.MENTEE,
    "Europe/Berlin",
    hours=(WeeklyHours(1, 1080, 1200),),
    seeks_words="How to write an application.",
    languages=("en",),
)
MENTOR = replace(MENTEE, role=MembershipRole.MENTOR, seeks_words="", brings_words="I lead a team.", capacity=2)


async def open_scheme(database: Database, admin: Visitor, now: datetime, **changes: object) -> int:
    return await make_scheme(database, admin, SchemeChange(replace(TEXT, **changes)), now)


async def sign_up(
    database: Database, email: str, said: SignUp, now: datetime, name: str = "Nia", slug: str = TEXT.slug
) -> None:
    """As the public page does it, to the end."""
    typed = NewcomersForm(name, email, "en", said)
    checked = await check_newcomer(database, slug, typed, now, counted_address(KEY, "192.0.2.1"))
    await keep_sign_up(database, slug, checked, KEY, now)
