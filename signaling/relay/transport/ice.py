"""The ICE-lite agent of one peer (RFC 8445 section 2.5): it answers connectivity checks and sends none.

An address is proven once an authentic check came from it.
"""

import base64
from collections.abc import Callable

from aioice.stun import Message

from signaling.packet import Address
from signaling.relay.transport import stun

CONSENT_SECONDS = 30.0
MAX_ADDRESSES = 16
MAX_CHECKS = 256


def credential(random: Callable[[int], bytes], size: int) -> str:
    """`size` random bytes (a multiple of 3) as ice-chars (RFC 8839)."""
    return base64.b64encode(random(size)).decode()


class IceAgent:
    """The proven addresses of one peer, and `selected`, the one to which media is sent."""

    __slots__ = ("_abandoned", "_checks", "_evicted", "consent_at", "password", "proven", "selected", "ufrag")

    def __init__(self, random: Callable[[int], bytes], now: float) -> None:
        self.ufrag = credential(random, 6)
        self.password = credential(random, 18)
        self.selected: Address | None = None
        self.consent_at = now
        self.proven: dict[Address, float] = {}
        self._evicted: list[Address] = []
        self._abandoned: set[Address] = set()
        self._checks: dict[bytes, Address] = {}

    def receive_check(self, request: Message, source: Address, now: float) -> bytes | None:
        """The response to a check, or None unless it is authentic and no replay. Such a check proves its source."""
        if not stun.is_authentic(request, self.password):
            return None
        if self._is_replayed(request.transaction_id, source):
            return None
        if "ICE-CONTROLLED" in request.attributes:
            # A lite agent can never be the controlling one, so the tie-breakers do not matter.
            return stun.role_conflict(request, self.password)
        self.consent_at = now
        self._prove(source, now)
        self._abandoned.discard(source)
        if self.selected is None or "USE-CANDIDATE" in request.attributes:
            self._select(source)
        return stun.success(request, source[1], source[2], self.password)

    def follow_media(self, source: Address) -> None:
        """Media came from this proven address, so the browser uses it now: select it. An address that was abandoned
        needs a new check first, so that late packets do not redirect media to where the browser no longer is."""
        if source not in self._abandoned:
            self._select(source)

    def _select(self, source: Address) -> None:
        if self.selected is not None and self.selected != source:
            self._abandoned.add(self.selected)
        self.selected = source

    def _is_replayed(self, transaction: bytes, source: Address) -> bool:
        """Whether the same check came from another address before: an eavesdropper must not redirect media with it."""
        first = self._checks.setdefault(transaction, source)
        if len(self._checks) > MAX_CHECKS:
            del self._checks[next(iter(self._checks))]
        return first != source

    def expires(self) -> float:
        """When the consent to send expires (RFC 7675 section 5.1), in monotonic seconds."""
        return self.consent_at + CONSENT_SECONDS

    def _prove(self, source: Address, now: float) -> None:
        self.proven.pop(source, None)
        self.proven[source] = now
        if len(self.proven) > MAX_ADDRESSES:
            oldest = next(each for each in self.proven if each != self.selected)
            del self.proven[oldest]
            self._abandoned.discard(oldest)
            self._evicted.append(oldest)

    def take_evicted(self) -> list[Address]:
        """Addresses that are no longer proven because newer ones replaced them; each is returned once."""
        take_evicted, self._evicted = self._evicted, []
        return take_evicted

    def forget(self, address: Address) -> None:
        """This address belongs to another peer now, or to none."""
        self.proven.pop(address, None)
        self._abandoned.discard(address)
        if self.selected == address:
            self.selected = next(reversed(self.proven), None)
