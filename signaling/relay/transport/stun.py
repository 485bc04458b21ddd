"""STUN binding checks (RFC 8489, RFC 8445) through aioice's parser, which is fed only behind a guard."""

from typing import Any

from aioice import stun

HEADER = 20
MAX_LENGTH = 548
BINDING_REQUEST = b"\x00\x01"
_COOKIE = b"\x21\x12\xa4\x42"
_INTEGRITY = b"\x00\x08\x00\x14"
_FINGERPRINT = b"\x80\x28\x00\x04"


def parse_request(datagram: bytes | bytearray) -> stun.Message | None:
    """A binding request with USERNAME that ends in MESSAGE-INTEGRITY and FINGERPRINT, its integrity not yet checked;
    None for all else. With nothing else behind the signature, every byte of a request is held by it or by the CRC."""
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
    """The signed answer that tells the address the request came from."""
    return _answer(request, stun.Class.RESPONSE, {"XOR-MAPPED-ADDRESS": (ip, port)}, password)


def role_conflict(request: stun.Message, password: str) -> bytes:
    """The signed 487 answer (RFC 8445 section 7.3.1.1)."""
    return _answer(request, stun.Class.ERROR, {"ERROR-CODE": (487, "Role Conflict")}, password)


def _answer(request: stun.Message, kind: stun.Class, attributes: dict[str, Any], password: str) -> bytes:
    answer = stun.Message(stun.Method.BINDING, kind, request.transaction_id, attributes)
    answer.add_message_integrity(password.encode())
    return bytes(answer)
