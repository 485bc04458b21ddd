"""STUN binding requests (RFC 8489, RFC 8445), by aioice's parser, which only gets what passed a first test."""

from typing import Any

from aioice import stun

HEADER = 20
MAX_LENGTH = 548
BINDING_REQUEST = b"\x00\x01"
_COOKIE = b"\x21\x12\xa4\x42"
_INTEGRITY = b"\x00\x08\x00\x14"
_FINGERPRINT = b"\x80\x28\x00\x04"


def parse_request(datagram: bytes | bytearray) -> stun.Message | None:
    """A binding request with USERNAME that ends in MESSAGE-INTEGRITY and FINGERPRINT; None for anything else. Its
    integrity is not yet checked. As nothing follows these two, each byte of a request is covered by one of them."""
    if not HEADER < len(datagram) <= MAX_LENGTH:
        return None
    if datagram[:2] != BINDING_REQUEST or datagram[4:8] != _COOKIE:
        return None
    if datagram[-32:-28] != _INTEGRITY or datagram[-8:-4] != _FINGERPRINT:
        return None
    try:
        message = stun.parse_message(bytes(datagram))
    except Exception:
        # aioice raises struct.error, ValueError and UnicodeDecodeError for malformed attributes, and may raise more.
        return None
    if not {"USERNAME", "MESSAGE-INTEGRITY", "FINGERPRINT"} <= message.attributes.keys():
        return None
    return message


def is_authentic(message: stun.Message, password: str) -> bool:
    """Whether MESSAGE-INTEGRITY is the one of this password."""
    return message.check_message_integrity(password.encode())


def success(request: stun.Message, ip: str, port: int, password: str) -> bytes:
    """The signed response with the address from which the request came."""
    return _response(request, stun.Class.RESPONSE, {"XOR-MAPPED-ADDRESS": (ip, port)}, password)


def role_conflict(request: stun.Message, password: str) -> bytes:
    """The signed 487 response (RFC 8445 section 7.3.1.1)."""
    return _response(request, stun.Class.ERROR, {"ERROR-CODE": (487, "Role Conflict")}, password)


def _response(request: stun.Message, kind: stun.Class, attributes: dict[str, Any], password: str) -> bytes:
    response = stun.Message(stun.Method.BINDING, kind, request.transaction_id, attributes)
    response.add_message_integrity(password.encode())
    return bytes(response)
