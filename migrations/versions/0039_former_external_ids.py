"""The external ids that mentorships had which were joined with another: the API still finds that one by them."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "former_external_ids",
        sa.Column("external_id", sa.String(80), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mentorship_id"], ["mentorships.id"], name=op.f("fk_former_external_ids_mentorship_id")
        ),
        sa.PrimaryKeyConstraint("external_id", name=op.f("pk_former_external_ids")),
    )
    op.create_index(op.f("ix_former_external_ids_mentorship_id"), "former_external_ids", ["mentorship_id"])
