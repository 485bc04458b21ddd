"""A guest's link: made from the key of their seat with the server's secret, so that no copy of it is stored."""

import base64
import hashlib
import hmac

PURPOSE = "guests"


def guest_token(secret_key: bytes, seat_id: int, key: str) -> str:
    """What the link ends with: the seat's id and 256 bits. `secret_key` is the server's for PURPOSE."""
    digest = hmac.digest(secret_key, f"{seat_id}:{key}".encode(), hashlib.sha256)
    return f"{seat_id}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def seat_of_token(token: str) -> int | None:
    """The id of the seat that a token is said to open."""
    number = token.partition(".")[0]
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None


def opens(token: str, secret_key: bytes, seat_id: int, key: str) -> bool:
    """Whether the token is the seat's; nothing opens one whose key was deleted."""
    return bool(key) and hmac.compare_digest(token.encode(), guest_token(secret_key, seat_id, key).encode())
