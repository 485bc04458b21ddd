"""docs/protocol.md as the tests read it, and the messages as it should list them."""

from pathlib import Path
from types import UnionType
from typing import get_args

from msgspec.structs import fields

from signaling.codec import Record, tag_of

DOCUMENT = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()


def documented(heading: str) -> dict[str, list[str]]:
    """Rows `| name | field, field | meaning |` of the table under a heading of the document."""
    section = DOCUMENT.split(f"### {heading}\n")[1].split("\n#")[0]
    rows = [line.split("|")[1:3] for line in section.splitlines() if line.startswith("| `")]
    return {
        name.strip().strip("`"): [part.split("`")[1] for part in given.split(",") if "`" in part]
        for name, given in rows
    }


def fields_of(kind: type[Record]) -> list[str]:
    return [field.name for field in fields(kind)]


def messages_of(protocol: UnionType) -> dict[str, list[str]]:
    """The fields of each message of a protocol, by its type."""
    return {tag_of(kind): fields_of(kind) for kind in get_args(protocol)}
