"""Pages are tried by visitors of a running site."""

from tests.server.calls.pages.numbers import numbers
from tests.server.site import admin, contents, database, mentee, mentor, nobody, pair, stranger

__all__ = ["admin", "contents", "database", "mentee", "mentor", "nobody", "numbers", "pair", "stranger"]
