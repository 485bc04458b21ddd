"""Tokens of the scheme's own systems: what each may do, and until when. Only their SHA-256 is stored."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from server.errors import Forbidden, ForPrograms, InvalidInput, TokenNeeded
from server.i18n.texts import N_
from server.people.rules.links import new_secret
from server.people.rules.rate_limits import RateLimit

# So that programs which look for secrets in places where they should not be know ours.
PREFIX = "fireside_"
NAME_LIMIT = 80
DAYS = (30, 90, 180, 365)
# How exactly it is kept when a token was used last.
USED_WITHIN = timedelta(minutes=1)
CALLS = RateLimit("api_calls", 600, timedelta(minutes=1))


class TokenScope(StrEnum):
    """One thing that a token may do."""

    READ_PEOPLE = "people:read"
    READ_MENTORSHIPS = "mentorships:read"
    READ_SESSIONS = "sessions:read"
    READ_COUNTS = "counts:read"
    WRITE_PEOPLE = "people:write"
    WRITE_MENTORSHIPS = "mentorships:write"


class ScopeMissing(ForPrograms, Forbidden):
    """`scope` is the one that the token lacks."""

    def __init__(self, scope: TokenScope) -> None:
        super().__init__(f"This token may not do that: it needs the scope {scope}.")


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token as stored: never its secret."""

    id: int
    name: str
    scopes: frozenset[TokenScope]
    made_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        return self.revoked_at is None and now < self.expires_at

    def use_is_news(self, now: datetime) -> bool:
        """Whether that it is used now is to be noted."""
        return self.used_at is None or now - self.used_at >= USED_WITHIN


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token to make: for how many days, and for what."""

    name: str
    scopes: frozenset[TokenScope]
    days: int


def check_new_token(new: NewToken) -> NewToken:
    """The token with its name on one line. Raises InvalidInput for the field that must be corrected."""
    name = " ".join(new.name.split())
    if not any(character.isalnum() for character in name):
        raise InvalidInput("name", N_("Please say which system this token is for."))
    if len(name) > NAME_LIMIT:
        raise InvalidInput("name", N_("Please shorten this to %(most)s characters."), most=NAME_LIMIT)
    if not new.scopes:
        raise InvalidInput("scopes", N_("Please choose what the token may do."))
    if new.days not in DAYS:
        raise InvalidInput("days", N_("Please choose one from the list."))
    return NewToken(name, new.scopes, new.days)


def new_token_secret(random: Callable[[int], bytes]) -> str:
    """A prefix and 256 bits: 52 characters."""
    return PREFIX + new_secret(random)


def check_token(token: ApiToken | None, scope: TokenScope, now: datetime) -> ApiToken:
    """The token, if it is good and may do this. Raises TokenNeeded or ScopeMissing."""
    if token is None:
        raise TokenNeeded("There is no such token.")
    if token.revoked_at is not None:
        raise TokenNeeded("This token was revoked.")
    if not token.is_good(now):
        raise TokenNeeded("This token has expired.")
    if scope not in token.scopes:
        raise ScopeMissing(scope)
    return token
