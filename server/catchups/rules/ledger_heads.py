"""The ledger's head as it is handed out: signed with a key that is not in the database.

Someone who can write the database can make the whole chain again, with hashes that fit. A head that was handed out
earlier, and kept elsewhere, then no longer fits the chain.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime

# The key's purpose: see ServerSecret.
PURPOSE = "ledger head"
HEAD_NAME = "fireside-ledger-head"
_HEAD = re.compile(
    rf"{HEAD_NAME}:1:(?P<sequence>[0-9]{{1,18}}):(?P<hash>[0-9a-f]{{64}}):(?P<date>\d{{8}}T\d{{6}}Z):"
    r"(?P<signature>[A-Za-z0-9_-]{43})"
)
_DATE = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class LedgerHead:
    """The chain after `sequence` entries: the hash of the last of them (GENESIS when there is none), and when it was
    read, in whole seconds.
    """

    sequence: int
    hash: str
    date: datetime


@dataclass(frozen=True, slots=True)
class SignedHead:
    head: LedgerHead
    signature: str

    def __str__(self) -> str:
        """One line without spaces: name, version of this form, sequence, hash, date in UTC, signature."""
        return f"{_content(self.head)}:{self.signature}"


def sign_head(head: LedgerHead, key: bytes) -> SignedHead:
    """The head with its HMAC-SHA-256 under the key (base64url)."""
    return SignedHead(head, _signature(head, key))


def is_signed_with(signed: SignedHead, key: bytes) -> bool:
    return hmac.compare_digest(signed.signature, _signature(signed.head, key))


def find_head(text: str) -> SignedHead | None:
    """The first head in the text, which may be an email that broke it over lines; None when there is none."""
    found = _HEAD.search("".join(text.split()))
    if found is None:
        return None
    try:
        date = datetime.strptime(found["date"], _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None
    return SignedHead(LedgerHead(int(found["sequence"]), found["hash"], date), found["signature"])


def _content(head: LedgerHead) -> str:
    return f"{HEAD_NAME}:1:{head.sequence}:{head.hash}:{head.date.astimezone(UTC).strftime(_DATE)}"


def _signature(head: LedgerHead, key: bytes) -> str:
    digest = hmac.digest(key, _content(head).encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
