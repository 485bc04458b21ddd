"""Reading forms and addresses, with good and bad values."""

import pytest
from aiohttp.web import FileField
from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy

from server.errors import InvalidInput
from server.web.forms import NOT_LISTED, entry_number, own_page, text, whole_number


def form(**fields):
    return MultiDictProxy(MultiDict(fields))


def test_a_text_has_the_line_ends_of_people_and_no_zero_bytes():
    assert text(form(note="one\r\ntwo\0"), "note") == "one\ntwo"
    assert text(form(), "note") == ""


def test_a_file_is_no_text():
    file = FileField("note", "note.txt", None, "text/plain", CIMultiDictProxy(CIMultiDict()))
    assert text(form(note=file), "note") == ""


def test_a_number_that_is_none_is_named_by_its_field():
    assert whole_number(form(minutes="30"), "minutes") == 30
    with pytest.raises(InvalidInput) as refusal:
        whole_number(form(minutes="long"), "minutes")
    assert (refusal.value.field, refusal.value.sentence) == ("minutes", NOT_LISTED)


@pytest.mark.parametrize(
    ("path", "way"),
    [
        ("/offers/7", "/offers/7"),
        ("/home", "/home"),
        ("", ""),
        ("/", ""),
        ("//evil.example", ""),
        ("/a//b", ""),
        ("https://evil.example/home", ""),
        ("/home?next=/x", ""),
        ("/home\n", ""),
    ],
)
def test_the_way_back_leads_to_our_own_pages_only(path, way):
    assert own_page(path) == way


@pytest.mark.parametrize(
    ("typed", "number"), [("7", 7), ("", None), ("-7", None), ("٧", None), ("7.5", None), ("1234567890", None)]
)
def test_an_entry_has_a_number_that_a_database_can_hold(typed, number):
    assert entry_number({"before": typed}, "before") == number
    assert entry_number({}, "before") is None
