"""The fixtures of all tests of the product: people in a database, and a site that all pages share."""

from tests.server.actors import by_link, contents, contents_but_rate_limits, count, no_limits, pair, queries
from tests.server.sending import clock, mailer
from tests.server.site import calendars, site
from tests.server.statements import costs, no_costly_statement

__all__ = [
    "by_link",
    "calendars",
    "clock",
    "contents",
    "contents_but_rate_limits",
    "costs",
    "count",
    "mailer",
    "no_costly_statement",
    "no_limits",
    "pair",
    "queries",
    "site",
]
