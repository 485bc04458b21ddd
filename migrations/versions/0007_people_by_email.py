"""One person for each email address, compared without case; how people like to be called; whether they were asked
which language they want.

A language other than English was chosen by the person, because nothing else could set it.
"""

import unicodedata
from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from server.db.schema import MigrationStopped

revision = "0007"
down_revision = "0006"

DOUBLES = (
    "People have the same email address, in capitals or not: those with the ids {}. Nothing was changed. In the table "
    "people, give each an email of their own or one that nobody reads, then run fireside migrate again."
)


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("email_key", sa.String(320), nullable=True))
        people.add_column(sa.Column("preferred_name", sa.String(80), nullable=False, server_default=""))
        people.add_column(sa.Column("language_known", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE people SET language_known = (language <> 'en')"))
    _fill_keys()
    with op.batch_alter_table("people") as people:
        people.alter_column("email_key", nullable=False)
        people.alter_column("preferred_name", server_default=None)
        people.alter_column("language_known", server_default=None)
        people.drop_constraint(op.f("uq_people_email"), type_="unique")
        people.create_unique_constraint(op.f("uq_people_email_key"), ["email_key"])


def _fill_keys() -> None:
    connection = op.get_bind()
    ids: dict[str, list[int]] = defaultdict(list)
    for number, email in connection.execute(sa.text("SELECT id, email FROM people ORDER BY id")):
        ids[_key(email)].append(number)
    doubles = [f"{', '.join(map(str, those[:-1]))} and {those[-1]}" for those in ids.values() if len(those) > 1]
    if doubles:
        raise MigrationStopped(DOUBLES.format("; ".join(doubles)))
    update = sa.text("UPDATE people SET email_key = :key WHERE id = :id")
    for key, [number] in ids.items():
        connection.execute(update, {"key": key, "id": number})


def _key(email: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email.strip()).lower())
