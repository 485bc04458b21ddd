from dataclasses import dataclass
from typing import Literal

import pytest

from signaling.protocol.codec import MalformedMessage, plain, read, read_text, write_text


@dataclass(frozen=True)
class Part:
    size: int


@dataclass(frozen=True)
class Thing:
    name: str
    on: bool
    weight: float
    kind: Literal["a", "b"]
    slot: int | None
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


def test_it_reads_and_writes() -> None:
    thing = read(Thing, WHOLE)
    assert thing == Thing("x", True, 1.5, "a", None, (Part(1),), {"any": [1]})
    assert read(Thing, read_text(write_text(plain(thing)))) == thing


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
        read(Thing, {**WHOLE, field: value})


@pytest.mark.parametrize("field", list(WHOLE))
def test_each_field_is_wanted(field: str) -> None:
    with pytest.raises(MalformedMessage, match=field):
        read(Thing, {name: value for name, value in WHOLE.items() if name != field})


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", '{"a":NaN}', "[" * 60000, '{"a":' + "9" * 5000 + "}"])
def test_text_that_is_no_object(text: str) -> None:
    with pytest.raises(MalformedMessage):
        read_text(text)


def test_what_is_written_has_no_line_break() -> None:
    assert write_text({"a": "1\r\n2\u2028é"}).isascii()
    assert "\n" not in write_text({"a": "1\r\n2"})
