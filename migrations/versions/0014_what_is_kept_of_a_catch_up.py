"""What the two keep of a catch-up, encrypted: agenda, notes, actions and resources; and what each notes alone."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "contents",
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("notes", sa.LargeBinary(), nullable=True),
        sa.Column("notes_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name=op.f("fk_contents_catchup_id")),
        sa.PrimaryKeyConstraint("catchup_id", name=op.f("pk_contents")),
    )
    op.create_table(
        "content_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("kind IN ('topic', 'action', 'resource')", name=op.f("ck_content_items_kind")),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_content_items_author_id")),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name=op.f("fk_content_items_catchup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_items")),
        sa.UniqueConstraint("catchup_id", "key", name=op.f("uq_content_items_catchup_id_key")),
    )
    op.create_table(
        "content_writers",
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("writer", sa.String(36), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name=op.f("fk_content_writers_catchup_id")),
        sa.PrimaryKeyConstraint("catchup_id", "writer", name=op.f("pk_content_writers")),
    )
    op.create_table(
        "content_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(36), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name=op.f("fk_content_files_catchup_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_files")),
    )
    op.create_index(op.f("ix_content_files_catchup_id"), "content_files", ["catchup_id"])
    op.create_table(
        "reflections",
        sa.Column("catchup_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["catchup_id"], ["catchups.id"], name=op.f("fk_reflections_catchup_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reflections_person_id")),
        sa.PrimaryKeyConstraint("catchup_id", "person_id", name=op.f("pk_reflections")),
    )
