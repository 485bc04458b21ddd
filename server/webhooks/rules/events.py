"""What the scheme's own systems are told: that something happened to a session, by ids alone.

Bodies, headers and signatures are those of Standard Webhooks (https://www.standardwebhooks.com).
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import msgspec

SECRET_PREFIX = "whsec_"  # noqa: S105 what each secret begins with
SIGNATURE_VERSION = "v1"


class HookEvent(StrEnum):
    """What happened; `TEST`: nothing, an admin tries the hook."""

    BOOKED = "session.booked"
    MOVED = "session.moved"
    CANCELLED = "session.cancelled"
    HELD = "session.held"
    ENDED = "session.ended"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class EventSubject:
    """The session an event is about, by ids; `replaces_id` is the one that was moved to it, if any."""

    session_id: int
    mentorship_id: int
    replaces_id: int | None


def event_id(event: HookEvent, booking_id: int, at: datetime) -> str:
    """The same for the same event, whoever asks: a receiver that gets it twice knows it by this.

    A call may end more than once, when both come back after they had left.
    """
    name = event.rpartition(".")[2]
    return f"session-{booking_id}-{name}" + (f"-{int(at.timestamp())}" if event is HookEvent.ENDED else "")


def body_of(event: HookEvent, at: datetime, subject: EventSubject | None) -> bytes:
    """The same bytes at each try. `at` is when it happened."""
    data: dict[str, int] = {}
    if subject is not None:
        data = {"session_id": subject.session_id, "mentorship_id": subject.mentorship_id}
        if subject.replaces_id is not None:
            data["replaces_id"] = subject.replaces_id
    return msgspec.json.encode({"type": event.value, "timestamp": at.astimezone(UTC), "data": data})


def signing_key(server_key: bytes, salt: str) -> bytes:
    """32 bytes, of one hook alone: neither the server's key nor the salt gives them without the other."""
    return hmac.digest(server_key, salt.encode(), hashlib.sha256)


def shown_secret(key: bytes) -> str:
    """A signing key as receivers take it."""
    return SECRET_PREFIX + base64.b64encode(key).decode()


def headers_of(event_id: str, body: bytes, key: bytes, now: datetime) -> Mapping[str, str]:
    """The headers of a try at this moment, signed with the key."""
    timestamp = str(int(now.timestamp()))
    signed = f"{event_id}.{timestamp}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "Content-Type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"{SIGNATURE_VERSION},{signature}",
    }
