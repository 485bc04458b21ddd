"""The addresses at which the two of a mentorship answer by email: each names one person and one mentorship, signed.

`reply+TOKEN@host`: the token is base32, because mail systems may change capitals. It has the period in which it was
made, the mentorship and the person, and the first bytes of their HMAC-SHA-256. It opens nothing: who has it can only
write to the other, from the person's own address.
"""

import base64
import hashlib
import hmac
import re
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.errors import DomainError, Gone, NotFound

# The purpose of the key, of the server's secret.
PURPOSE = "replies by email"
# A token is good in the period in which it was made and in the next one: for 90 to 180 days.
PERIOD = timedelta(days=90)
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
# The period and the two ids.
PAYLOAD = struct.Struct(">HII")
TAG_BYTES = 12
TOKEN_LETTERS = 36
LOCAL_PART = re.compile(rf".+\+([a-z2-7]{{{TOKEN_LETTERS}}})", re.IGNORECASE | re.ASCII)
PADDING = "=" * (-TOKEN_LETTERS % 8)


class UnknownReplyAddress(NotFound):
    """No token, or one that this server did not sign."""


class ReplyAddressExpired(Gone, DomainError):
    """The token is this server's, and too old."""


@dataclass(frozen=True, slots=True)
class ReplyPlace:
    """In which mentorship a person answers."""

    mentorship_id: int
    person_id: int


@dataclass(frozen=True, slots=True)
class ReplyAddresses:
    """Makes and reads them. `key` is 32 bytes; `address` is the host's, to whose local part the tokens are added."""

    key: bytes
    address: str

    def make(self, place: ReplyPlace, now: datetime) -> str:
        """The same for each person and mentorship during a period."""
        payload = PAYLOAD.pack(_period(now), place.mentorship_id, place.person_id)
        token = base64.b32encode(payload + self._tag(payload)).decode().rstrip("=").lower()
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{token}@{domain}"

    def read(self, address: str, now: datetime) -> ReplyPlace:
        """The domain does not count: mail systems may rewrite it. Raises UnknownReplyAddress or ReplyAddressExpired."""
        found = LOCAL_PART.fullmatch(address.rpartition("@")[0])
        if found is None:
            raise UnknownReplyAddress
        token = base64.b32decode(found[1].upper() + PADDING)
        payload, tag = token[: PAYLOAD.size], token[PAYLOAD.size :]
        if not hmac.compare_digest(tag, self._tag(payload)):
            raise UnknownReplyAddress
        period, mentorship_id, person_id = PAYLOAD.unpack(payload)
        if not period <= _period(now) <= period + 1:
            raise ReplyAddressExpired
        return ReplyPlace(mentorship_id, person_id)

    def _tag(self, payload: bytes) -> bytes:
        return hmac.digest(self.key, payload, hashlib.sha256)[:TAG_BYTES]


def _period(now: datetime) -> int:
    """The number of the period, from 0 to 65535."""
    return max(0, (now - EPOCH) // PERIOD)
