"""The record has what both ticked and neither struck out."""

from server.room.rules.content import Content, ItemKind
from server.room.rules.edits import Addition, AgreementChange, Edit, ItemChange, apply_edits
from server.room.rules.records import AgreedRecord, RecordLine, agreed_record

MAYA, SAM = 1, 2
BOTH = (MAYA, SAM)
URL = "https://library.example/rooms"


def written() -> Content:
    add = [
        Addition("link", ItemKind.RESOURCE, "Rooms", URL),
        Addition("ask", ItemKind.ACTION, "Ask at the library"),
        Addition("call", ItemKind.ACTION, "Call Jo"),
        Addition("topic", ItemKind.TOPIC, "My exam"),
        ItemChange("ask", owner=SAM, due="2031-05-06"),
    ]
    return apply_edits(Content(), add, SAM, BOTH).content


def ticks(content: Content, *edits: Edit, by: tuple[int, ...] = BOTH) -> Content:
    for person in by:
        content = apply_edits(content, edits, person, BOTH).content
    return content


ASK = AgreementChange("ask", True, "Ask at the library", SAM, "2031-05-06")
CALL, LINK = AgreementChange("call", True, "Call Jo"), AgreementChange("link", True, "Rooms")


def test_what_both_ticked_is_in_it_actions_first() -> None:
    content = ticks(ticks(written(), LINK, ASK), CALL, by=(MAYA,))
    ask = RecordLine("Ask at the library", True, SAM, "2031-05-06")
    assert agreed_record(content, BOTH) == AgreedRecord((ask, RecordLine("Rooms", False, url=URL)))


def test_what_one_struck_out_is_not() -> None:
    content = ticks(written(), CALL, ASK)
    content = apply_edits(content, [ItemChange("call", struck=True)], SAM, BOTH).content
    assert [line.text for line in agreed_record(content, BOTH).lines] == ["Ask at the library"]


def test_with_nothing_ticked_it_is_empty() -> None:
    assert agreed_record(written(), BOTH) == AgreedRecord(())
