"""Tables as spreadsheets write them."""

import codecs

import pytest

from server.admin.rules.spreadsheet import decode, read_rows
from server.errors import InvalidInput

TEXT = "Name,E-Mail\r\nJörg Müller,joerg@example.org\r\n"
ROWS = ((1, ("Name", "E-Mail")), (2, ("Jörg Müller", "joerg@example.org")))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(TEXT.encode(), id="UTF-8: Google Sheets, Numbers, LibreOffice"),
        pytest.param(codecs.BOM_UTF8 + TEXT.encode(), id="UTF-8 with its mark: Excel's 'CSV UTF-8'"),
        pytest.param(codecs.BOM_UTF8 + TEXT.replace(",", ";").encode(), id="the same in German"),
        pytest.param(TEXT.replace(",", ";").encode("cp1252"), id="Windows-1252: German Excel's 'CSV'"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.replace(",", "\t").encode("utf-16-le"), id="Excel's 'Unicode text'"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="UTF-16, the other way round"),
        pytest.param(TEXT.encode("utf-16-le"), id="UTF-16 without its mark"),
        pytest.param(TEXT.encode("utf-16-be"), id="the other way round without its mark"),
        pytest.param(TEXT.replace("\r\n", "\r").encode(), id="old line ends of a Mac"),
        pytest.param(TEXT.replace("\r\n", "\n").replace(",", "\t").encode(), id="copied cells"),
    ],
)
def test_each_way_of_saving_is_read(content: bytes) -> None:
    assert read_rows(decode(content)) == ROWS


def test_quotes_keep_separators_line_breaks_and_emoji() -> None:
    text = 'name;mail\n"Lindqvist; Maya";m@example.org\n"Nour\n🌱 ""N"" Haddad";n@example.org\n'
    assert read_rows(text)[1:] == (
        (2, ("Lindqvist; Maya", "m@example.org")),
        (3, ('Nour 🌱 "N" Haddad', "n@example.org")),
    )


def test_empty_rows_are_counted_and_left_out() -> None:
    assert [number for number, _ in read_rows("a,b\n,,\n\n  , \nc,d\n")] == [1, 5]


def test_the_line_that_names_the_separator_is_no_row() -> None:
    assert read_rows("sep=;\r\nname;mail\r\n") == ((2, ("name", "mail")),)


def test_commas_in_names_do_not_win_over_other_separators() -> None:
    assert read_rows("Name\tMail\nLi, Wei, Dr.\tli@example.org")[1] == (2, ("Li, Wei, Dr.", "li@example.org"))


@pytest.mark.parametrize("content", [b"PK\x03\x04 and more", b"\xd0\xcf\x11\xe0 and more"])
def test_a_document_is_no_table(content: bytes) -> None:
    with pytest.raises(InvalidInput, match="Save it as CSV"):
        decode(content)


def test_a_cell_without_end_is_no_table() -> None:
    with pytest.raises(InvalidInput, match="as a table"):
        read_rows("name,mail\n" + "x" * 200_000 + ",m")
    assert read_rows("") == ()
