"""The mail server: whether it takes our emails, with a test email if an address is given."""

import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import urlsplit

from server.app import make_transport
from server.config import Settings
from server.doctor.findings import DoctorFinding, good, soon, wrong
from server.mail.headers import message_policy
from server.mail.transport import ConnectionLost, DeliveryFailure

PART = "Emails"
NOBODYS = "localhost"
WAITING_LONG = timedelta(minutes=30)
TEST = (
    "This server can send emails: here is the one that fireside doctor was asked for.\n\n"
    "If it came into the spam folder, others will find ours there, too. Then check the SPF, DKIM and DMARC records of\n"
    "the domain.\n"
)


async def look_at_emails(settings: Settings, address: str, now: datetime) -> AsyncIterator[DoctorFinding]:
    """`address` gets a test email, unless it is empty."""
    if not settings.smtp_url:
        yield soon(
            PART, f"they are not sent, but kept in {settings.mail_folder}.", "Set FIRESIDE_SMTP_URL to a mail server."
        )
        return
    host = urlsplit(settings.smtp_url).hostname
    transport = make_transport(settings)
    try:
        await transport.connect()
        if address:
            await transport.send(_test_email(settings, address, now))
        await transport.disconnect()
    except (ConnectionLost, DeliveryFailure) as error:
        yield wrong(
            PART,
            f"the mail server {host} does not take them: {error}",
            "Check FIRESIDE_SMTP_URL, FIRESIDE_SMTP_USER, FIRESIDE_SMTP_PASSWORD and FIRESIDE_MAIL_FROM. Many "
            "providers block port 25: use port 587 with smtp+starttls, or 465 with smtps.",
        )
    else:
        yield good(PART, f"{host} took a test email to {address}." if address else f"{host} takes our login.")
    if parseaddr(settings.mail_from)[1].endswith(f"@{NOBODYS}"):
        yield wrong(
            PART,
            f"their sender is {settings.mail_from}: others take them for spam.",
            "Set FIRESIDE_MAIL_FROM to an address of your domain.",
        )


def judge_waiting(oldest: datetime | None, now: datetime) -> DoctorFinding:
    """`oldest`: since when the oldest of the due emails has been due."""
    if oldest is None or now - oldest < WAITING_LONG:
        return good(PART, "none waits for long.")
    return wrong(
        PART,
        f"one has been due since {oldest:%Y-%m-%d %H:%M} UTC.",
        "The page Emails says what the mail server answers. Does the service run?",
    )


def _test_email(settings: Settings, address: str, now: datetime) -> EmailMessage:
    message = EmailMessage(policy=message_policy())
    message["Subject"] = "A test email"
    message["From"] = settings.mail_from
    message["To"] = address
    message["Date"] = now
    message["Message-ID"] = f"<{uuid.uuid4()}@{urlsplit(settings.base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(TEST)
    return message
