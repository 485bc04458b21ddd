"""The mail server as the doctor finds it: a real one."""

from datetime import UTC, datetime, timedelta

from server.config import read_settings
from server.doctor.emails import judge_waiting, look_at_emails
from server.doctor.findings import Verdict

NOW = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
SENDER = {"mail_from": "Fireside <us@example.org>"}


async def look(address="", **given):
    return [each async for each in look_at_emails(read_settings({}, SENDER | given), address, NOW)]


async def test_a_test_email_goes_to_the_address_that_was_given(smtp_server):
    [found] = await look("ada@example.org", smtp_url=smtp_server.url)
    assert (found.verdict, found.said) == (Verdict.GOOD, "127.0.0.1 took a test email to ada@example.org.")
    [email] = smtp_server.emails
    assert (email["To"], email["Subject"]) == ("ada@example.org", "A test email")
    assert "fireside doctor was asked for" in email.get_content()


async def test_without_an_address_the_login_is_all_that_is_tried(smtp_server):
    [found] = await look(smtp_url=smtp_server.url)
    assert (found.verdict, smtp_server.emails) == (Verdict.GOOD, [])


async def test_what_the_mail_server_refuses_is_said_in_its_words(smtp_server):
    smtp_server.replies["RCPT"] = "550 5.7.1 no relaying here"
    [found] = await look("ada@example.org", smtp_url=smtp_server.url)
    assert (found.verdict, "no relaying here" in found.said) == (Verdict.WRONG, True)


async def test_a_mail_server_that_is_away_is_named(smtp_server):
    url = smtp_server.url
    smtp_server.close()
    [found] = await look(smtp_url=url)
    assert (found.verdict, found.said.startswith("the mail server 127.0.0.1 does not take them")) == (
        Verdict.WRONG,
        True,
    )


async def test_without_a_mail_server_or_with_nobodys_address_it_says_which_setting_is_missing(smtp_server):
    [kept] = await look()
    assert (kept.verdict, kept.help) == (Verdict.SOON, "Set FIRESIDE_SMTP_URL to a mail server.")
    _, sender = await look(smtp_url=smtp_server.url, mail_from="Fireside <fireside@localhost>")
    assert (sender.verdict, "FIRESIDE_MAIL_FROM" in sender.help) == (Verdict.WRONG, True)


def test_an_email_that_waits_for_long_is_wrong():
    found = [judge_waiting(each, NOW).verdict for each in (None, NOW - timedelta(minutes=20), NOW - timedelta(hours=1))]
    assert found == [Verdict.GOOD, Verdict.GOOD, Verdict.WRONG]
