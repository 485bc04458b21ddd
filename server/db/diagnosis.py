"""Why the database cannot be used, in one sentence, and what helps."""

import asyncio
import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped] # it has no stubs
from sqlalchemy import URL, make_url
from sqlalchemy.exc import DBAPIError

from server.db.database import Unavailable

SQLITE_REASONS = {
    "disk is full": "There is no room left on the disk of {file}. This shows what fills it: du -xh {folder}",
    "is locked": "{file} is locked by another process. This shows which: fuser -v {file}",
    "not a database": "{file} is not an SQLite database. Name the right one, or restore the backup.",
    "malformed": "{file} is damaged. Restore the backup.",
}
POSTGRESQL_REASONS: dict[type[Exception], str] = {
    asyncpg.InvalidCatalogNameError: (
        "There is no database {name} at {host}. Run: createdb --host {host} --owner {user} {name}"
    ),
    asyncpg.InvalidAuthorizationSpecificationError: (
        "PostgreSQL at {host} refuses the login of {user}. Check user and password in FIRESIDE_DATABASE_URL."
    ),
    asyncpg.ReadOnlySQLTransactionError: (
        "PostgreSQL at {host} only reads: it is a standby, or set to read only. Name the primary server in "
        "FIRESIDE_DATABASE_URL."
    ),
    asyncpg.InsufficientPrivilegeError: (
        "The user {user} may not write to the database {name} at {host}. Make it the owner: "
        "ALTER DATABASE {name} OWNER TO {user}"
    ),
    socket.gaierror: "The host {host} is not known. Check FIRESIDE_DATABASE_URL.",
}


def explain(url: str, error: Unavailable) -> str:
    """One or two sentences for the admin. `url` is the database's; no password of it is in them."""
    parts = make_url(url)
    return _explain_sqlite(parts, error) if parts.drivername.startswith("sqlite") else _explain_postgresql(parts, error)


def _explain_sqlite(url: URL, error: Unavailable) -> str:
    file = Path(url.database or "").absolute()
    for part, reason in SQLITE_REASONS.items():
        if part in str(error):
            return reason.format(file=file, folder=file.parent)
    return explain_file(file) or f"The database {file} cannot be used: {error}"


def explain_file(file: Path) -> str | None:
    """What keeps this process from writing to the file, or to its folder, where SQLite keeps its log. None: nothing."""
    if not file.parent.exists():
        return f"The folder {file.parent} does not exist. Run: mkdir -p {file.parent}"
    if not os.access(file.parent, os.X_OK):
        return _not_ours(file.parent)
    if os.statvfs(file.parent).f_flag & os.ST_RDONLY:
        return f"The disk of {file} is mounted read-only. Mount it writable, or name another folder in FIRESIDE_DATA."
    for each in (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")), file.parent):
        if each.exists() and not os.access(each, os.R_OK | os.W_OK):
            return _not_ours(each)
    return None


def _not_ours(path: Path) -> str:
    me = os.geteuid()
    if path.stat().st_uid == me:
        return f"{path} may not be written. Run: chmod -R u+rwX {path}"
    return (
        f"{path} belongs to {_name_of(path.stat().st_uid)}, and {_name_of(me)} may not write to it. "
        f"Run Fireside as that user, or run: chown -R {_name_of(me)} {path if path.is_dir() else path.parent}"
    )


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return str(user)


def _explain_postgresql(url: URL, error: Unavailable) -> str:
    for cause in _causes(error):
        for kind, reason in POSTGRESQL_REASONS.items():
            if isinstance(cause, kind):
                return reason.format(host=url.host, user=url.username, name=url.database)
        if isinstance(cause, OSError | asyncio.TimeoutError):
            return (
                f"PostgreSQL at {url.host}:{url.port or 5432} cannot be reached ({str(cause) or 'no answer'}). Is it "
                "running, and is FIRESIDE_DATABASE_URL right?"
            )
    return f"The database {url.database} at {url.host} cannot be used: {error}"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.orig if isinstance(error, DBAPIError) else error.__cause__
