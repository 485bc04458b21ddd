"""Schemes with their coordinators and topics, memberships with what people said when they signed up."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

TIME = sa.DateTime(timezone=True)
KINDS = (
    "offered",
    "accepted",
    "declined",
    "postponed",
    "suggested",
    "took_back",
    "withdrew",
    "undid",
    "allowed_phone",
    "disallowed_phone",
    "set_routine",
    "paused_routine",
    "resumed_routine",
    "ended_routine",
    "agreed_contact",
    "ended_contact",
    "joined_scheme",
    "left_scheme",
)
UNCONFIRMED = sa.text("state = 'unconfirmed'")
ABOUT_MEMBERSHIP = sa.text("membership_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "schemes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("length", sa.Text(), nullable=False),
        sa.Column("welcome", sa.Text(), nullable=False),
        sa.Column("colour", sa.String(16), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("mentor_places", sa.Integer(), nullable=True),
        sa.Column("mentee_places", sa.Integer(), nullable=True),
        sa.Column("public", sa.Boolean(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schemes"),
        sa.UniqueConstraint("slug", name="uq_schemes_slug"),
        sa.CheckConstraint("opens_on <= closes_on", name="ck_schemes_days"),
        sa.CheckConstraint("mentor_places > 0 AND mentee_places > 0", name="ck_schemes_places"),
    )
    op.create_table(
        "scheme_logos",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", name="pk_scheme_logos"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_scheme_logos_scheme_id"),
    )
    op.create_table(
        "scheme_coordinators",
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scheme_id", "account_id", name="pk_scheme_coordinators"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_scheme_coordinators_scheme_id"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_scheme_coordinators_account_id"),
    )
    op.create_index("ix_scheme_coordinators_account_id", "scheme_coordinators", ["account_id"])
    op.create_table(
        "scheme_topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_scheme_topics"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_scheme_topics_scheme_id"),
    )
    op.create_index("ix_scheme_topics_scheme_id_place", "scheme_topics", ["scheme_id", "place"])
    op.create_table(
        "scheme_topic_names",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.PrimaryKeyConstraint("topic_id", "language", name="pk_scheme_topic_names"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["scheme_topics.id"], name="fk_scheme_topic_names_topic_id", ondelete="CASCADE"
        ),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scheme_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(8), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("state_at", TIME, nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("brings", sa.Text(), nullable=False),
        sa.Column("seeks", sa.Text(), nullable=False),
        sa.Column("languages", sa.String(200), nullable=False),
        sa.Column("by_video", sa.Boolean(), nullable=False),
        sa.Column("by_phone", sa.Boolean(), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("needs", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("department", sa.String(120), nullable=False),
        sa.Column("other_department", sa.Boolean(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memberships"),
        sa.UniqueConstraint("scheme_id", "person_id", name="uq_memberships_scheme_id_person_id"),
        sa.ForeignKeyConstraint(["scheme_id"], ["schemes.id"], name="fk_memberships_scheme_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_memberships_person_id"),
        sa.CheckConstraint("role IN ('mentor', 'mentee', 'both')", name="ck_memberships_role"),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'applied', 'waiting_list', 'member', 'declined', 'left', 'ended')",
            name="ck_memberships_state",
        ),
    )
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])
    op.create_index("ix_memberships_scheme_id_state_since", "memberships", ["scheme_id", "state", "since"])
    op.create_index(
        "ix_memberships_unconfirmed",
        "memberships",
        ["state_at"],
        sqlite_where=UNCONFIRMED,
        postgresql_where=UNCONFIRMED,
    )
    op.create_table(
        "membership_topics",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("use", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", "topic_id", "use", name="pk_membership_topics"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_membership_topics_membership_id"),
        sa.ForeignKeyConstraint(
            ["topic_id"], ["scheme_topics.id"], name="fk_membership_topics_topic_id", ondelete="CASCADE"
        ),
        sa.CheckConstraint("use IN ('brings', 'seeks')", name="ck_membership_topics_use"),
    )
    op.create_index("ix_membership_topics_topic_id", "membership_topics", ["topic_id"])
    op.create_table(
        "membership_hours",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_membership_hours"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_membership_hours_membership_id"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="ck_membership_hours_weekday"),
        sa.CheckConstraint("begins >= 0 AND begins < ends AND ends <= 1440", name="ck_membership_hours_minutes"),
    )
    op.create_index("ix_membership_hours_membership_id", "membership_hours", ["membership_id"])
    op.create_table(
        "membership_exclusions",
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(320), nullable=False),
        sa.PrimaryKeyConstraint("membership_id", "place", name="pk_membership_exclusions"),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name="fk_membership_exclusions_membership_id"),
    )
    op.execute(
        "ALTER TABLE outbox ADD COLUMN membership_id INTEGER "
        "CONSTRAINT fk_outbox_membership_id REFERENCES memberships (id)"
    )
    op.create_index(
        "ix_outbox_membership_id",
        "outbox",
        ["membership_id"],
        sqlite_where=ABOUT_MEMBERSHIP,
        postgresql_where=ABOUT_MEMBERSHIP,
    )
    _allow("kind", KINDS)
    _allow("subject_kind", ("offer", "routine", "introduction", "membership"))


def _allow(column: str, values: tuple[str, ...]) -> None:
    listed, name = ", ".join(f"'{value}'" for value in values), op.f(f"ck_choices_{column}")
    with op.batch_alter_table("choices") as choices:
        choices.drop_constraint(name, type_="check")
        choices.create_check_constraint(name, f"{column} IN ({listed})")
