"""`fireside admin erase`: erases one person, after saying what goes."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime

from server.config import Settings
from server.db.database import Database
from server.people.rules.audit import COMMAND_LINE
from server.privacy.actions.erasing import clear_erased, erase_person
from server.privacy.queries.person_data import find_person_id, read_person_data
from server.privacy.rules.erasure import TO_GIVE, ErasureReason
from server.privacy.rules.places import PLACES, OnErasure, Place


def add_erase_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("who", metavar="EMAIL", help="The person's email address.")
    parser.add_argument("--yes", action="store_true", help="Erase without asking.")
    parser.add_argument(
        "--reason",
        type=ErasureReason,
        choices=TO_GIVE,
        default=ErasureReason.ASKED,
        help="Why, for the audit log: they asked for it, they left the scheme, or they were added by mistake. "
        "Default: asked.",
    )


async def run_erase(arguments: Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Says what goes and what stays, and asks for the address once more.

    Raises UnknownAddress, InvalidInput, HasAccount or StillMeeting.
    """
    person_id = await find_person_id(database, arguments.who)
    found = await read_person_data(database, person_id, now)
    print(f"Erasing {found.person.name}, {arguments.who}. This cannot be undone.", file=sys.stderr)
    for place in PLACES:
        if rows := found.rows.get(place.table):
            print(f"  {place.table}: {rows}, {_fate_of(place)}", file=sys.stderr)
    if found.booked or found.waiting:
        print(f"To come, and called off: {found.booked} catch-ups, {found.waiting} offers.", file=sys.stderr)
    typed = arguments.who
    if not arguments.yes:
        print("Type the email address to erase this person: ", end="", file=sys.stderr, flush=True)
        typed = sys.stdin.readline()
    await erase_person(database, person_id, typed, arguments.reason, COMMAND_LINE, settings.kept_emails, now)
    await clear_erased(database, now)
    print("Erased. Backups from before still hold this person: delete them when their time has come.")
    return 0


def _fate_of(place: Place) -> str:
    if place.on_erasure is OnErasure.GOES:
        return "deleted"
    return "emptied of their words" if place.blanked else "kept as numbers and times"
