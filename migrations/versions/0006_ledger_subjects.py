"""Ledger entries say in which format their hash is made, and what they are about: a kind and an id.

What is there was written in format 1, about offers. No hash changes.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_index(op.f("ix_choices_offer_id"), "choices")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(op.f("fk_choices_offer_id"), type_="foreignkey")
        choices.alter_column("offer_id", new_column_name="subject_id")
        choices.add_column(sa.Column("format", sa.Integer(), nullable=False, server_default="1"))
        choices.add_column(sa.Column("subject_kind", sa.String(16), nullable=False, server_default="offer"))
    with op.batch_alter_table("choices") as choices:
        choices.alter_column("format", server_default=None)
        choices.alter_column("subject_kind", server_default=None)
        choices.create_check_constraint(op.f("ck_choices_subject_kind"), "subject_kind IN ('offer')")
    op.create_index(op.f("ix_choices_subject_kind_subject_id"), "choices", ["subject_kind", "subject_id"])
