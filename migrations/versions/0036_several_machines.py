"""Machines that serve one database together: who they are, where calls are served, and what each tells the others."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("attendances", sa.Column("machine", sa.String(32), nullable=True))
    op.create_table(
        "machines",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("address", sa.String(255), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("lease_end", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_machines")),
    )
    op.create_table(
        "relay_processes",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("machine", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("protocol", sa.Integer(), nullable=False),
        sa.Column("region", sa.String(32), nullable=False),
        sa.Column("draining", sa.Boolean(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("lease_end", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["machine"], ["machines.name"], name=op.f("fk_relay_processes_machine"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_relay_processes")),
    )
    op.create_index(op.f("ix_relay_processes_machine"), "relay_processes", ["machine"])
    op.create_table(
        "call_placements",
        sa.Column("call", sa.String(64), nullable=False),
        sa.Column("relay", sa.String(32), nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("call", name=op.f("pk_call_placements")),
    )
    op.create_index(op.f("ix_call_placements_relay"), "call_placements", ["relay"])
    op.create_index(op.f("ix_call_placements_used_at"), "call_placements", ["used_at"])
    op.create_table(
        "machine_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("machine", sa.String(32), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_machine_events")),
    )
    op.create_index(op.f("ix_machine_events_made_at"), "machine_events", ["made_at"])
