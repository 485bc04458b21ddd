"""Tokens of the API, external ids, webhooks with their deliveries and calls, and when a call was left by all."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    for table in ("people", "mentorships"):
        op.add_column(table, sa.Column("external_id", sa.String(80), nullable=True))
        _few(f"uq_{table}_external_id", table, ["external_id"], "external_id IS NOT NULL", unique=True)
    op.add_column("sessions", sa.Column("empty_since", TIME, nullable=True))
    op.execute(
        "UPDATE sessions SET empty_since = (SELECT MAX(left_at) FROM attendances "
        "WHERE attendances.session_id = sessions.id) WHERE NOT EXISTS (SELECT 1 FROM attendances "
        "WHERE attendances.session_id = sessions.id AND attendances.left_at IS NULL)"
    )
    _few("ix_sessions_open", "sessions", ["id"], "empty_since IS NULL")
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("scopes", sa.String(200), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("secret_hash", name="uq_api_tokens_secret_hash"),
    )
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("url", sa.String(2000), nullable=False),
        sa.Column("salt", sa.String(64), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("failing_since", TIME, nullable=True),
        sa.Column("stopped_at", TIME, nullable=True),
        sa.Column("stopped_by", sa.String(8), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
        sa.CheckConstraint("stopped_by IN ('admin', 'gone', 'failures')", name="ck_webhooks_stopped_by"),
        sa.CheckConstraint("(stopped_at IS NULL) = (stopped_by IS NULL)", name="ck_webhooks_stopped"),
    )
    _add_deliveries()
    _add_calls()


def _add_deliveries() -> None:
    name = "webhook_deliveries"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("webhook_id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.String(80), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("booking_id", sa.Integer(), nullable=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("called_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("replay_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.UniqueConstraint("webhook_id", "event_id", name=f"uq_{name}_webhook_id_event_id"),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=f"fk_{name}_webhook_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=f"fk_{name}_booking_id"),
    )
    op.create_index(f"ix_{name}_called_at", name, ["called_at"])
    op.create_index(f"ix_{name}_newest", name, ["webhook_id", "id"])
    _few(f"ix_{name}_due", name, ["webhook_id", "due_at"], "due_at IS NOT NULL")
    _few(f"ix_{name}_replay", name, ["webhook_id", "replay_at"], "replay_at IS NOT NULL")


def _add_calls() -> None:
    name = "webhook_calls"
    delivery = ["webhook_deliveries.id"]
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.String(300), nullable=False),
        sa.Column("is_replay", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{name}"),
        sa.ForeignKeyConstraint(["delivery_id"], delivery, name=f"fk_{name}_delivery_id", ondelete="CASCADE"),
    )
    op.create_index(f"ix_{name}_delivery_id", name, ["delivery_id"])
    op.create_index(f"ix_{name}_at", name, ["at"])


def _few(name: str, table: str, columns: list[str], when: str, *, unique: bool = False) -> None:
    where = sa.text(when)
    op.create_index(name, table, columns, unique=unique, sqlite_where=where, postgresql_where=where)
