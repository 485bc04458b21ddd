"""How long each spoke in a call is nobody's business but theirs: it is not kept, and what was kept goes."""

from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    with op.batch_alter_table("attendances") as attendances:
        attendances.drop_column("speaking_seconds")
