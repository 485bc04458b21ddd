"""Edits of what the two keep: in the server's order, and nothing is lost that was written at the same time."""

import msgspec
import pytest

from server.errors import InvalidInput
from server.room.rules.content import AttachedFile, Content, ItemKind
from server.room.rules.edits import (
    ITEMS_LIMIT,
    NOTES_LIMIT,
    TEXT_LIMIT,
    Addition,
    AgreementChange,
    ContentFull,
    Edit,
    EditBatch,
    ItemChange,
    NotesChange,
    Removal,
    apply_edits,
    attach,
)

MAYA, SAM = 1, 2
BOTH = (MAYA, SAM)


def after(*edits: Edit, content: Content | None = None, by: int = SAM) -> Content:
    """The content after edits that are not refused."""
    applied = apply_edits(content or Content(), edits, by, BOTH)
    assert applied.refused == ()
    return applied.content


def refusal(edit: Edit, content: Content | None = None) -> Exception:
    applied = apply_edits(content or Content(), [edit], SAM, BOTH)
    assert applied.content == (content or Content())
    return applied.refused[0]


def topic(key: str = "a", text: str = "My exam") -> Addition:
    return Addition(key, ItemKind.TOPIC, text)


def test_items_stand_in_the_order_in_which_they_came():
    content = after(topic("a", " One "), topic("b", "Two"), Addition("c", ItemKind.ACTION, "Three"))
    assert [(item.number, item.body.text, item.author_id) for item in content.items.values()] == [
        (1, "One", SAM),
        (2, "Two", SAM),
        (3, "Three", SAM),
    ]
    assert [item.key for item in content.kept(ItemKind.TOPIC)] == ["a", "b"]


def test_what_is_added_twice_is_there_once():
    content = after(topic())
    assert after(topic(), content=content) == content


def test_a_page_is_told_what_came_after_the_version_that_it_knows():
    first = after(topic("a"))
    second = after(topic("b"), NotesChange("", "Well."), content=first)
    assert (first.version, second.version) == (1, 2)
    changes = second.since(1)
    assert ([item.key for item in changes.items], changes.notes.text) == (["b"], "Well.")
    assert second.since(2).items == ()
    assert second.since(2).notes is None


def test_an_item_is_changed_field_by_field():
    content = after(Addition("a", ItemKind.ACTION, "Ask"))
    content = after(ItemChange("a", done=True), ItemChange("a", owner=MAYA, due="2031-05-06"), content=content)
    body = content.items["a"].body
    assert (body.text, body.done, body.owner, body.due) == ("Ask", True, MAYA, "2031-05-06")
    body = after(ItemChange("a", owner=None, due=None), content=content).items["a"].body
    assert (body.done, body.owner, body.due) == (True, None, None)


def test_what_both_change_in_one_text_is_merged():
    content = after(topic("a", "My exam"))
    content = after(ItemChange("a", was="My exam", text="My second exam"), content=content, by=MAYA)
    content = after(ItemChange("a", was="My exam", text="My exam in May"), content=content)
    assert content.items["a"].body.text == "My second exam in May"


def test_who_changes_a_text_keeps_it_from_being_removed():
    seen = after(topic("a", "My exam"))
    changed = after(ItemChange("a", was="My exam", text="My exam in May"), content=seen)
    assert after(Removal("a", seen=seen.version), content=changed) == changed
    removed = after(Removal("a", seen=seen.version), content=seen)
    assert removed.items["a"].body is None
    back = after(ItemChange("a", was="My exam", text="My exam in May"), content=removed)
    assert back.items["a"].body.text == "My exam in May"
    # To tick what is gone brings nothing back.
    assert after(ItemChange("a", done=True), content=removed) == removed


def test_a_batch_goes_on_after_what_is_refused():
    applied = apply_edits(Content(), [topic("a", "  "), topic("b")], SAM, BOTH)
    assert [type(problem) for problem in applied.refused] == [InvalidInput]
    assert list(applied.content.items) == ["b"]


@pytest.mark.parametrize(
    "edit",
    [
        topic("a", ""),
        topic("a", "x" * (TEXT_LIMIT + 1)),
        NotesChange("", "x" * (NOTES_LIMIT + 1)),
        Addition("a", ItemKind.RESOURCE, "No address"),
        *(
            Addition("a", ItemKind.RESOURCE, "Bad", url)
            for url in (
                "javascript:alert(1)",
                "data:text/html,x",
                "https://",
                "ftp://example.org/x",
                "https://user:pass@example.org",
                "https://exa mple.org",
                "https://[x",
                "https://example.org/" + "x" * 2000,
            )
        ),
    ],
)
def test_what_is_refused(edit):
    assert isinstance(refusal(edit), InvalidInput)


@pytest.mark.parametrize(
    "change", [ItemChange("a", owner=3), ItemChange("a", due="soon"), ItemChange("a", was="My exam", text=" ")]
)
def test_a_change_that_is_refused(change):
    assert isinstance(refusal(change, after(topic())), InvalidInput)


def test_there_are_not_too_many():
    content = after(*(topic(f"k{number}") for number in range(ITEMS_LIMIT)))
    assert isinstance(refusal(topic(), content), ContentFull)
    with pytest.raises(ContentFull):
        attach(content, "f", AttachedFile(1, "a.pdf", 10), SAM)


def test_notes_that_are_full_can_be_shortened_and_take_what_both_write():
    content = after(NotesChange("", "x" * NOTES_LIMIT))
    assert isinstance(refusal(NotesChange("x" * NOTES_LIMIT, "x" * NOTES_LIMIT + "y"), content), InvalidInput)
    assert after(NotesChange("x" * NOTES_LIMIT, "short"), content=content).notes.text == "short"


def test_a_file_is_called_by_its_name():
    assert attach(Content(), "f", AttachedFile(7, "plan.pdf", 10), SAM).items["f"].body.text == "plan.pdf"


@pytest.mark.parametrize(
    "text",
    [
        '{"type": "nothing"}',
        '{"type": "add", "key": "../x", "kind": "topic", "text": ""}',
        '{"type": "add", "key": "a", "kind": "admin", "text": ""}',
        '{"type": "write", "was": "", "text": "", "by": 1}',
    ],
)
def test_what_is_no_batch(text):
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(f'{{"writer": "w", "sequence": 1, "since": 0, "edits": [{text}]}}', type=EditBatch)


def action(text: str = "Ask at the library") -> Content:
    return after(Addition("a", ItemKind.ACTION, text))


def agrees(agrees: bool = True, text: str = "Ask at the library", **seen: object) -> AgreementChange:
    return AgreementChange("a", agrees, text, **seen)


def test_each_agrees_for_themselves_and_may_think_again() -> None:
    once = after(agrees(), content=action())
    both = after(agrees(), content=once, by=MAYA)
    assert (once.items["a"].body.agreed, both.items["a"].body.agreed) == ((SAM,), (MAYA, SAM))
    assert after(agrees(), content=once) == once
    assert after(agrees(False), content=both).items["a"].body.agreed == (MAYA,)


@pytest.mark.parametrize(
    "change",
    [ItemChange("a", "Ask at the library", "Ask Jo"), ItemChange("a", owner=MAYA), ItemChange("a", due="2031-05-06")],
)
def test_nobody_agrees_to_what_they_did_not_see(change: ItemChange) -> None:
    """What was agreed to before it was changed is not agreed to any more, nor by who has not seen the change yet."""
    changed = after(change, content=after(agrees(), content=action()), by=MAYA)
    assert changed.items["a"].body.agreed == ()
    assert after(agrees(), content=changed) == changed


def test_doing_it_leaves_it_agreed() -> None:
    assert after(ItemChange("a", done=True), content=after(agrees(), content=action())).items["a"].body.agreed == (SAM,)


def test_either_strikes_a_line_out_and_puts_it_back() -> None:
    struck = after(ItemChange("a", struck=True), content=after(agrees(), content=action()), by=MAYA)
    assert (struck.items["a"].body.struck, struck.items["a"].body.agreed) == (True, ())
    assert after(agrees(), content=struck) == struck
    again = after(agrees(), content=after(ItemChange("a", struck=False), content=struck))
    assert (again.items["a"].body.struck, again.items["a"].body.agreed) == (False, (SAM,))


def test_a_topic_is_not_agreed_to() -> None:
    content = after(topic())
    assert after(agrees(text="My exam"), content=content) == content
