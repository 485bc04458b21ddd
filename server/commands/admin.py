"""`fireside admin`: accounts and links to sign in, pairs of a mentor and a mentee, and what is known of a person."""

import argparse
import shlex
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from server.admin.actions.accounts import NewAccount, find_any_account, make_account, make_account_link
from server.config import SETTINGS, Settings
from server.db.database import Database
from server.errors import InvalidInput
from server.people.actions.people import NewPerson, add_pair, correct_person
from server.people.rules.accounts import Role
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.links import LASTS, Purpose
from server.people.rules.people import Person, check_name

EXAMPLES = """\
  fireside admin create ada@example.org --name "Ada Obi"
  fireside admin create ben@example.org --name "Ben Weiss" --role coordinator
  fireside admin link ada@example.org
  fireside admin pair --mentor "Maya Lindqvist" maya@example.org --mentee "Sam Okafor" sam@example.org
  fireside admin pair --mentor "Nour Haddad" nour@example.org --mentor-language ar --mentor-zone Africa/Cairo \\
    --mentee "Li Wei" li@example.org
  fireside admin person sam@example.org --name "Sam Okafor-Lund"
  fireside admin revoke sam@example.org
"""
ROLES = ("mentor", "mentee")


def add_create_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="EMAIL", help="Their email address: links to sign in are sent there.")
    parser.add_argument("--name", default="", help="Their name. Without it, what stands before the @.")
    parser.add_argument(
        "--role",
        type=Role,
        choices=tuple(Role),
        default=Role.ADMIN,
        help="A coordinator sees and arranges everything, but exports nothing and changes no accounts. Default: admin.",
    )


def add_link_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "who", metavar="EMAIL", nargs="?", help="Whose link, by their email address. Without it, the oldest admin's."
    )


def add_pair_arguments(parser: argparse.ArgumentParser) -> None:
    for role in ROLES:
        parser.add_argument(
            f"--{role}", nargs=2, metavar=("NAME", "EMAIL"), required=True, help=f"The {role}'s name and address."
        )
        for setting, allowed in (("language", "of FIRESIDE_LANGUAGE"), ("zone", "of FIRESIDE_ZONE")):
            parser.add_argument(
                f"--{role}-{setting}",
                metavar=setting.upper(),
                type=_parser(setting),
                help=f"The {role}'s {setting}: {SETTINGS[setting].allowed}. Without it, that {allowed}.",
            )


def add_person_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", metavar="EMAIL", help="The person's email address.")
    parser.add_argument("--name", help="Their name from now on.")
    parser.add_argument("--email", help="Their email address from now on.")


async def run_link(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Prints a link that signs in once. Raises UnknownAddress, or NoAccount."""
    async with database.writing() as connection:
        account = await find_any_account(connection, arguments.who)
        secret = await make_account_link(connection, account, now)
    return _print_link(settings, secret)


async def run_create(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Makes the account, or gives it the role, and prints a link that signs in once. Raises a DomainError."""
    new = NewAccount(arguments.who, arguments.role, settings.zone, settings.language, arguments.name)
    async with database.writing() as connection:
        account = await make_account(connection, new, COMMAND_LINE, now)
        secret = await make_account_link(connection, account, now)
    return _print_link(settings, secret)


def _print_link(settings: Settings, secret: str) -> int:
    print(f"This link signs in once, within {LASTS[Purpose.ADMIN].days} days.", file=sys.stderr)
    print(f"{settings.base_url}/l/{secret}")
    return 0


async def run_pair(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Prints the link to the mentor's home, and beside it what was not done. Raises OnePersonTwice."""
    new = {role: _new_person(arguments, role, settings) for role in ROLES}
    try:
        added = await add_pair(database, new["mentor"], new["mentee"], now)
    except InvalidInput as problem:
        role = problem.field.partition("_")[0]
        print(f"fireside: --{role} {new[role].name!r} {new[role].email!r}: {problem}", file=sys.stderr)
        return 1
    for role, person in (("mentor", added.mentor), ("mentee", added.mentee)):
        for sentence in _what_stays(arguments, role, new[role], person):
            print(sentence, file=sys.stderr)
    print(
        f"Nobody was sent an email. Send this link to {added.mentor.name}: it opens their home. "
        f"{added.mentee.name} gets a link by email with the first offer.",
        file=sys.stderr,
    )
    print(f"{settings.base_url}/l/{added.secret}")
    return 0


async def run_person(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Shows the person as they are known, corrected first if that was asked for. Raises a DomainError."""
    person = await correct_person(database, arguments.who, now, arguments.name, arguments.email)
    print(f"{person.name}, {arguments.email or arguments.who}, language {person.language}, zone {person.zone}")
    return 0


def _new_person(arguments: argparse.Namespace, role: str, settings: Settings) -> NewPerson:
    name, email = getattr(arguments, role)
    zone, language = getattr(arguments, f"{role}_zone"), getattr(arguments, f"{role}_language")
    return NewPerson(name, email, zone or settings.zone, language or settings.language, zone_known=zone is not None)


def _what_stays(arguments: argparse.Namespace, role: str, new: NewPerson, person: Person) -> Iterator[str]:
    """What was given and not saved, because the person was known before."""
    if check_name(new.name) != person.name:
        yield (
            f"{new.email} is already known as {person.name!r}. The name was not changed; "
            f"this does it: fireside admin person {shlex.quote(new.email)} --name {shlex.quote(new.name)}"
        )
    for what in ("language", "zone"):
        given, kept = getattr(arguments, f"{role}_{what}"), getattr(person, what)
        if given is not None and given != kept:
            yield f"{new.email} is already known with the {what} {kept}. It was not changed: they can do that."


def _parser(setting: str) -> Callable[[str], Any]:
    entry = SETTINGS[setting]

    def parse(text: str) -> Any:
        try:
            return entry.parse(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text!r} cannot be used. Allowed: {entry.allowed}.") from None

    return parse
