"""What people see of their links and of where they are signed in.

A link without a secret opens nothing: it keeps one browser signed in whose other links have ended.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("links") as links:
        links.add_column(sa.Column("opened_at", TIME, nullable=True))
        links.alter_column("secret_hash", existing_type=sa.String(64), nullable=True)
    op.execute("UPDATE links SET opened_at = (SELECT MIN(opened_at) FROM visit_links WHERE link_id = links.id)")
    with op.batch_alter_table("visits") as visits:
        visits.add_column(sa.Column("seen_at", TIME, nullable=True))
        visits.add_column(sa.Column("browser", sa.String(20), nullable=False, server_default=""))
        visits.add_column(sa.Column("system", sa.String(20), nullable=False, server_default=""))
    op.execute("UPDATE visits SET seen_at = began_at")
    with op.batch_alter_table("visits") as visits:
        visits.alter_column("seen_at", existing_type=TIME, nullable=False)
        visits.alter_column("browser", server_default=None)
        visits.alter_column("system", server_default=None)
    op.create_index(op.f("ix_visits_person_id"), "visits", ["person_id"])
