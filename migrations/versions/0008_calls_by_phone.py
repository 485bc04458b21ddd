"""Who rings whom by phone, and how many entries of a person's calendar could not be read."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("offers", sa.Column("caller", sa.String(8), nullable=False, server_default="mentor"))
    with op.batch_alter_table("offers") as offers:
        offers.alter_column("caller", server_default=None)
        offers.create_check_constraint(op.f("ck_offers_caller"), "caller IN ('mentor', 'mentee')")
    op.add_column("busy_feeds", sa.Column("skipped", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("busy_feeds") as feeds:
        feeds.alter_column("skipped", server_default=None)
