"""What the two keep of a catch-up: topics, actions and resources, each an item of its own, and one text of notes.

The server gives every batch of edits the next version. An item and the notes carry the version that changed them last,
so that a page that knows one version is told what came after it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import msgspec


class ItemKind(StrEnum):
    TOPIC = "topic"
    ACTION = "action"
    RESOURCE = "resource"


class AttachedFile(msgspec.Struct, frozen=True):
    """`id` is where its bytes are, `size` their number."""

    id: int
    name: str
    size: int


class ItemBody(msgspec.Struct, frozen=True):
    """What an item says. It is stored encrypted.

    `owner` is the id of who does an action, None for both; `due` a day in ISO 8601. At the end of a catch-up each of
    the two ticks the actions and resources that they agree to: `agreed` are their ids. What is `struck` out is not
    agreed.
    """

    text: str
    done: bool = False
    owner: int | None = None
    due: str | None = None
    url: str = ""
    file: AttachedFile | None = None
    agreed: tuple[int, ...] = ()
    struck: bool = False


@dataclass(frozen=True, slots=True)
class ContentItem:
    """`key` is the name that the page gave it, `number` its place. An item that was removed has no `body`."""

    key: str
    kind: ItemKind
    number: int
    author_id: int
    version: int
    body: ItemBody | None


@dataclass(frozen=True, slots=True)
class Notes:
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that is kept of one catch-up, in its order, by the items' keys. Items that were removed are there."""

    version: int = 0
    items: Mapping[str, ContentItem] = field(default_factory=dict)
    notes: Notes = Notes()

    def since(self, version: int) -> "ContentChanges":
        """What came after this version."""
        items = tuple(item for item in self.items.values() if item.version > version)
        return ContentChanges(self.version, items, self.notes if self.notes.version > version else None)

    def kept(self, kind: ItemKind) -> tuple[ContentItem, ...]:
        """The items of this kind that were not removed."""
        return tuple(item for item in self.items.values() if item.kind is kind and item.body is not None)


@dataclass(frozen=True, slots=True)
class ContentChanges:
    """What changed up to `version`. `notes` is None when they did not."""

    version: int
    items: tuple[ContentItem, ...]
    notes: Notes | None
