"""How good the connection of each attendance was."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for name, kind in (
        ("connected_seconds", sa.Float()),
        ("bytes_in", sa.BigInteger()),
        ("bytes_out", sa.BigInteger()),
        ("round_trip", sa.Float()),
        ("jitter", sa.Float()),
        ("loss", sa.Float()),
    ):
        op.add_column("attendances", sa.Column(name, kind, nullable=True))
