"""`fireside admin erase`: erases one person, after saying what goes."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime

from server.config import Settings
from server.db.database import Database
from server.people.rules.audit import COMMAND_LINE
from server.people.rules.people import email_key
from server.privacy.actions.erasing import erase_person
from server.privacy.queries.erasure import find_erasure
from server.privacy.rules.places import PLACES, Fate, Place


def add_erase_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("who", metavar="EMAIL", help="The person's email address.")
    parser.add_argument("--yes", action="store_true", help="Erase without asking.")


async def run_erase(arguments: Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Says what goes and what stays, and asks for the address once more. Raises UnknownAddress or HasAccount."""
    found = await find_erasure(database, arguments.who)
    print(f"Erasing {found.person.name}, {arguments.who}. This cannot be undone.", file=sys.stderr)
    for place in PLACES:
        if rows := found.rows.get(place.table):
            print(f"  {place.table}: {rows}, {_fate_of(place)}", file=sys.stderr)
    if not arguments.yes:
        print("Type the email address to erase this person: ", end="", file=sys.stderr, flush=True)
        if email_key(sys.stdin.readline()) != email_key(arguments.who):
            print("Nothing was erased.", file=sys.stderr)
            return 1
    await erase_person(database, found.person, COMMAND_LINE, settings.mail_folder, now)
    print("Erased. Backups from before still hold this person: delete them when their time has come.")
    return 0


def _fate_of(place: Place) -> str:
    if place.fate is Fate.GOES:
        return "deleted"
    return "emptied of their words" if place.blanked else "kept as numbers and times"
