"""Messages between the two of a mentorship, encrypted, and who paused or ended one."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.execute(
        "ALTER TABLE mentorships ADD COLUMN rests_by VARCHAR(8) "
        "CONSTRAINT ck_mentorships_rests_by CHECK (rests_by IN ('either', 'scheme'))"
    )
    rests = sa.text("state <> 'active'")
    op.create_index("ix_mentorships_at_rest", "mentorships", ["state_at"], sqlite_where=rests, postgresql_where=rests)
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_messages_mentorship_id"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_messages_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        sa.UniqueConstraint("mentorship_id", "key", name="uq_messages_mentorship_id_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_mentorship_id_id", "messages", ["mentorship_id", "id"])
    op.create_table(
        "message_files",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name="fk_message_files_message_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_message_files_mentorship_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_files"),
    )
    op.create_index("ix_message_files_mentorship_id", "message_files", ["mentorship_id"])
    op.create_table(
        "message_readers",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("read_id", sa.Integer(), nullable=False),
        sa.Column("notice", sa.String(8), nullable=False),
        sa.Column("notice_at", TIME, nullable=True),
        sa.CheckConstraint("notice IN ('at_once', 'daily', 'none')", name="ck_message_readers_notice"),
        sa.ForeignKeyConstraint(["mentorship_id"], ["mentorships.id"], name="fk_message_readers_mentorship_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_message_readers_person_id"),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_message_readers"),
    )
