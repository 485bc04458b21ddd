"""Tables to keep: whatever people wrote, no cell is a formula (W6)."""

import csv
import io

import pytest

from server.web.csv_file import SEPARATORS, cell, sheet


@pytest.mark.parametrize(
    "written",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t1",
        "\r1",
        "\n1",
        " =1",
        "\0=1",
        "=\0",
        "＝1",
        "|x",
        "%x",
        "\ufeff=1",
        "\u200b=1",
    ],
)
def test_what_would_be_computed_is_text(written):
    assert cell(written) == "'" + written.replace("\0", "")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("a;=1", "a;'=1"),
        ("a, =1", "a,' =1"),
        ("a\t -1", "a\t' -1"),
        ("a\r\n@b", "a\r\n'@b"),
        ("\t=1", "'\t'=1"),
        (";;+1", ";;'+1"),
    ],
)
def test_what_another_separator_would_set_apart_is_text_too(written, kept):
    assert cell(written) == kept


@pytest.mark.parametrize(
    "written", ["Hello", "a=b", "3", "", "'", "سلام", "😀", "two\nlines", "three\n\nlines", 'a "quote"', "a;b,c"]
)
def test_other_words_stay_as_they_are(written):
    assert cell(written) == written


def test_nothing_is_empty():
    assert cell(None) == ""


@pytest.mark.parametrize("separator", SEPARATORS.values())
def test_it_is_read_as_it_was_meant(separator):
    rows = [["1", 'a "quote", and\r\na line', "סלע \u202e ok 😀"], [2, None, "=1"]]
    file = sheet(["entry", "words", "more"], rows, separator)
    assert file.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline=""), delimiter=separator))
    assert read == [["entry", "words", "more"], rows[0], ["2", "", "'=1"]]


def test_half_a_character_spoils_nothing():
    assert b"?" in sheet(["a"], [["\ud800"]], ",")
