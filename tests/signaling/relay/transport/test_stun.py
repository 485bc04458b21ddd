"""Binding requests: only well-formed and signed ones are requests at all."""

import struct

import pytest
from aioice import stun as wire
from hypothesis import given
from hypothesis import strategies as st

from signaling.relay.transport import stun


def request(**attributes: object) -> bytes:
    message = wire.Message(wire.Method.BINDING, wire.Class.REQUEST, attributes={"USERNAME": "a:b", **attributes})
    message.add_message_integrity(b"secret")
    return bytes(message)


def test_a_signed_request_is_read_and_answered() -> None:
    message = stun.parse_request(request())
    assert message
    assert stun.is_authentic(message, "secret")
    assert not stun.is_authentic(message, "guess")
    answer = wire.parse_message(stun.success(message, "192.0.2.7", 4000, "secret"))
    assert answer.check_message_integrity(b"secret")
    assert answer.transaction_id == message.transaction_id
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("192.0.2.7", 4000)


def test_an_ipv6_address_is_told() -> None:
    message = stun.parse_request(request())
    assert message
    answer = wire.parse_message(stun.success(message, "2001:db8::7", 4000, "secret"))
    assert answer.attributes["XOR-MAPPED-ADDRESS"] == ("2001:db8::7", 4000)


def test_a_role_conflict_is_487() -> None:
    message = stun.parse_request(request())
    assert message
    answer = wire.parse_message(stun.role_conflict(message, "secret"))
    assert (answer.message_class, answer.error_code) == (wire.Class.ERROR, 487)


MALFORMED = {
    "empty": b"",
    "header only": b"\0\1\0\0\x21\x12\xa4\x42" + bytes(12),
    "response": b"\1\1" + request()[2:],
    "other cookie": request()[:4] + bytes(4) + request()[8:],
    "cut short": request()[:-1],
    "number too short": b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(12) + struct.pack("!HH", 0x24, 1) + bytes(4),
    "user name no utf-8": b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(12) + struct.pack("!HH", 6, 2) + b"\xff\xff\0\0",
    "too long": b"\0\1\x40\0\x21\x12\xa4\x42" + bytes(12) + bytes(0x4000),
}


@pytest.mark.parametrize("datagram", MALFORMED.values(), ids=MALFORMED.keys())
def test_anything_else_is_none(datagram: bytes) -> None:
    assert stun.parse_request(datagram) is None


def test_a_request_needs_name_and_signature() -> None:
    bare = wire.Message(wire.Method.BINDING, wire.Class.REQUEST, attributes={"USERNAME": "a:b"})
    assert stun.parse_request(bytes(bare)) is None


@given(st.binary(max_size=80))
def test_no_attributes_raise(body: bytes) -> None:
    stun.parse_request(b"\0\1" + len(body).to_bytes(2, "big") + b"\x21\x12\xa4\x42" + bytes(12) + body)


@given(st.data())
def test_a_flipped_byte_is_never_authentic(data: st.DataObject) -> None:
    mutated = bytearray(request())
    mutated[data.draw(st.integers(0, len(mutated) - 1))] ^= data.draw(st.integers(1, 255))
    message = stun.parse_request(mutated)
    assert message is None or not stun.is_authentic(message, "secret")


def test_nothing_may_follow_the_signature() -> None:
    right = request()
    more = right[:2] + struct.pack("!H", len(right) - 12) + right[4:-8] + b"\x80\x22\0\4name"
    assert stun.parse_request(more) is None
    assert stun.parse_request(right[:2] + struct.pack("!H", len(right) - 28) + right[4:-8]) is None
