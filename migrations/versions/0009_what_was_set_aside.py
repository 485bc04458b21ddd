"""Work that was set aside with its reason, when the mail server takes nothing, and whose offers bring no emails."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "mutes",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name=op.f("fk_mutes_mentorship_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mutes_person_id")),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name=op.f("pk_mutes")),
    )
    op.create_table(
        "mail_outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("refused", sa.Boolean(), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("next_try_at", TIME, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mail_outages_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_outages")),
    )
    op.create_table(
        "set_aside",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("work", sa.String(16), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_aside")),
        sa.UniqueConstraint("work", "item", name=op.f("uq_set_aside_work_item")),
    )
    op.create_index(op.f("ix_set_aside_last_at"), "set_aside", ["last_at"])
    op.create_index(op.f("ix_outbox_catchup_id"), "outbox", ["catchup_id"])
