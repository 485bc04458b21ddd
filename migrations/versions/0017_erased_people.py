"""Who asked to be erased, who was, and when the files were cleared of them. The row stays without what it said."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

FEW = (
    ("ix_people_to_clear", "people", "erased_at IS NOT NULL AND cleared_at IS NULL"),
    ("ix_offers_with_note", "offers", "note <> ''"),
    ("ix_attendances_measured", "attendances", "connected_seconds IS NOT NULL AND left_at IS NOT NULL"),
)


def upgrade() -> None:
    for name in ("erased_at", "cleared_at"):
        op.add_column("people", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "erasure_requests",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_erasure_requests"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_erasure_requests_person_id"),
    )
    op.create_index("ix_erasure_requests_due_at", "erasure_requests", ["due_at"])
    for name, table, when in FEW:
        op.create_index(name, table, ["id"], sqlite_where=sa.text(when), postgresql_where=sa.text(when))
