"""People who are probably the same person, those who were merged into another, and names by their later words."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

FEW = (
    ("ix_people_to_compare", "people", ["id"], "to_compare"),
    ("ix_people_merged_into", "people", ["merged_into"], "merged_into IS NOT NULL"),
    ("ix_people_settles_at", "people", ["settles_at"], "settles_at IS NOT NULL"),
    ("ix_name_keys_later", "name_keys", ["key", "person_id"], "place > 0"),
    ("ix_doubles_open", "doubles", ["id"], "dismissed_at IS NULL"),
)


def upgrade() -> None:
    # Everybody who is there is compared once.
    op.add_column("people", sa.Column("to_compare", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(
        "ALTER TABLE people ADD COLUMN merged_into INTEGER CONSTRAINT fk_people_merged_into REFERENCES people (id)"
    )
    op.add_column("people", sa.Column("settles_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "double_keys",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("key", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", name="pk_double_keys"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_double_keys_person_id"),
        sa.CheckConstraint("kind IN ('name', 'address', 'phone')", name="ck_double_keys_kind"),
    )
    op.create_index("ix_double_keys_kind_key", "double_keys", ["kind", "key"])
    op.create_table(
        "doubles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_doubles"),
        sa.ForeignKeyConstraint(["first_id"], ["people.id"], name="fk_doubles_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["people.id"], name="fk_doubles_second_id"),
        sa.UniqueConstraint("first_id", "second_id", name="uq_doubles_first_id_second_id"),
        sa.CheckConstraint("first_id < second_id", name="ck_doubles_in_order"),
    )
    op.create_index("ix_doubles_second_id", "doubles", ["second_id"])
    # Of two mentorships that become one, one is deleted.
    op.create_index("ix_outbox_mentorship_id", "outbox", ["mentorship_id"])
    for name, table, columns, when in FEW:
        op.create_index(name, table, columns, sqlite_where=sa.text(when), postgresql_where=sa.text(when))
