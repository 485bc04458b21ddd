"""The state of mentorships, imports, emails about these or to an address of their own, and names to search for."""

import sqlalchemy as sa
from alembic import op

from server.people.rules.names import name_keys

revision = "0016"
down_revision = "0015"

TIME = sa.DateTime(timezone=True)
KEY = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")


def upgrade() -> None:
    op.execute(
        "ALTER TABLE mentorships ADD COLUMN state VARCHAR(16) DEFAULT 'active' NOT NULL "
        "CONSTRAINT ck_mentorships_state CHECK (state IN ('active', 'paused', 'ended'))"
    )
    op.add_column("mentorships", sa.Column("state_at", TIME, nullable=True))
    op.execute(
        "ALTER TABLE outbox ADD COLUMN mentorship_id INTEGER "
        "CONSTRAINT fk_outbox_mentorship_id REFERENCES mentorships (id)"
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name=op.f("fk_imports_account_id")),
    )
    op.execute("ALTER TABLE outbox ADD COLUMN import_id INTEGER CONSTRAINT fk_outbox_import_id REFERENCES imports (id)")
    imported = sa.text("import_id IS NOT NULL")
    op.create_index("ix_outbox_import_id", "outbox", ["import_id"], sqlite_where=imported, postgresql_where=imported)
    op.add_column("outbox", sa.Column("address", sa.String(320), nullable=True))
    made = op.create_table(
        "name_keys",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "place", name=op.f("pk_name_keys")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_name_keys_person_id")),
    )
    op.create_index("ix_name_keys_key", "name_keys", ["key"])
    first = sa.text("place = 0")
    op.create_index("ix_name_keys_first", "name_keys", ["key", "person_id"], sqlite_where=first, postgresql_where=first)
    people = op.get_bind().execute(sa.text("SELECT id, name FROM people")).all()
    rows = [
        {"person_id": person.id, "place": place, "key": key}
        for person in people
        for place, key in enumerate(name_keys(person.name))
    ]
    if rows:
        op.bulk_insert(made, rows)
