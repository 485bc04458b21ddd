"""An answer by email, in real browsers: a message on the page, its notice from a real mail server, a reply by LMTP."""

import asyncio
import smtplib
from email.message import EmailMessage

import pytest
from playwright.async_api import Page, expect

from tests.cast import Fireside, free_port
from tests.journeys.test_between_calls import SAM, send_all_now, write
from tests.smtp_server import SmtpServer, link_in

PDF = b"%PDF-1.7 plan"


@pytest.fixture
def smtp_setting(smtp_server: SmtpServer) -> dict[str, str]:
    return {
        "FIRESIDE_SMTP_URL": smtp_server.url,
        "FIRESIDE_LMTP": f"127.0.0.1:{free_port()}",
        "FIRESIDE_REPLY_ADDRESS": "reply@meet.example.org",
    }


def reply_to(notice: EmailMessage, words: str, sender: str) -> EmailMessage:
    """As mail programs do: with the notice below, in its form of text and of HTML, and with a file."""
    reply = EmailMessage()
    reply["From"], reply["To"], reply["Subject"] = (
        f"Sam <{sender}>",
        str(notice["Reply-To"]),
        f"Re: {notice['Subject']}",
    )
    reply["Message-ID"], reply["In-Reply-To"] = "<1@example.org>", str(notice["Message-ID"])
    text, html = (notice.get_body((form,)).get_content() for form in ("plain", "html"))
    above = "On Sun, Nov 29, 2026 at 5:01 PM Fireside <fireside@localhost> wrote:"
    quoted = "\n".join(f"> {line}" for line in text.splitlines())
    reply.set_content(f"{words}\n\n{above}\n\n{quoted}\n")
    reply.add_alternative(f"<p>{words}</p><div>{above}<blockquote>{html}</blockquote></div>", subtype="html")
    reply.add_attachment(PDF, maintype="application", subtype="pdf", filename="Plan.pdf")
    return reply


def hand_in(setting: dict[str, str], email: EmailMessage, sender: str) -> None:
    """As the host's mail server."""
    host, port = setting["FIRESIDE_LMTP"].split(":")
    [to] = email["To"].addresses
    with smtplib.LMTP(host, int(port), timeout=60) as client:
        assert client.sendmail(sender, [to.addr_spec.upper()], email.as_bytes()) == {}


async def test_a_reply_to_a_notice_stands_in_the_thread_for_both(
    fireside: Fireside, smtp_setting: dict[str, str], smtp_server: SmtpServer, mentor: Page, mentee: Page
) -> None:
    await mentor.goto(fireside.links["mentor"])
    await mentor.goto(f"{fireside.base_url}/mentorships/1")
    await write(mentor, "Sam Okafor", "How was the exam?")
    await send_all_now(fireside)
    notice = await smtp_server.next_email(SAM, "a new message for you")
    assert "You can also answer by replying" in notice.get_body(("plain",)).get_content()

    # While Maya has the page open, the reply is there at once, without what it quotes.
    words = "Gut, danke! نجحت"
    await asyncio.to_thread(hand_in, smtp_setting, reply_to(notice, words, SAM), SAM)
    message = mentor.get_by_text(words, exact=True)
    await expect(message).to_be_visible()
    async with mentor.expect_download() as download:
        await mentor.get_by_role("link", name="Plan.pdf").click()
    assert (await download.value).suggested_filename == "Plan.pdf"
    await expect(mentor.get_by_text("/l/")).to_have_count(0)

    # Sam sees it on the page, too, and can delete it there.
    await mentee.goto(link_in(notice))
    await expect(mentee.get_by_text(words, exact=True)).to_be_visible()
    await expect(mentee.get_by_role("button", name="Delete for both")).to_have_count(1)

    # A reply from another address: Sam is told, at his own.
    other = reply_to(notice, "It is me.", "sam.work@example.org")
    other.replace_header("Message-ID", "<2@example.org>")
    await asyncio.to_thread(hand_in, smtp_setting, other, "sam.work@example.org")
    told = await smtp_server.next_email(SAM, "About your answer by email")
    assert "from another email address than this one" in " ".join(told.get_body(("plain",)).get_content().split())
    await mentee.goto(link_in(told))
    await expect(mentee.get_by_label("Write to Maya Lindqvist")).to_be_visible()
    await expect(mentee.get_by_text("It is me.")).to_have_count(0)
