"""What mail servers say, in plain words."""

import pytest

from server.admin.rules import mail_reasons as reasons
from server.admin.rules.mail_reasons import in_plain_words


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        ("550 5.1.1 <sam@example.org>: Recipient address rejected: User unknown", reasons.NO_MAILBOX),
        ("550 No such user here", reasons.NO_MAILBOX),
        ("553 5.1.3 Invalid address", reasons.NO_DOMAIN),
        ("550 5.1.2 Host not found", reasons.NO_DOMAIN),
        ("452 4.2.2 The recipient's inbox is out of storage space", reasons.FULL),
        ("552 Mailbox full", reasons.FULL),
        ("550 5.2.1 The account is disabled", reasons.CLOSED),
        ("552 5.3.4 Message too big", reasons.TOO_LARGE),
        ("550 5.7.1 Our system has detected that this message is likely unsolicited", reasons.RULE),
        ("554 Blocked by our spam filter", reasons.RULE),
        ("451 Try again later", reasons.NOT_NOW),
        ("It could not be written: KeyError", reasons.NOT_WRITTEN),
        ("No feature writes emails of the kind greeting", reasons.NOT_WRITTEN),
        ("554 Transaction failed", reasons.REFUSED),
        ("", reasons.REFUSED),
    ],
)
def test_the_reason_is_found_in_what_the_server_said(reply, reason):
    assert in_plain_words(reply).sentence == reason
