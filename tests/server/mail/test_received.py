"""Emails that came in: what is read of them, whatever their parts and charsets are."""

import base64
import time
from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mail.received import MOST_FILES, MOST_TEXT, ReceivedEmail, ReceivedFile, UnreadableEmail, read_email

HEAD = "From: Sam <sam@example.org>\r\nMessage-ID: <1@example.org>\r\n"
PDF = base64.b64encode(b"%PDF-1.7").decode()


def raw(head, body=""):
    return (HEAD + head.replace("\n", "\r\n") + "\r\n" + body.replace("\n", "\r\n")).encode("latin-1")


def in_parts(*parts, kind="mixed"):
    joined = "".join(f"--b\n{part}\n" for part in parts)
    return raw(f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="b"\n', f"{joined}--b--\n")


def test_a_plain_email_is_read():
    assert read_email(raw("", "Hello\n\n> quoted\n")) == ReceivedEmail(
        "<1@example.org>", "sam@example.org", False, "Hello"
    )


@pytest.mark.parametrize(
    ("charset", "content", "words"),
    [
        ("utf-8", "Grüße, سلام".encode(), "Grüße, سلام"),
        ("iso-8859-1", "Grüße".encode("latin-1"), "Grüße"),
        ("windows-1256", "سلام".encode("cp1256"), "سلام"),
        ("us-ascii", "Grüße".encode(), "Grüße"),
        ("utf-8", "Grüße".encode("latin-1"), "Grüße"),
        ("no-such-charset", "Grüße".encode(), "Grüße"),
        ("zlib", b"plain", "plain"),
        ("punycode", b"plain-", "plain-"),
        ("idna", b"plain", "plain"),
        ("undefined", b"plain", "plain"),
        ("utf-7", b"+2AA-x", "?x"),
        ("utf-16", b"\xff", "ÿ"),
        ("utf-8", b"\x81", "�"),
        ("utf-8", b"a\x00b\x1b[31mc", "ab[31mc"),
    ],
)
def test_a_charset_that_is_odd_or_wrong_is_no_matter(charset, content, words):
    head = f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: base64\n"
    assert read_email(raw(head, base64.b64encode(content).decode())).words == words


def test_plain_text_comes_before_html_and_html_is_taken_where_there_is_none():
    html = "Content-Type: text/html\n\n<p>From <b>HTML</b></p><blockquote>quoted</blockquote>"
    assert read_email(in_parts("\nPlain", html, kind="alternative")).words == "Plain"
    assert read_email(in_parts("\n \n", html, kind="alternative")).words == "From HTML"
    assert read_email(in_parts(html)).words == "From HTML"


def test_flowed_text_is_joined():
    assert read_email(raw("Content-Type: text/plain; format=flowed; delsp=yes\n", "one \ntwo\n")).words == "onetwo"


def test_files_are_those_that_the_sender_added():
    email = in_parts(
        "\nHello",
        "Content-Type: application/pdf\nContent-Disposition: attachment; filename=a.pdf\n"
        f"Content-Transfer-Encoding: base64\n\n{PDF}",
        "Content-Type: text/plain; name=b.txt\nContent-Disposition: inline; filename=b.txt\n\nin a file",
        "Content-Type: application/pgp-signature; name=signature.asc\n\nx",
        "Content-Type: message/rfc822\n\nFrom: x@example.org\n\nforwarded",
        "Content-Type: image/png\nContent-Disposition: attachment; filename*=iso-8859-1''%FCber.png\n\nx",
    )
    found = read_email(email)
    assert (found.words, found.files[0]) == ("Hello", ReceivedFile("a.pdf", b"%PDF-1.7"))
    assert [each.name for each in found.files] == ["a.pdf", "b.txt", "über.png"]


@pytest.mark.parametrize(
    "name",
    [
        'filename="=?utf-8?B?w7xiZXI=?=\n =?utf-8?Q?_2.png?="',
        'filename="über 2.png"'.encode().decode("latin-1"),
        "filename*0*=utf-8''%C3%BCber;\n filename*1=\" 2.png\"",
    ],
)
def test_the_name_of_a_file_is_read_however_programs_write_it(name):
    email = in_parts(f"Content-Type: image/png\nContent-Disposition: attachment;\n {name}\n\nx")
    assert [each.name for each in read_email(email).files] == ["über 2.png"]


def test_a_name_of_a_file_that_is_no_encoded_word_stays():
    email = in_parts('Content-Type: image/png; name="=?no-such-charset?B?w7x?="\n\nx')
    assert [each.name for each in read_email(email).files] == ["=?no-such-charset?B?w7x?="]


def test_the_pictures_of_a_page_or_a_signature_are_no_files():
    html = "Content-Type: text/html\n\n<p>Hi <img src='cid:1'></p>"
    picture = (
        "Content-Type: image/png; name=logo.png\nContent-ID: <1>\nContent-Disposition: inline; filename=logo.png\n\nx"
    )
    assert read_email(in_parts(html, picture, kind="related")).files == ()
    assert len(read_email(in_parts(html, picture)).files) == 1


def test_not_more_files_than_a_person_adds():
    file = "Content-Disposition: attachment; filename=a.txt\n\nx"
    assert len(read_email(in_parts(*[file] * (MOST_FILES + 5))).files) == MOST_FILES


@pytest.mark.parametrize(
    ("head", "sender"),
    [
        ("", ""),
        ("From: a@example.org, b@example.org\n", ""),
        ("From: a@example.org\nFrom: b@example.org\n", ""),
        ("From: =?utf-8?q?M=C3=BCller?= <a@example.org>\n", "a@example.org"),
        ('From: "sam@example.org" <eve@example.org>\n', "eve@example.org"),
        ("From: Sam\n <a@example.org>\n", "a@example.org"),
    ],
)
def test_the_sender_is_the_one_address_in_from(head, sender):
    assert read_email(f"{head}\nHi".encode()).sender == sender


@pytest.mark.parametrize(
    ("head", "automatic"),
    [
        ("Auto-Submitted: no\n", False),
        ("Auto-Submitted: auto-replied\n", True),
        ("AUTO-SUBMITTED: Auto-Generated; x=y\n", True),
        ("Precedence: list\n", True),
        ("Precedence: first-class\n", False),
        ("List-Unsubscribe: <mailto:x@example.org>\n", True),
        ("Return-Path: <>\n", True),
        ("Return-Path: <sam@example.org>\n", False),
        ("Content-Type: multipart/report; boundary=b\n", True),
    ],
)
def test_what_no_person_has_written_is_known(head, automatic):
    assert read_email(raw(head, "Hi")).automatic is automatic


def test_parts_within_parts_without_end_are_no_email_or_an_empty_one():
    deep = "".join(f'Content-Type: multipart/mixed; boundary="{number}"\n\n--{number}\n' for number in range(3000))
    try:
        words = read_email(raw(deep)).words
    except UnreadableEmail:
        words = ""
    assert words == ""


TOKENS = [
    *("From: ", "Content-Type: ", "multipart/mixed; boundary=b", "text/plain; charset=", "--b\r\n", "--b--", "\r\n"),
    *("\n", "Content-Transfer-Encoding: base64\r\n", "Content-Disposition: attachment; filename*0*=", "=?utf-8?b?"),
    *("<", '"', "Content-Type: message/rfc822\r\n", "=?x?q?=00?=", "\x00", "é", "utf-7", "(", ")", ";", "@", "a"),
]


@given(
    st.lists(st.sampled_from(TOKENS), max_size=40).map(lambda parts: "".join(parts).encode()) | st.binary(max_size=500)
)
def test_whatever_bytes_come_they_are_read_or_refused(content):
    try:
        found = read_email(content)
    except UnreadableEmail:
        return
    assert found.words.encode().decode() == found.words
    assert not set(map(chr, range(9))) & set(found.words)


def test_what_a_library_writes_is_read():
    message = EmailMessage()
    message["From"], message["Message-ID"] = "Sam Ökafor <sam@example.org>", "<2@example.org>"
    message.set_content("Grüße an alle, die diese lange Zeile lesen, in der es um nichts geht. " * 3)
    message.add_alternative("<p>HTML</p>", subtype="html")
    message.add_attachment("in a file", filename="notes.txt")
    found = read_email(message.as_bytes())
    assert found.words.startswith("Grüße an alle")
    assert [each.name for each in found.files] == ["notes.txt"]


NESTED = "".join(f"Content-Type: multipart/mixed; boundary=b{number}\n\n--b{number}\n" for number in range(200))


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/plain" + '"' * 4000 + "\n", ""),
        ("Content-Type: text/plain" + ";" * 300_000 + "\n", ""),
        ("Content-Disposition: inline" + "; a*0=b" * 100_000 + "\n", ""),
        ("Content-Transfer-Encoding: base64" + "(" * 8000 + "\n", ""),
        ("From: " + "a@b," * 200_000 + "\n", ""),
        (NESTED, "a\n" * 300_000),
    ],
    ids=["quotes", "semicolons", "continuations", "comments", "senders", "containers"],
)
def test_an_email_made_to_take_long_takes_no_long_time(head, body):
    started = time.process_time()
    with suppress(UnreadableEmail):
        read_email(raw(head, body))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("kind", ["plain; format=flowed", "html"])
def test_of_many_long_texts_the_beginning_is_read(kind):
    part = f"Content-Type: text/{kind}\n\n" + "On 12:00 x: \n" * 20_000
    started = time.process_time()
    assert len(read_email(in_parts(*[part] * 20)).words) <= MOST_TEXT
    assert time.process_time() - started < 5
