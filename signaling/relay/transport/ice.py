"""The ICE-lite agent of one peer (RFC 8445 section 2.5): it answers checks, knows proven addresses, sends no checks."""

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


class Agent:
    """Proven addresses of one peer, and the one media is sent to."""

    __slots__ = ("_checks", "_evicted", "_left", "consent", "password", "proven", "selected", "ufrag")

    def __init__(self, random: Callable[[int], bytes], now: float) -> None:
        self.ufrag = credential(random, 6)
        self.password = credential(random, 18)
        self.selected: Address | None = None
        self.consent = now
        self.proven: dict[Address, float] = {}
        self._evicted: list[Address] = []
        self._left: set[Address] = set()
        self._checks: dict[bytes, Address] = {}

    def check(self, request: Message, source: Address, now: float) -> bytes | None:
        """The answer to a check, or None when it is not authentic and fresh. Such a check proves its source."""
        if not stun.is_authentic(request, self.password):
            return None
        if self._is_replayed(request.transaction_id, source):
            return None
        if "ICE-CONTROLLED" in request.attributes:
            # A lite agent can never be the controlling one, whatever the tie-breakers are.
            return stun.role_conflict(request, self.password)
        self.consent = now
        self._prove(source, now)
        self._left.discard(source)
        if self.selected is None or "USE-CANDIDATE" in request.attributes:
            self._select(source)
        return stun.success(request, source[1], source[2], self.password)

    def follow(self, source: Address) -> None:
        """Media came from this proven address: the browser prefers it now. One that it has left takes a check to be
        preferred again, so that stragglers do not lead what we send to where nobody is any more."""
        if source not in self._left:
            self._select(source)

    def _select(self, source: Address) -> None:
        if self.selected is not None and self.selected != source:
            self._left.add(self.selected)
        self.selected = source

    def _is_replayed(self, transaction: bytes, source: Address) -> bool:
        """Whether a check comes again from elsewhere: who overhears one must not move the leg with it."""
        first = self._checks.setdefault(transaction, source)
        if len(self._checks) > MAX_CHECKS:
            del self._checks[next(iter(self._checks))]
        return first != source

    def expires(self) -> float:
        """When the consent to send runs out (RFC 7675 section 5.1), in monotonic seconds."""
        return self.consent + CONSENT_SECONDS

    def _prove(self, source: Address, now: float) -> None:
        self.proven.pop(source, None)
        self.proven[source] = now
        if len(self.proven) > MAX_ADDRESSES:
            oldest = next(each for each in self.proven if each != self.selected)
            del self.proven[oldest]
            self._left.discard(oldest)
            self._evicted.append(oldest)

    def evicted(self) -> list[Address]:
        """Addresses that are no longer proven because newer ones took their place; told once."""
        evicted, self._evicted = self._evicted, []
        return evicted

    def forget(self, address: Address) -> None:
        """This address now belongs to somebody else."""
        self.proven.pop(address, None)
        self._left.discard(address)
        if self.selected == address:
            self.selected = next(reversed(self.proven), None)
