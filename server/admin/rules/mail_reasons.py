"""Why an email was not taken, in plain words: from what the mail server said (RFC 5321, 4.2; RFC 3463)."""

import re

from server.i18n.texts import N_, Text

NO_MAILBOX = N_("There is no mailbox with this address. It is probably mistyped.")
NO_DOMAIN = N_("What stands after the @ in this address does not exist, or takes no emails. It is probably mistyped.")
FULL = N_("Their mailbox is full.")
CLOSED = N_("Their mailbox was closed, or takes no emails at the moment.")
TOO_LARGE = N_("The email is larger than their mailbox takes.")
RULE = N_(
    "A rule of the mail server refuses it: it takes the email for spam, or does not trust this server as a sender."
)
NOT_NOW = N_("The mail server does not take it at the moment.")
NOT_WRITTEN = N_("This server could not write the email. The log says where it failed.")
REFUSED = N_("The mail server does not take it.")

# The first that is found counts. Enhanced codes say most; then what mail servers write, then bare codes.
REASONS = (
    (r"^it could not be written|^no feature writes", NOT_WRITTEN),
    (r"\b5\.1\.(0|1|6|10)\b", NO_MAILBOX),
    (r"\b5\.1\.(2|3|9)\b|\b5\.4\.(4|310)\b|nullmx", NO_DOMAIN),
    (r"\b[45]\.2\.2\b|over ?quota|quota exceeded|mailbox (is )?full|insufficient storage", FULL),
    (r"\b[45]\.2\.1\b", CLOSED),
    (r"\b5\.(2\.3|3\.4)\b", TOO_LARGE),
    (r"\b[45]\.7\.\d+\b|\bspam\b|\bspf\b|\bdkim\b|\bdmarc\b|blocked|blacklist|blocklist", RULE),
    (r"no such (user|mailbox|recipient)|(user|recipient|address) unknown|unknown (user|recipient)", NO_MAILBOX),
    (r"(host|domain) (name )?(was )?not found|bad domain|no such domain", NO_DOMAIN),
    (r"^4\d\d\b", NOT_NOW),
)


def in_plain_words(reply: str) -> Text:
    """The reason; that it was refused where the mail server does not say why."""
    said = reply.casefold()
    return Text(next((reason for pattern, reason in REASONS if re.search(pattern, said)), REFUSED), {})
