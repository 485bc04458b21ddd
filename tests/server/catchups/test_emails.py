"""Emails about catch-ups: discreet, in the reader's language and time, each with its link."""

from dataclasses import replace
from email.message import EmailMessage

import pytest

from server.catchups.emails import KINDS, subject_of
from server.catchups.rules.drafts import Caller, Medium
from server.catchups.rules.invitations import Status
from server.i18n.catalog import LANGUAGES
from tests.calendar_reader import CalendarReader, Held
from tests.server.catchups.an_email import BOOKING, CONTEXT, FIRST, INVITATION, LINK, MAYA, MOVED, SAM, written


def text_of(message: EmailMessage) -> str:
    return message.get_body(("plain",)).get_content()


def html_of(message: EmailMessage) -> str:
    return message.get_body(("html",)).get_content()


def types(message: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in message.walk()]


@pytest.mark.parametrize("moved", [None, MOVED], ids=["new", "moved"])
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_is_written_in_each_language_and_names_nobody_outside(kind, language, moved):
    for reader in (replace(SAM, language=language), replace(MAYA, language=language)):
        message = written(kind, reader, replace(CONTEXT, moved=moved))
        assert message["Subject"] == subject_of(kind, LANGUAGES[language])
        assert "Sam" not in message["Subject"]
        assert "Maya" not in message["Subject"]
        assert text_of(message).count(LINK) == 1
        assert html_of(message).count(f'href="{LINK}"') == 2
        assert f'<html lang="{language}" dir="{LANGUAGES[language].direction}">' in html_of(message)
        assert types(message) == ["multipart/alternative", "text/plain", "text/html"]


def test_an_email_reads_so():
    assert (
        text_of(written("offer_made"))
        == """\
Hello, Sam Okafor

Maya Lindqvist offers you a catch-up. You decide: accept, suggest another
time, or decline without giving a reason.

  - Tuesday 24 November, 14:00 (London time)
    15:00 for Maya (Stockholm time)
  - Wednesday 25 November, 23:30 (London time)
    Thursday 26 November, 00:30 for Maya (Stockholm time)

  30 minutes, by video or by phone.

By phone, Maya calls you.

Maya:

> I moved house.
> All is new.

See the offer and answer:
https://fireside.example/l/secret

You can answer until Wednesday 25 November, 23:30 (London time). You do not
have to.

--

This link is only for you. Anyone who has it can answer for you, so please
do not share it.

You can use the same link to withdraw at any time, without giving a reason,
and to see and change what we keep about you.

You get this email because you and Maya catch up through Fireside. We write
to you only about your catch-ups.

If you want no more emails about new offers from Maya, say so on the page of
the offer. They are not told.
"""
    )


@pytest.mark.parametrize(
    ("language", "zone", "said"),
    [
        ("en", "Asia/Kolkata", "Tuesday 24 November, 19:30 (Kolkata time)"),
        ("de", "America/Phoenix", "Dienstag, 24. November, 07:00 (Ortszeit Phoenix)"),
        ("ar", "Europe/London", "الثلاثاء، 24 نوفمبر، 2:00\xa0م (توقيت لندن)"),
    ],
)
def test_times_are_the_readers_own(language, zone, said):
    message = written("offer_accepted", replace(SAM, language=language, zone=zone))
    assert said in text_of(message)


def test_who_shares_the_clock_is_told_it_once():
    near = replace(CONTEXT, mentor=replace(MAYA, zone="Europe/London"))
    assert "for Maya" not in text_of(written("offer_accepted", context=near))
    assert "for Maya" in text_of(written("offer_accepted"))


def test_the_one_who_chose_is_spoken_to_as_such():
    assert "You withdrew" in text_of(written("booking_cancelled", SAM))
    assert "Sam Okafor withdrew" in text_of(written("booking_cancelled", MAYA))
    for reader in (SAM, MAYA):
        assert "> I am away then." in text_of(written("booking_cancelled", reader))


def test_who_wants_names_has_them_in_the_subject():
    message = written("offer_made", replace(SAM, discreet=False))
    assert message["Subject"] == "Catch-up with Maya Lindqvist: an offer for you"


def test_an_invitation_goes_with_it_and_names_nobody():
    message = written("offer_accepted", invitation=INVITATION)
    forms = ["multipart/alternative", "text/plain", "text/html", "text/calendar"]
    assert types(message) == ["multipart/mixed", *forms, "application/ics"]
    form, file = [part for part in message.walk() if part.get_content_type() in ("text/calendar", "application/ics")]
    assert form["Content-Type"].params["method"] == "REQUEST"
    assert file.get_filename() == "invite.ics"
    assert form.get_payload(decode=True) == file.get_payload(decode=True)
    shown = file.get_payload(decode=True).decode().replace("\r\n ", "")
    assert [word for word in ("Maya", "moved house", "Video") if word in shown] == []
    assert [shown.count(f"{name}:{LINK}\r\n") for name in ("URL", "LOCATION")] == [1, 1]
    assert f"\\n{LINK}\\n" in shown
    reader = CalendarReader()
    reader.take_mail(message)
    assert reader.events == {
        "5d2f@fireside": Held(3, FIRST, BOOKING.end, "CONFIRMED", "Catch-up", 2),
    }
    assert "reaches nobody; your link does." in text_of(message).replace("\n", " ")
    assert "The attached invitation" not in text_of(written("offer_accepted"))


def test_an_event_that_is_called_off_is_cancelled():
    called_off = replace(INVITATION, status=Status.CANCELLED)
    message = written("booking_cancelled", invitation=called_off)
    [form] = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    assert form["Content-Type"].params["method"] == "CANCEL"
    assert "takes it out of your calendar" in text_of(message)


def test_an_event_that_an_earlier_version_queued_for_an_offer_is_not_sent():
    assert types(written("offer_made", invitation=replace(INVITATION, status=Status.TENTATIVE, medium=None))) == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


BY_PHONE = replace(CONTEXT, booking=replace(BOOKING, medium=Medium.PHONE))
BY_MENTEE = replace(BY_PHONE, offer=replace(BY_PHONE.offer, caller=Caller.MENTEE))


@pytest.mark.parametrize("kind", ["offer_accepted", "booking_moved", "reminder_day", "reminder_soon"])
@pytest.mark.parametrize(
    ("reader", "context", "reachable", "said"),
    [
        (MAYA, BY_PHONE, {2}, "you call Sam Okafor. A little before the start, your page shows the number."),
        (MAYA, BY_PHONE, {1}, "you call Sam Okafor, who has not given a number yet."),
        (SAM, BY_PHONE, {2}, "Maya calls you at the number that you gave."),
        (SAM, BY_PHONE, {1}, "Maya calls you. For that they need your number: please add it on your page."),
        (SAM, BY_MENTEE, {1, 2}, "you call Maya. A little before the start, your page shows the number."),
        (MAYA, BY_MENTEE, {1}, "Sam Okafor calls you at the number that you gave."),
    ],
)
def test_by_phone_it_says_who_calls_and_claims_no_number_that_is_not_there(kind, reader, context, reachable, said):
    text = " ".join(text_of(written(kind, reader, replace(context, reachable=frozenset(reachable)))).split())
    assert f"You speak by phone, and {said}" in text
    assert "by video" not in text
    claims = ("your page shows the number", "the number that you gave")
    assert sum(claim in text for claim in claims) == (said[-1] == "." and "yet" not in said and "please" not in said)


def test_an_offer_says_who_would_call():
    for reader, context, said in (
        (SAM, CONTEXT, "By phone, Maya calls you."),
        (MAYA, CONTEXT, "By phone, you call Sam Okafor."),
        (SAM, replace(CONTEXT, offer=BY_MENTEE.offer), "By phone, you call Maya."),
    ):
        assert said in text_of(written("offer_made", reader, context))
    by_video = replace(CONTEXT, offer=replace(CONTEXT.offer, media=frozenset({Medium.VIDEO})))
    assert "By phone" not in text_of(written("offer_made", SAM, by_video))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_where_the_scheme_is_reached_stands_in_both_forms_where_it_is_set(kind):
    for contact, times in (("help@example.org", 1), ("", 0)):
        message = written(kind, contact=contact)
        text, html = (message.get_body((form,)).get_content() for form in ("plain", "html"))
        assert " ".join(text.split()).count("Contact the scheme: help@example.org") == times
        assert html.count('<a href="mailto:help@example.org" dir="ltr">help@example.org</a>') == times
