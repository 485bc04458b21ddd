"""The short record of what two people agreed to at the end of a catch-up: the same for both."""

from collections.abc import Collection

import msgspec

from server.room.rules.content import Content, ItemKind


class RecordLine(msgspec.Struct, frozen=True):
    """An action or a resource. `owner` is the id of who does it, None for both or nobody; `due` a day in ISO 8601."""

    text: str
    action: bool
    owner: int | None = None
    due: str | None = None
    url: str = ""


class AgreedRecord(msgspec.Struct, frozen=True):
    """What both ticked and neither struck out, actions first."""

    lines: tuple[RecordLine, ...]


def agreed_record(content: Content, both: Collection[int]) -> AgreedRecord:
    """The record of what `both` (ids) agreed to in this content."""
    lines = [
        RecordLine(body.text, kind is ItemKind.ACTION, body.owner, body.due, body.url)
        for kind in (ItemKind.ACTION, ItemKind.RESOURCE)
        for item in content.kept(kind)
        if (body := item.body) is not None and not body.struck and set(both) <= set(body.agreed)
    ]
    return AgreedRecord(tuple(lines))
