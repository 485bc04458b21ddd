"""Each of the two in a mentorship has the other."""

import pytest

from server.errors import InvalidInput
from server.people.rules.people import (
    Details,
    Mentorship,
    check_details,
    check_email,
    check_name,
    email_key,
    masked,
)


def test_the_other_of_each() -> None:
    mentorship = Mentorship(id=1, mentor_id=10, mentee_id=20)
    assert (mentorship.other(10), mentorship.other(20)) == (20, 10)


@pytest.mark.parametrize(
    "email",
    [
        "sam@example.org",
        "Sam.O'Kafor+mentoring@Example.ORG",
        "søren@exämple.org",
        "서준@예시.한국",
        "sam@intranet",
        "sam@demo.invalid",
        "sam@mail.local",
        "sam@[192.0.2.1]",
        '"sam"@example.org',
    ],
)
def test_an_address_is_kept_as_it_was_typed(email: str) -> None:
    assert check_email(f" {email}\n") == email


@pytest.mark.parametrize(
    "email",
    [
        "",
        "sam",
        "sam@",
        "@example.org",
        "sam okafor@example.org",
        "sam@example@org",
        "sam@-example.org",
        "sam@example..org",
        ".sam@example.org",
        "sam..okafor@example.org",
        "sam@exam_ple.org",
        "Sam <sam@example.org>",
        "sam@example.org, maya@example.org",
        "sam@example.org\r\nBcc: maya@example.org",
        "sam\x00@example.org",
        f"sam@{'e' * 64}.org",
        f"{'s' * 250}@example.org",
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_email(email)
    assert refusal.value.field == "email"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("sam@example.org", " SAM@Example.ORG"),
        ("søren@exämple.org", "SØREN@EXÄMPLE.ORG"),
        ("jose\u0301@example.org", "Jos\u00e9@example.org"),
        ("ΣΟΦΙΑ@example.gr", "σοφια@example.gr"),
    ],
)
def test_an_address_is_the_same_in_capitals(one: str, other: str) -> None:
    assert email_key(one) == email_key(other)


def test_addresses_that_only_look_alike_are_two() -> None:
    assert len({email_key(each) for each in ("strasse@example.org", "straße@example.org", "jose@example.org")}) == 3


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Sam \n Okafor\t", "Sam Okafor"),
        ("Prof. Dr. Åsa Lindqvist-O\u2019Hara, MD", "Prof. Dr. Åsa Lindqvist-O\u2019Hara, MD"),
        ("A\u030asa", "Åsa"),
        ("Sam\x07\x00Okafor", "Sam Okafor"),
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("नितिन", "नितिन"),
        ("李伟", "李伟"),
    ],
)
def test_a_name_is_kept_on_one_line(typed: str, kept: str) -> None:
    assert check_name(typed) == kept


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "...", "x" * 201])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_name(name)
    assert refusal.value.field == "name"


def test_how_someone_likes_to_be_called_is_one_short_line() -> None:
    typed = Details("en", "UTC", "", "", True, preferred_name=" Sam\n the  Great ")
    assert check_details(typed).preferred_name == "Sam the Great"
    with pytest.raises(InvalidInput) as refusal:
        check_details(Details("en", "UTC", "", "", True, preferred_name="x" * 81))
    assert refusal.value.field == "preferred_name"


@pytest.mark.parametrize(
    ("email", "shown"),
    [
        ("sam@example.org", "s•••@e•••.org"),
        ("s@x.y", "s•••@x•••.y"),
        ("sam.okafor@mail.school.example", "s•••@m•••.example"),
        ("sam@localhost", "s•••@l•••"),
        ('"a@b"@example.org', '"•••@e•••.org'),
        ("日本@例え.テスト", "日•••@例•••.テスト"),
    ],
)
def test_a_masked_address_says_little(email, shown):
    assert masked(email) == shown
