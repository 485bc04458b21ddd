import json
from typing import Literal

import msgspec
import pytest

from signaling.codec import Int, MalformedMessage, Record, decode, tag_of


class Part(Record, frozen=True):
    size: Int


class Thing(Record, frozen=True):
    name: str
    on: bool
    weight: float
    kind: Literal["a", "b"]
    slot: Int | None
    parts: tuple[Part, ...]
    rest: dict[str, object]
    colour: str = "red"


WHOLE = {
    "name": "x",
    "on": True,
    "weight": 1.5,
    "kind": "a",
    "slot": None,
    "parts": [{"size": 1}],
    "rest": {"any": [1]},
}


def read(text: str | bytes) -> Thing:
    return decode(msgspec.json.Decoder(Thing), text)


def test_it_reads_and_writes() -> None:
    thing = read(json.dumps(WHOLE))
    assert thing == Thing("x", True, 1.5, "a", None, (Part(1),), {"any": [1]})
    assert read(msgspec.json.encode(thing)) == thing


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 1),
        ("name", None),
        ("name", "half \ud800"),
        ("on", 1),
        ("on", "true"),
        ("weight", True),
        ("weight", "1"),
        ("kind", "c"),
        ("kind", ["a"]),
        ("slot", True),
        ("slot", 1.0),
        ("slot", 2**60),
        ("parts", {"size": 1}),
        ("parts", [1]),
        ("parts", [{"size": 1, "more": 2}]),
        ("parts", [{}]),
        ("rest", []),
        ("surplus", 1),
    ],
)
def test_each_type_is_exact(field: str, value: object) -> None:
    with pytest.raises(MalformedMessage):
        read(json.dumps({**WHOLE, field: value}))


@pytest.mark.parametrize("field", list(WHOLE))
def test_each_field_is_wanted(field: str) -> None:
    with pytest.raises(MalformedMessage, match=field):
        read(json.dumps({name: value for name, value in WHOLE.items() if name != field}))


def with_rest(text: str) -> str:
    """A thing with this text in the place of any value."""
    return json.dumps({**WHOLE, "rest": {"a": 0}}).replace(": 0", f": {text}")


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "1", "null", '{"a":NaN}', "[" * 60000, '{"a":' + "9" * 5000 + "}", "half \ud800"),
        *map(
            with_rest,
            ("NaN", "-Infinity", "1e400", "[" * 60000 + "]" * 60000, '"\x01"', '"\\ud800"', '"\ud800"', "1}}x"),
        ),
    ],
)
def test_text_that_is_no_object(text: str) -> None:
    with pytest.raises(MalformedMessage):
        read(text)


@pytest.mark.parametrize("text", [b"\xff", b"\xef\xbb\xbf{}", with_rest('"x"').encode().replace(b'"x"', b'"\xff"')])
def test_bytes_that_are_no_text(text: bytes) -> None:
    with pytest.raises(MalformedMessage):
        read(text)


def test_an_error_is_one_short_sentence() -> None:
    with pytest.raises(MalformedMessage, match=r"^[^\n]{,200}\.$"):
        read(json.dumps({**WHOLE, "surplus" * 10_000: 1}))


def test_what_is_written_has_no_line_break() -> None:
    assert msgspec.json.encode(Thing("1\r\n2", True, 1, "a", None, (), {})).count(b"\n") == 0


def test_a_message_has_its_tag() -> None:
    class Wave(Record, frozen=True, tag="wave"):
        pass

    assert msgspec.json.encode(Wave()) == b'{"type":"wave"}'
    assert (tag_of(Wave()), tag_of(Wave)) == ("wave", "wave")
