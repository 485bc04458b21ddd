"""The fixtures of all tests of the product: people in a database, and a site that all pages share."""

from tests.server.actors import by_link, contents, contents_but_rate_limits, count, no_limits, pair, queries
from tests.server.sending import clock, mailer
from tests.server.site import calendars, site

__all__ = [
    "by_link",
    "calendars",
    "clock",
    "contents",
    "contents_but_rate_limits",
    "count",
    "mailer",
    "no_limits",
    "pair",
    "queries",
    "site",
]
