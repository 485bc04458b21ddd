"""Pages are tried by visitors of a running site."""

from tests.server.site import admin, contents, coordinator, database, mentee, mentor, nobody, pair, stranger

__all__ = ["admin", "contents", "coordinator", "database", "mentee", "mentor", "nobody", "pair", "stranger"]
