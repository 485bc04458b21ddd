"""The command `fireside`."""

import argparse
import asyncio
import json
import logging
import os
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from server.backup.rules import BackupProblem
from server.commands import admin, backup, erasure, ledger, retention, revocation
from server.commands.parsers import add_command, add_group
from server.config import SETTINGS, BadSetting, Settings, local_base_url, read_settings
from server.db.database import Database, ForeignKeyViolations, Unavailable
from server.db.diagnosis import explain, explain_file
from server.db.schema import MigrationStopped, SchemaOutdated, SchemaTooNew, migrate
from server.db.schema import check as check_schema
from server.db.url import shown_database_url, sqlite_file
from server.errors import DomainError
from server.log_format import LogFormat
from server.logs import hide, log_to_stderr
from server.machines.rules import CannotTakePart
from server.settings_file import NAME, BadSettingsFile, find_settings_file, read_settings_file
from server.web.readiness import missing_files
from signaling.hub.errors import RelayNotStarted

log = logging.getLogger(__name__)

Command = Callable[[argparse.Namespace, Settings], Coroutine[Any, Any, int]]
DatabaseCommand = Callable[[argparse.Namespace, Settings, Database, datetime], Coroutine[Any, Any, int]]


def main() -> None:
    """Runs the command; exits with 0 when it succeeded, 1 when it failed, 2 when its arguments are wrong."""
    arguments = _parser().parse_args()
    # What is in the data folder is for its owner only.
    os.umask(0o077)
    log_to_stderr()
    secrets: frozenset[str] = frozenset()
    command: Command = arguments.command
    if missing := missing_files():
        sys.exit(f"fireside: files of this installation are missing: {', '.join(missing)}. Install Fireside again.")
    try:
        file = find_settings_file(os.environ, Path.cwd())
        settings = read_settings(os.environ, _given(arguments), read_settings_file(file) if file else {})
        secrets = settings.secrets
        log_to_stderr(secrets, settings.log_format)
        if not getattr(arguments, "link", None):
            # The doctor of another machine's server works on nothing here.
            _say_what_is_worked_on(settings, file)
            _prepare_data_folder(settings, command)
        try:
            sys.exit(asyncio.run(command(arguments, settings)))
        except Unavailable as error:
            sys.exit(f"fireside: {hide(explain(settings.database_url, error), secrets)}")
    except OSError as error:
        reason = explain_file(Path(error.filename)) if error.filename else None
        sys.exit(f"fireside: {hide(reason or str(error), secrets)}")
    except CANNOT_WORK as error:
        sys.exit(f"fireside: {hide(str(error), secrets)}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:
        log.exception("this command failed")
        sys.exit(1)


class NoDatabase(Exception):
    """A command that makes no database was given settings under which there is none."""


CANNOT_WORK = (
    BackupProblem,
    BadSetting,
    BadSettingsFile,
    CannotTakePart,
    DomainError,
    ForeignKeyViolations,
    MigrationStopped,
    NoDatabase,
    RelayNotStarted,
    SchemaOutdated,
    SchemaTooNew,
)


def _say_what_is_worked_on(settings: Settings, file: Path | None) -> None:
    """Whoever runs a command without the settings of the service sees it here."""
    said = (
        f"database {shown_database_url(settings.database_url)}, base URL {settings.base_url}, "
        f"settings from {file or 'the environment'}"
    )
    if settings.log_format is LogFormat.JSON:
        log.info("%s", said)
    else:
        print(f"fireside: {said}", file=sys.stderr)


def _prepare_data_folder(settings: Settings, command: Command) -> None:
    """Makes the folder where it may be new. Raises NoDatabase where there must be one, or BadSetting."""
    database = sqlite_file(settings.database_url)
    if database and not database.exists() and command not in (_migrate, _demo, backup.run_restore):
        raise NoDatabase(
            f"There is no database at {database}. Give this command the settings of the service: the same {NAME}, the "
            "same FIRESIDE_… variables, or --data. For a new database, run: fireside migrate"
        )
    try:
        if command in (_serve, _relay, _demo, _migrate, backup.run_restore):
            settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadSetting(
            f"FIRESIDE_DATA={str(settings.data)!r} cannot be used: {error.filename} cannot be made as a folder "
            f"({error.strerror}). Name a folder that you may write to."
        ) from None
    _close_database_file(settings.data)


def _close_database_file(folder: Path) -> None:
    """Takes the rights of others to a database that an earlier version made for all to read."""
    for file in folder.glob("fireside.sqlite3*"):
        if file.stat().st_uid == os.geteuid():
            # Whether the disk can be written is found out later, and said better.
            with suppress(OSError):
                file.chmod(0o600)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="fireside",
        description="A self-hosted server for mentoring by video. Its settings are in docs/settings.md.",
    )
    parser.add_argument("--version", action="version", version=f"Fireside {version('fireside')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serving = add_command(commands, "serve", _serve, "Serve the pages and the calls.")
    serving.add_argument(
        "--replace",
        action="store_true",
        help="Take the place of the process that serves this data folder, without a failed request. Calls go on.",
    )
    serving.add_argument(
        "--no-relays",
        action="store_true",
        help="Serve pages only: the calls are in relay processes of other machines that serve the same PostgreSQL.",
    )
    relaying = add_command(
        commands,
        "relay",
        _relay,
        "Serve the relay processes of this machine, and no pages, for other machines that serve the same PostgreSQL.",
    )
    relaying.add_argument("--replace", action="store_true", help="Take the place of the process that does so here.")
    demo = add_command(
        commands, "demo", _demo, "Serve with a demo pair, and print links for the mentor, the mentee and the admin."
    )
    demo.add_argument("--json", action="store_true", help="Print the links as one line of JSON.")
    add_command(commands, "migrate", _migrate, "Bring the database's schema up to date.")
    admins = add_group(
        commands,
        "admin",
        "Make accounts and links to sign in, add a pair, correct a person, or end links.",
        admin.EXAMPLES,
    )
    admin.add_create_arguments(
        add_command(admins, "create", _in_database(admin.run_create), "Make an account for an admin or a coordinator.")
    )
    admin.add_link_arguments(
        add_command(admins, "link", _in_database(admin.run_link), "Make a link that signs an admin in once.")
    )
    admin.add_pair_arguments(
        add_command(admins, "pair", _in_database(admin.run_pair), "Add a mentor and a mentee who work together.")
    )
    admin.add_person_arguments(
        add_command(
            admins, "person", _in_database(admin.run_person), "Show a person, or correct their name or email address."
        )
    )
    erasure.add_erase_arguments(
        add_command(admins, "erase", _in_database(erasure.run_erase), "Erase a person, and keep what counts need.")
    )
    retention.add_retention_arguments(
        add_command(
            admins,
            "retention",
            _in_database(retention.run_retention),
            "Say what is older than its period, or remove it.",
        )
    )
    revocation.add_revoke_arguments(
        add_command(admins, "revoke", _in_database(revocation.run_revoke), "End links, and sign their browsers out.")
    )
    ledgers = add_group(commands, "ledger", "Check the ledger of choices, or hand out its head.", ledger.EXAMPLES)
    ledger.add_verify_arguments(
        add_command(
            ledgers, "verify", _in_database(ledger.run_verify), "Check that no entry was changed, deleted or replaced."
        )
    )
    add_command(ledgers, "head", _in_database(ledger.run_head), "Print the head of the ledger, signed, to be kept.")
    backup.add_backup_arguments(
        add_command(commands, "backup", backup.run_backup, "Back up the database and the secret while everything runs.")
    )
    backup.add_restore_arguments(
        add_command(commands, "restore", backup.run_restore, "Restore a backup where there is no database.")
    )
    backup.add_drill_arguments(
        add_command(
            commands,
            "drill",
            _checked(backup.run_drill),
            "Restore the newest backup into a scratch database, and say whether it holds.",
        )
    )
    doctor = add_command(
        commands,
        "doctor",
        _doctor,
        "Look at all that calls need, send test media to the relay and back, and say how to correct what is wrong. "
        "Exits with 0 when all is well, 1 when people would notice, 3 when something needs care soon.",
    )
    doctor.add_argument("--email", default="", metavar="ADDRESS", help="Send a test email to this address, too.")
    doctor.add_argument(
        "--link",
        help="A new link from `fireside admin link`, which is used up, to check from another machine. Without it, this "
        "server checks itself, by an account that is there.",
    )
    return parser


def _given(arguments: argparse.Namespace) -> dict[str, str]:
    given = {name: value for name, value in vars(arguments).items() if name in SETTINGS and value is not None}
    if arguments.command is _demo:
        given.setdefault("media_port", "0")
    return given


async def _serve(arguments: argparse.Namespace, settings: Settings) -> int:
    # Imported here because the other commands need neither pages nor calls.
    from server.serving import claim, serve

    if arguments.no_relays:
        if not settings.database_url.startswith("postgresql"):
            raise BadSetting("--no-relays needs PostgreSQL, in FIRESIDE_DATABASE_URL: the calls are on other machines.")
        settings = replace(settings, relays=0, relay_listen="")
    # Before anything is taken from a process that serves.
    async with _open_database(settings) as database:
        await database.check_writable()
    claimed = await claim(settings, replace=arguments.replace)
    settings = _with_own_port(settings, claimed.port)
    await serve(settings, claimed, lambda: print(f"Fireside is at {settings.base_url}", flush=True))
    return 0


async def _relay(arguments: argparse.Namespace, settings: Settings) -> int:
    from server.serving import claim, serve

    if not settings.relay_listen:
        raise BadSetting("FIRESIDE_RELAY_LISTEN is missing: where other machines reach the relay processes here.")
    settings = replace(settings, web_processes=1)
    async with _open_database(settings) as database:
        await database.check_writable()
    claimed = await claim(settings, replace=arguments.replace, pages=False)
    said = f"Relay processes serve at {settings.relay_listen}"
    await serve(settings, claimed, lambda: print(said, flush=True), pages=False)
    return 0


async def _demo(arguments: argparse.Namespace, settings: Settings) -> int:
    from server.demo import prepare_demo
    from server.serving import claim, serve

    claimed = await claim(settings)
    settings = _with_own_port(settings, claimed.port)
    database = Database(settings.database_url)
    await migrate(database)
    paths = asdict(await prepare_demo(database, settings.join_window, datetime.now(UTC)))
    await database.close()
    links = {name: settings.base_url + path for name, path in paths.items()}

    def announce() -> None:
        if arguments.json:
            print(json.dumps({"base_url": settings.base_url, **links}), flush=True)
            return
        print(f"Fireside is at {settings.base_url}. Open each link in its own browser or private window:", flush=True)
        for name, link in links.items():
            print(f"  {name.replace('_', ', '):16} {link}", flush=True)

    await serve(settings, claimed, announce)
    return 0


async def _migrate(arguments: argparse.Namespace, settings: Settings) -> int:
    database = Database(settings.database_url)
    made = await migrate(database)
    await database.close()
    shown = shown_database_url(settings.database_url)
    print(f"A new database was made: {shown}" if made else "The database's schema is up to date.")
    return 0


def _in_database(command: DatabaseCommand) -> Command:
    """The command with the database opened for it."""

    async def run(arguments: argparse.Namespace, settings: Settings) -> int:
        async with _open_database(settings) as database:
            return await command(arguments, settings, database, datetime.now(UTC))

    return run


def _checked(command: Command) -> Command:
    """The command, where the database has the newest schema."""

    async def run(arguments: argparse.Namespace, settings: Settings) -> int:
        async with _open_database(settings):
            pass
        return await command(arguments, settings)

    return run


async def _doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    # Imported here because only this command needs the libraries that send media.
    from server.doctor.examination import examine_all
    from server.doctor.findings import DoctorFinding, exit_code
    from server.doctor.media import PagesUnavailable, examine

    now = datetime.now(UTC)
    found: list[DoctorFinding] = []
    if arguments.link:
        try:
            found += (await examine(arguments.link, now)).findings
        except PagesUnavailable as error:
            print(error)
            return 1
        for each in found:
            print(each.lines)
    else:
        async for each in examine_all(settings, arguments.email, now):
            print(hide(each.lines, settings.secrets), flush=True)
            found.append(each)
    return exit_code(found)


@asynccontextmanager
async def _open_database(settings: Settings) -> AsyncIterator[Database]:
    """The database, closed at the end. Raises SchemaOutdated."""
    database = Database(settings.database_url)
    try:
        await check_schema(database)
        yield database
    finally:
        await database.close()


def _with_own_port(settings: Settings, port: int) -> Settings:
    """With the port that was opened in the base URL, where that is not set."""
    if settings.base_url != local_base_url(settings.port):
        return settings
    return replace(settings, base_url=local_base_url(port))
