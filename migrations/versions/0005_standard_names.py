"""Standard names for tables and columns. No row is lost, and none says anything else than before.

On SQLite a constraint gets another name only in a new table that takes the rows over: hence batches.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE outbox RENAME COLUMN letter TO kind")
    _rate_limits()
    _attendances()
    _media_checks()


def _rate_limits() -> None:
    op.create_table(
        "rate_limits",
        sa.Column("key", sa.String(120), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_rate_limits")),
    )
    op.execute('INSERT INTO rate_limits (key, tokens, at) SELECT key, "left", at FROM allowances')
    op.drop_table("allowances")


def _attendances() -> None:
    with op.batch_alter_table("attendances") as attendances:
        attendances.drop_constraint(op.f("uq_attendances_stay"), type_="unique")
        attendances.alter_column("stay", new_column_name="uid")
    with op.batch_alter_table("attendances") as attendances:
        attendances.create_unique_constraint(op.f("uq_attendances_uid"), ["uid"])


def _media_checks() -> None:
    with op.batch_alter_table("media_checks") as checks:
        checks.drop_constraint(op.f("ck_media_checks_place"), type_="check")
        checks.alter_column("place", new_column_name="origin")
    with op.batch_alter_table("media_checks") as checks:
        checks.create_check_constraint(op.f("ck_media_checks_origin"), "origin IN ('browser', 'command')")
    with op.batch_alter_table("media_check_paths") as paths:
        paths.drop_constraint(op.f("ck_media_check_paths_transport"), type_="check")
        paths.alter_column("transport", new_column_name="protocol")
    with op.batch_alter_table("media_check_paths") as paths:
        paths.create_check_constraint(op.f("ck_media_check_paths_protocol"), "protocol IN ('udp', 'tcp')")
