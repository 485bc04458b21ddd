"""By how much two people made their call longer, who of them asks for more, and records of what they agreed to."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("bookings", sa.Column("extra_minutes", sa.Integer(), nullable=False, server_default="0"))
    op.execute(
        "ALTER TABLE bookings ADD COLUMN more_time_asked_by VARCHAR(8) "
        "CONSTRAINT ck_bookings_more_time_asked_by CHECK (more_time_asked_by IN ('mentor', 'mentee'))"
    )
    op.create_table(
        "agreed_records",
        sa.Column("booking_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("wished_at", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("booking_id", "person_id", name="pk_agreed_records"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_agreed_records_booking_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_agreed_records_person_id"),
    )
    waiting = sa.text("made_at IS NULL")
    op.create_index(
        "ix_agreed_records_waiting",
        "agreed_records",
        ["booking_id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
