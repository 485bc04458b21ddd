"""What a person sees of their own membership."""

from collections.abc import Mapping
from dataclasses import dataclass

from server.db.database import Database
from server.errors import NotFound
from server.people.rules.visitors import Visitor
from server.schemes.rules.memberships import Membership
from server.schemes.rules.schemes import Scheme
from server.schemes.rules.sign_ups import SignUp
from server.schemes.rules.topics import SchemeTopic
from server.schemes.store.memberships import membership_of_visitor, places_on_list
from server.schemes.store.schemes import find_any_scheme
from server.schemes.store.sign_ups import sign_up_of
from server.schemes.store.topics import topics_of


@dataclass(frozen=True, slots=True)
class OwnMembership:
    """`places` are those on the waiting list, by role: 1 is the next."""

    scheme: Scheme
    membership: Membership
    said: SignUp
    topics: tuple[SchemeTopic, ...]
    places: Mapping[str, int]


async def read_own_membership(db: Database, visitor: Visitor, membership_id: int) -> OwnMembership:
    """Raises NotFound."""
    async with db.reading() as connection:
        membership = await membership_of_visitor(connection, visitor, membership_id)
        scheme = await find_any_scheme(connection, membership.scheme_id)
        if scheme is None:
            raise NotFound
        return OwnMembership(
            scheme=scheme,
            membership=membership,
            said=await sign_up_of(connection, membership.id),
            topics=await topics_of(connection, scheme.id),
            places=await places_on_list(connection, membership),
        )
