"""Media checks and what they found."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "media_checks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("place IN ('browser', 'command')", name=op.f("ck_media_checks_place")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_checks")),
    )
    op.create_table(
        "media_check_paths",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("transport", sa.String(length=8), nullable=False),
        sa.Column("ip", sa.String(length=45), nullable=False),
        sa.Column("port", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Float(), nullable=True),
        sa.CheckConstraint("transport IN ('udp', 'tcp')", name=op.f("ck_media_check_paths_transport")),
        sa.ForeignKeyConstraint(["check_id"], ["media_checks.id"], name=op.f("fk_media_check_paths_check_id")),
        sa.PrimaryKeyConstraint("check_id", "number", name=op.f("pk_media_check_paths")),
    )
