"""A process that decides and sends emails until it is killed, and says what was committed, one line each.

python -m tests.faults.email_sender DATABASE SMTP MENTOR MENTEE AHEAD: with the secrets of the two home links, and by
how many seconds its clock goes ahead of the real one.
"""

import asyncio
import sys
from datetime import UTC, datetime, timedelta

from server.app import make_mailer
from server.catchups.actions.answers import decline_offer
from server.catchups.actions.offers import make_offer
from server.catchups.changes import limits
from server.catchups.rules.drafts import Draft, Medium
from server.catchups.rules.ledger import WORDINGS, ChoiceKind, ShownWording
from server.db.database import Database
from server.mail.mailer import send_due_emails
from server.mail.transport import SmtpTransport
from server.people.actions.links import find_visitor, open_link
from server.people.rules.rate_limits import RateLimit
from server.people.store.people import mentorships_of
from tests.server.sending import SEALER

OFFERED, DECLINED = (ShownWording(WORDINGS[kind], "en") for kind in (ChoiceKind.OFFERED, ChoiceKind.DECLINED))


async def work(url: str, smtp: str, mentor: str, mentee: str, ahead: float) -> None:
    database = Database(url)

    def clock() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=ahead)

    maya, sam = [
        await find_visitor(database, (await open_link(database, secret, None, clock())).token, clock())
        for secret in (mentor, mentee)
    ]
    async with database.reading() as connection:
        [mentorship] = await mentorships_of(connection, maya.person)
    mailer = make_mailer(
        SmtpTransport(smtp), "http://localhost", "f@example.org", clock, sealer=SEALER, guest_key=bytes(32)
    )

    async def decide() -> None:
        while True:
            draft = Draft("", frozenset({Medium.VIDEO}), (clock() + timedelta(days=30),), 30)
            offer = await make_offer(database, maya, mentorship.id, draft, OFFERED, clock())
            print("offered", offer.id, flush=True)
            await decline_offer(database, sam, offer.id, "", DECLINED, clock())
            print("declined", offer.id, flush=True)
            await asyncio.sleep(0.02)

    async def send() -> None:
        while True:
            await send_due_emails(database, mailer)
            await asyncio.sleep(0.001)

    print("ready", flush=True)
    await asyncio.gather(decide(), send())


if __name__ == "__main__":
    # Nobody gets so many emails from one person: what is tried here is the sending.
    limits.MOST_OPEN_OFFERS = 1_000_000
    limits.PROPOSALS = RateLimit("proposals", 1_000_000, timedelta(hours=1))
    asyncio.run(work(*sys.argv[1:5], float(sys.argv[5])))
