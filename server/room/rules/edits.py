"""Edits of what the two keep of a catch-up. The server applies them one after another: its order is the order of all.

An edit says what its page knew, where that matters: who changes a text gives the text they saw, and who removes an item
says which version of it they saw. So nothing is lost that somebody wrote at the same time.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import singledispatch
from typing import Annotated
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET, UnsetType

from server.errors import DomainError, InvalidInput
from server.i18n.texts import N_
from server.room.rules.content import AttachedFile, Content, ContentItem, ItemBody, ItemKind, Notes
from server.room.rules.texts import merge_texts

TEXT_LIMIT = 500
URL_LIMIT = 2000
NOTES_LIMIT = 20_000
ITEMS_LIMIT = 300
EDITS_LIMIT = 200
WEB = re.compile(r"https?")
# What people agree to in an item.
TERMS = ("text", "owner", "due", "struck")

Key = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9-]{1,36}\Z")]


class Addition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="add"):
    """A new item. `key` is the page's name for it, so that it is added once however often it is sent."""

    key: Key
    kind: ItemKind
    text: str
    url: str = ""


class ItemChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="change"):
    """What changes in an item; what is not given stays. With a new `text` comes the text that the page saw."""

    key: Key
    was: str = ""
    text: str | None = None
    done: bool | None = None
    owner: int | UnsetType | None = UNSET
    due: str | UnsetType | None = UNSET
    struck: bool | None = None


class AgreementChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="agree"):
    """Whether one agrees to an action or a resource, and what the page showed of it: nobody agrees to anything else."""

    key: Key
    agrees: bool
    text: str
    owner: int | None = None
    due: str | None = None


class Removal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="remove"):
    """`seen` is the version of the item that the page showed."""

    key: Key
    seen: int


class NotesChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="write"):
    """The whole notes as they are on the page, and as they `were` before this change."""

    was: str
    text: str


Edit = Addition | ItemChange | AgreementChange | Removal | NotesChange


class EditBatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one open page sends at once, its `sequence`-th batch. The page knows all up to the version `since`."""

    writer: Key
    sequence: int
    since: int
    edits: Annotated[tuple[Edit, ...], msgspec.Meta(max_length=EDITS_LIMIT)]


# A page that goes away sends the batch that was on its way, and what came after it.
Batches = Annotated[tuple[EditBatch, ...], msgspec.Meta(min_length=1, max_length=2)]


class ContentFull(DomainError):
    sentence = N_("There are too many entries here. Please put more into the notes.")


class UnreadableContent(DomainError):
    """It was encrypted with another secret than the server has now."""

    sentence = N_("What you kept here cannot be read: the server's secret has changed. Please tell your scheme.")


@dataclass(frozen=True, slots=True)
class AppliedEdits:
    """The content after a batch, and why some edits were refused."""

    content: Content
    refused: tuple[DomainError, ...]


def apply_edits(content: Content, edits: Sequence[Edit], by: int, both: Collection[int]) -> AppliedEdits:
    """The content after these edits by one of `both`. An edit that is refused leaves the others in place."""
    refused: list[DomainError] = []
    version = content.version + 1
    for edit in edits:
        try:
            content = _apply(edit, content, version, by, both)
        except DomainError as problem:
            refused.append(problem)
    return AppliedEdits(content, tuple(refused))


def attach(content: Content, key: str, file: AttachedFile, by: int) -> Content:
    """The content with a file among its resources. Raises ContentFull."""
    return _add(content, key, ItemKind.RESOURCE, ItemBody(file.name, file=file), content.version + 1, by)


def check_room(content: Content) -> None:
    """Returns when another item can be added. Raises ContentFull."""
    if len(content.items) >= ITEMS_LIMIT:
        raise ContentFull


@singledispatch
def _apply(edit: Edit, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    raise TypeError(f"no edit is of the type {type(edit)}")


@_apply.register
def _(edit: Addition, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    url = edit.url.strip()
    text = _checked(edit.text, TEXT_LIMIT).strip() or url
    if not text:
        raise InvalidInput("text", N_("Please write something first."))
    if (url or edit.kind is ItemKind.RESOURCE) and not is_web_address(url):
        raise InvalidInput("url", N_("Please enter a web address, such as https://example.org."))
    return _add(content, edit.key, edit.kind, ItemBody(text, url=url), version, by)


@_apply.register
def _(edit: ItemChange, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    item = content.items.get(edit.key)
    if item is None:
        return content
    # Who wrote into it while the other removed it brings it back.
    body = item.body or (ItemBody("") if edit.text is not None else None)
    if body is None:
        return content
    return _with_body(content, item, msgspec.structs.replace(body, **_changed(edit, item, body, both)), version)


@_apply.register
def _(edit: AgreementChange, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    item = content.items.get(edit.key)
    if item is None or item.body is None or item.kind is ItemKind.TOPIC:
        return content
    body = item.body
    if body.struck or (edit.text, edit.owner, edit.due) != (body.text, body.owner, body.due):
        return content
    others = tuple(person_id for person_id in body.agreed if person_id != by)
    agreed = tuple(sorted((*others, by))) if edit.agrees else others
    return _with_body(content, item, msgspec.structs.replace(body, agreed=agreed), version)


@_apply.register
def _(edit: Removal, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    item = content.items.get(edit.key)
    if item is None or item.body is None or item.version > edit.seen:
        return content
    return _put(content, replace(item, version=version, body=None), version)


@_apply.register
def _(edit: NotesChange, content: Content, version: int, by: int, both: Collection[int]) -> Content:
    text = merge_texts(_checked(edit.was, 2 * NOTES_LIMIT), _checked(edit.text, 2 * NOTES_LIMIT), content.notes.text)
    if text == content.notes.text:
        return content
    if len(text) > NOTES_LIMIT and len(text) > len(content.notes.text):
        raise InvalidInput("notes", N_("The notes are full. Please shorten them."))
    return replace(content, version=version, notes=Notes(text, version))


def _changed(edit: ItemChange, item: ContentItem, body: ItemBody, both: Collection[int]) -> dict[str, object]:
    """The fields that the edit changes. Raises InvalidInput."""
    changed: dict[str, object] = {}
    if edit.done is not None:
        changed["done"] = edit.done
    if edit.text is not None:
        was = edit.was if item.body else ""
        text = merge_texts(was, _checked(edit.text, TEXT_LIMIT), body.text).strip()
        if not text:
            raise InvalidInput("text", N_("Please write something first."))
        changed["text"] = text
    if edit.owner is not UNSET:
        if edit.owner is not None and edit.owner not in both:
            raise InvalidInput("owner", N_("Please choose one of you two."))
        changed["owner"] = edit.owner
    if edit.due is not UNSET:
        changed["due"] = _day(edit.due)
    if edit.struck is not None:
        changed["struck"] = edit.struck
    # What was agreed to was something else.
    if any(changed.get(name, getattr(body, name)) != getattr(body, name) for name in TERMS):
        changed["agreed"] = ()
    return changed


def _add(content: Content, key: str, kind: ItemKind, body: ItemBody, version: int, by: int) -> Content:
    if key in content.items:
        return content
    check_room(content)
    return _put(content, ContentItem(key, kind, len(content.items) + 1, by, version, body), version)


def _with_body(content: Content, item: ContentItem, body: ItemBody, version: int) -> Content:
    return content if body == item.body else _put(content, replace(item, version=version, body=body), version)


def _put(content: Content, item: ContentItem, version: int) -> Content:
    return replace(content, version=version, items={**content.items, item.key: item})


def _checked(text: str, limit: int) -> str:
    """The text with plain line ends. Raises InvalidInput when it is too long."""
    text = text.replace("\r\n", "\n").replace("\0", "")
    if len(text) > limit:
        raise InvalidInput("text", N_("Please shorten this to at most %(limit)s characters."), limit=limit)
    return text


def is_web_address(url: str) -> bool:
    """Whether it can be opened in a browser, without a login in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    printable = url.isprintable() and " " not in url and len(url) <= URL_LIMIT
    return printable and WEB.fullmatch(parts.scheme) is not None and bool(parts.hostname) and "@" not in parts.netloc


def _day(text: str | None) -> str | None:
    """Raises InvalidInput."""
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError as error:
        raise InvalidInput("due", N_("Please choose a day.")) from error
