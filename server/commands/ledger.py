"""`fireside ledger`: checks the ledger of choices, and hands out its signed head."""

import argparse
import sys
from datetime import datetime
from pathlib import Path

from server.catchups.queries.ledger import hand_out_head, verify, verify_head
from server.catchups.rules.ledger_heads import HEAD_NAME, PURPOSE
from server.config import Settings
from server.db.database import Database
from server.secret import read_secret

EXAMPLES = """\
  fireside ledger verify
  fireside ledger head > head.txt          then keep the file where nobody who runs the server can change it
  fireside ledger verify --head head.txt
"""


def add_verify_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--head",
        metavar="FILE_OR_TEXT",
        help="A head that was handed out earlier, or a file that holds one: also check that the ledger continues it.",
    )


async def run_verify(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Says whether the ledger holds, and whether it continues the head that was given."""
    if arguments.head is None:
        verdict = await verify(database)
        print(verdict.said)
        return 0 if verdict.holds else 1
    compared = await verify_head(database, _text_of(arguments.head), _key(settings))
    print(compared.said)
    return 0 if compared.holds else 1


async def run_head(arguments: argparse.Namespace, settings: Settings, database: Database, now: datetime) -> int:
    """Prints the signed head; none when the ledger does not hold."""
    verdict, signed = await hand_out_head(database, _key(settings), now)
    if signed is None:
        print(f"fireside: this ledger is broken, so its head is not handed out. {verdict.said}", file=sys.stderr)
        return 1
    print(signed)
    return 0


def _key(settings: Settings) -> bytes:
    return read_secret(settings.secret, settings.data).key(PURPOSE)


def _text_of(given: str) -> str:
    """What the file holds that is named, or the text itself. Raises OSError when the file cannot be read."""
    if HEAD_NAME in given:
        return given
    try:
        return Path(given).read_text(errors="replace")
    except FileNotFoundError:
        return given
