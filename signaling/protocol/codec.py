"""JSON objects to frozen dataclasses and back, strictly: the dataclass's own field types are the format.

Exactly the named fields must be there, except those with a default, and each of exactly its type: `true` is no
number, `1` no boolean, and a string with half a surrogate pair no string.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from types import UnionType
from typing import Any, Literal, TypeVar, get_args, get_origin

T = TypeVar("T")
Reader = Callable[[object, str], Any]
MAX_INT = 2**53


class MalformedMessage(Exception):
    """The text or object is not what the format says; the message is one sentence that names the place."""


def read_text(text: str) -> dict[str, object]:
    """Parse one JSON object. Raises Malformed."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedMessage("This is not JSON.") from error
    return _object(value, "The message")


def write_text(value: Mapping[str, object]) -> str:
    """The shortest ASCII JSON text of an object; it holds no line break."""
    return json.dumps(value, separators=(",", ":"))


def read(kind: type[T], value: Mapping[str, object]) -> T:
    """Build the dataclass `kind` from an object with exactly its fields. Raises Malformed."""
    known = _readers(kind)
    for name in value:
        if name not in known:
            raise MalformedMessage(f"Unknown field {name[:40]!r}.")
    found = {}
    for name, (reader, required) in known.items():
        if name in value:
            found[name] = reader(value[name], name)
        elif required:
            raise MalformedMessage(f"The field {name!r} is missing.")
    return kind(**found)


def plain(value: object) -> Any:
    """A dataclass as the JSON object that `read` takes; tuples become lists."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value


def _readers(kind: type[object]) -> dict[str, tuple[Reader, bool]]:
    if kind not in _READERS:
        described = fields(kind)  # type: ignore[arg-type]  # every kind is a dataclass
        _READERS[kind] = {field.name: (_reader(field.type), field.default is MISSING) for field in described}
    return _READERS[kind]


def _reader(kind: Any) -> Reader:
    if isinstance(kind, type) and kind in _SIMPLE:
        return _SIMPLE[kind]
    if is_dataclass(kind):
        return lambda value, name: read(kind, _object(value, name))  # type: ignore[arg-type]  # the table gives the kind
    return _COMPOSED[get_origin(kind)](get_args(kind))


def _string(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise MalformedMessage(f"{name} must be a string.")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise MalformedMessage(f"{name} is not valid text.") from error
    return value


def _boolean(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise MalformedMessage(f"{name} must be true or false.")
    return value


def _integer(value: object, name: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_INT:
        raise MalformedMessage(f"{name} must be a whole number.")
    return value


def _number(value: object, name: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise MalformedMessage(f"{name} must be a number.")
    return float(value)


def _object(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise MalformedMessage(f"{name} must be an object.")
    return value


def _one_of(allowed: tuple[Any, ...]) -> Reader:
    def reader(value: object, name: str) -> object:
        if not isinstance(value, str) or value not in allowed:
            raise MalformedMessage(f"{name} must be one of {', '.join(allowed)}.")
        return value

    return reader


def _optional(parts: tuple[Any, ...]) -> Reader:
    (inner,) = (_reader(part) for part in parts if part is not type(None))
    return lambda value, name: None if value is None else inner(value, name)


def _list(parts: tuple[Any, ...]) -> Reader:
    inner = _reader(parts[0])

    def reader(value: object, name: str) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise MalformedMessage(f"{name} must be a list.")
        return tuple(inner(item, name) for item in value)

    return reader


def _no_constant(name: str) -> object:
    raise ValueError(name)


_READERS: dict[type[object], dict[str, tuple[Reader, bool]]] = {}
_SIMPLE: dict[type, Reader] = {str: _string, bool: _boolean, int: _integer, float: _number}
_COMPOSED: dict[Any, Callable[[tuple[Any, ...]], Reader]] = {
    Literal: _one_of,
    UnionType: _optional,
    tuple: _list,
    dict: lambda parts: _object,
}
