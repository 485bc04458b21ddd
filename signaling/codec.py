"""Strict JSON records: a record's own fields are the format.

Exactly the named fields must be there, except those with a default, and each of exactly its type: `true` is no
number, `1` no boolean, and a string with half a surrogate pair no string.
"""

from typing import Annotated, Any, TypeVar

import msgspec

T = TypeVar("T")
MAX_INT = 2**53
Int = Annotated[int, msgspec.Meta(ge=-MAX_INT, le=MAX_INT)]


class MalformedMessage(Exception):
    """The text is not what the format says; the message is one sentence that names the place."""


class Record(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An immutable record. A class with a `tag` is a message: its JSON begins with the tag as `type`.

    Each class repeats `frozen=True`, for mypy.
    """


def decode(decoder: "msgspec.json.Decoder[T]", text: str | bytes | msgspec.Raw) -> T:
    """Read one JSON object. Raises MalformedMessage."""
    try:
        return decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise MalformedMessage(f"{str(error)[:200]}.") from error


def tag_of(message: Any) -> str:
    """The `type` of a message, or of its class."""
    return str(message.__struct_config__.tag)
