"""The public page of a scheme, and its sign-up form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.db.database import Database
from server.errors import NotFound
from server.schemes.rules.memberships import MembershipRole
from server.schemes.rules.schemes import Opening, Scheme, opening, places_left
from server.schemes.rules.topics import SchemeTopic
from server.schemes.store.memberships import count_taken
from server.schemes.store.schemes import find_scheme_by_slug, public_schemes, read_logo
from server.schemes.store.topics import topics_of


@dataclass(frozen=True, slots=True)
class PublicScheme:
    """`places` are those that are left, by role; None where there are as many as people come."""

    scheme: Scheme
    opening: Opening
    places: Mapping[str, int | None]
    topics: tuple[SchemeTopic, ...]


async def read_public_scheme(db: Database, slug: str, now: datetime) -> PublicScheme:
    """Raises NotFound, also where the scheme is not public."""
    async with db.reading() as connection:
        scheme = await find_scheme_by_slug(connection, slug)
        if scheme is None or not scheme.text.public:
            raise NotFound
        taken = await count_taken(connection, scheme.id)
        places = {role.value: places_left(scheme, role, taken) for role in MembershipRole.BOTH.each}
        return PublicScheme(scheme, opening(scheme.text, now), places, await topics_of(connection, scheme.id))


async def read_open_schemes(db: Database, now: datetime) -> tuple[Scheme, ...]:
    """Those that are public and not over, by name."""
    async with db.reading() as connection:
        found = await public_schemes(connection)
    return tuple(scheme for scheme in found if opening(scheme.text, now) is not Opening.OVER)


async def read_scheme_logo(db: Database, slug: str, hash: str) -> tuple[str, bytes]:
    """The media type and the bytes. Raises NotFound."""
    async with db.reading() as connection:
        scheme = await find_scheme_by_slug(connection, slug)
        found = await read_logo(connection, scheme.id, hash) if scheme else None
    if found is None:
        raise NotFound
    return found
