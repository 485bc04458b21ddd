"""The database's URL as people write it, and as the engine needs it."""

from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgres": "postgresql+asyncpg", "postgresql": "postgresql+asyncpg"}
SSL_MODES = frozenset({"disable", "allow", "prefer", "require", "verify-ca", "verify-full"})


def parse_database_url(text: str) -> str:
    """The URL for Database. `postgresql:` and `sqlite:` get our drivers, and libpq's sslmode is understood.

    Raises ValueError, which may hold the password.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise ValueError("no database URL") from None
    url = url.set(drivername=DRIVERS.get(url.drivername, url.drivername))
    if (
        url.drivername not in DRIVERS.values()
        or not url.database
        or (url.host is None) != url.drivername.startswith("sqlite")
    ):
        raise ValueError("no database URL")
    query = dict(url.query)
    mode = query.pop("sslmode", None) or query.pop("ssl", None)
    if query or (mode is not None and (mode not in SSL_MODES or url.host is None)):
        raise ValueError("an option that is not known")
    if mode is not None:
        url = url.set(query={"ssl": mode})
    return url.render_as_string(hide_password=False)


def shown_database_url(url: str) -> str:
    """The file, or the URL without its password."""
    parts = make_url(url)
    return str(parts.database) if parts.host is None else parts.render_as_string()


def sqlite_file(url: str) -> Path | None:
    """The file of an SQLite database."""
    parts = make_url(url)
    return Path(parts.database or "").absolute() if parts.drivername == DRIVERS["sqlite"] else None


def password_of(url: str) -> str:
    """The password in the URL; empty without one."""
    return str(make_url(url).password or "")
