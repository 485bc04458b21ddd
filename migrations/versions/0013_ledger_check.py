"""How far the ledger was checked, and what was found; and an index for whom a page of the audit log is about."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "ledger_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("began_at", TIME, nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("reached", sa.String(length=200), nullable=False),
        sa.Column("held", sa.String(length=200), nullable=True),
        sa.Column("whole_at", TIME, nullable=True),
        sa.Column("fault", sa.String(length=16), nullable=True),
        sa.Column("fault_entry_id", sa.Integer(), nullable=True),
        sa.Column("fault_entries", sa.Integer(), nullable=True),
        sa.Column("fault_at", TIME, nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_ledger_check_one")),
        sa.CheckConstraint(
            "fault IN ('altered', 'reworded', 'missing', 'rewritten')", name=op.f("ck_ledger_check_fault")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger_check")),
    )
    op.execute("INSERT INTO ledger_check (id, entry_id, reached) VALUES (1, 0, '')")
    op.create_index("ix_audit_people_entry_id", "audit_people", ["entry_id"])
