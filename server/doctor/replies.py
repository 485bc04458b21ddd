"""Answers by email: whether Fireside takes what the mail server hands over."""

import asyncio
import smtplib
from datetime import datetime

from server.config import Settings
from server.doctor.findings import DoctorFinding, good, wrong
from server.mentorships.rules.reply_addresses import ReplyPlace
from server.replying import reply_addresses
from server.secret import ServerSecret, find_secret

PART = "Answers by email"
WITHIN_S = 10.0
# There is no such mentorship: an email to its address would be taken and come to nobody.
NOWHERE = ReplyPlace(0, 0)


async def look_at_replies(settings: Settings, now: datetime) -> DoctorFinding | None:
    """None where the host takes none, or the server never ran."""
    secret = find_secret(settings.secret, settings.data)
    addresses = reply_addresses(settings, ServerSecret(secret)) if secret is not None else None
    if addresses is None:
        return None
    try:
        code = await asyncio.to_thread(_ask, settings.lmtp, addresses.make(NOWHERE, now))
    except (OSError, smtplib.SMTPException) as error:
        return wrong(
            PART,
            f"nothing takes emails by LMTP at {settings.lmtp}: {error}",
            "Is the service running? systemctl status fireside.service. Your mail server keeps what comes meanwhile.",
        )
    if code != 250:
        return wrong(
            PART,
            f"what listens at {settings.lmtp} refuses an address of this server ({code}).",
            "Is it another program, or a Fireside with another FIRESIDE_SECRET?",
        )
    return good(
        PART,
        f"they are taken at {settings.lmtp}. Whether your mail server hands over what comes to "
        f"{settings.reply_address} shows when you reply to an email about a message.",
    )


def _ask(address: str, recipient: str) -> int:
    """The answer to a recipient; nothing is sent. Raises OSError or SMTPException."""
    host, _, port = address.rpartition(":")
    where = (address, 0) if address.startswith("/") else (host.strip("[]"), int(port))
    with smtplib.LMTP(timeout=WITHIN_S) as client:
        client.connect(*where)
        client.ehlo_or_helo_if_needed()
        client.mail("")
        return client.rcpt(recipient)[0]
