"""`fireside admin retention`: says what is older than its period, and removes it when told to."""

from argparse import ArgumentParser, Namespace
from datetime import datetime

from server.config import Settings
from server.db.database import Database
from server.privacy.actions.retention import remove_expired
from server.privacy.queries.retention import preview_expired
from server.privacy.rules.retention import FOREVER


def add_retention_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--remove",
        action="store_true",
        help="Remove it now, as the server does each hour. Without it, nothing is changed: give other periods, such as "
        "FIRESIDE_KEEP_WORDS_DAYS=365, to see what would go by them.",
    )


async def run_retention(arguments: Namespace, settings: Settings, database: Database, now: datetime) -> int:
    work = remove_expired if arguments.remove else preview_expired
    counts = await work(database, settings.periods, now)
    verb = "removed" if arguments.remove else "would be removed"
    for period in settings.periods:
        kept = "for ever" if period.days == FOREVER else f"for {period.days} days"
        print(f"{period.setting}: kept {kept}, {counts[period.kept]} {verb}")
    return 0
