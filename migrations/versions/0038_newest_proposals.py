"""An index for the newest proposals of a scheme: without it PostgreSQL looked through those of all schemes."""

from alembic import op

revision = "0038"
down_revision = "0037"


def upgrade() -> None:
    op.create_index("ix_match_proposals_scheme_id_id", "match_proposals", ["scheme_id", "id"])
    op.drop_index("ix_match_proposals_scheme_id", "match_proposals")
