"""Planned lengths of mentorships with what each said, words of farewell, dismissed guides, and the library."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"

TIME = sa.DateTime(timezone=True)
LOOKED_AT = sa.text("look_at IS NOT NULL")


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}")


def upgrade() -> None:
    op.create_table(
        "courses",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("counted_from", TIME, nullable=False),
        sa.Column("over_at", TIME, nullable=True),
        sa.Column("look_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("mentorship_id", name="pk_courses"),
        _of("courses", "mentorship_id", "mentorships"),
        sa.CheckConstraint("state IN ('unplanned', 'running', 'closing', 'over', 'finished')", name="ck_courses_state"),
    )
    op.create_index("ix_courses_look_at", "courses", ["look_at"], sqlite_where=LOOKED_AT, postgresql_where=LOOKED_AT)
    op.create_table(
        "course_parts",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("catchups", sa.Integer(), nullable=True),
        sa.Column("every", sa.String(16), nullable=True),
        sa.Column("wish", sa.String(8), nullable=True),
        sa.Column("erases", sa.Boolean(), nullable=True),
        sa.Column("chosen_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_course_parts"),
        _of("course_parts", "mentorship_id", "mentorships"),
        _of("course_parts", "person_id", "people"),
        sa.CheckConstraint(
            "every IN ('week', 'two_weeks', 'three_weeks', 'four_weeks', 'month')", name="ck_course_parts_every"
        ),
        sa.CheckConstraint("wish IN ('go_on', 'finish')", name="ck_course_parts_wish"),
    )
    op.create_table(
        "farewells",
        sa.Column("mentorship_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("mentorship_id", "person_id", name="pk_farewells"),
        _of("farewells", "mentorship_id", "mentorships"),
        _of("farewells", "person_id", "people"),
    )
    op.create_table(
        "dismissed_guides",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("guide", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "guide", name="pk_dismissed_guides"),
        _of("dismissed_guides", "person_id", "people"),
    )
    op.create_table(
        "library_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_entries"),
        _of("library_entries", "scheme_id", "schemes"),
    )
    op.create_index("ix_library_entries_scheme_id", "library_entries", ["scheme_id"])
    op.create_table(
        "library_texts",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("text", sa.String(500), nullable=False),
        sa.PrimaryKeyConstraint("entry_id", "language", name="pk_library_texts"),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["library_entries.id"], name="fk_library_texts_entry_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "hidden_cards",
        sa.Column("card", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("card", name="pk_hidden_cards"),
    )
