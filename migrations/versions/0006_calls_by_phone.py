"""How many entries of a person's calendar could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("busy_feeds", sa.Column("skipped", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("busy_feeds") as feeds:
        feeds.alter_column("skipped", server_default=None)
