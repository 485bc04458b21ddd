"""`fireside admin revoke`: ends one link, or every link and browser of a person."""

import re
from argparse import ArgumentParser, Namespace
from datetime import datetime

from server.config import Settings
from server.db.database import Database
from server.errors import NotFound
from server.people.actions.links import revoke_link
from server.people.actions.revocations import end_all_accounts_visits, end_everything
from server.people.rules.errors import LinkNotFound

# A personal link's address, or a calendar feed's.
LINK = re.compile(r"/(?:l|feed)/([\w-]+)(?:\.ics)?/?$")
ADMIN = "admin"


def add_revoke_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "who",
        metavar="EMAIL|LINK|admin",
        help="Whose links and browsers end: a person's by their email address, or those of all accounts; or one link.",
    )


async def run_revoke(arguments: Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Calls that were entered by what ends are left within seconds."""
    who: str = arguments.who
    if found := LINK.search(who):
        try:
            await revoke_link(database, found[1], now)
        except LinkNotFound:
            print("There is no such link, or it has ended already.")
            return 1
        print("The link has ended, and so have the browsers that it alone let in.")
        return 0
    try:
        ended = await (end_all_accounts_visits(database, now) if who == ADMIN else end_everything(database, who, now))
    except NotFound:
        print(f"Nobody here has the email address {who}.")
        return 1
    print(f"Ended: {ended.links} links that were valid, {ended.visits} browsers, and {ended.passkeys} passkeys.")
    return 0
