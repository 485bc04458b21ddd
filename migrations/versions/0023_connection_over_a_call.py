"""How good a connection was over the whole call; which calls were poor, and which ones the scheme has ended."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    op.create_table(
        "connection_samples",
        sa.Column("attendance_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("attendance_id", "part", name="pk_connection_samples"),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendances.id"], name="fk_connection_samples_attendance_id"),
    )
    op.add_column("sessions", sa.Column("poor", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("sessions", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))
    # Of earlier calls only the means are known.
    op.execute(
        "UPDATE sessions SET poor = true WHERE id IN "
        "(SELECT session_id FROM attendances WHERE loss > 0.1 OR round_trip > 0.6)"
    )
    op.create_index(
        "ix_sessions_poor",
        "sessions",
        ["id", "booking_id"],
        sqlite_where=sa.text("poor"),
        postgresql_where=sa.text("poor"),
    )
