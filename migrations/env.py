"""Alembic's entry: runs the migrations on the connection that `fireside migrate` hands over.

To write a new migration: `alembic revision -m "what changes"` in the project's folder.
"""

from alembic import context

from server.db.tables import metadata

connection = context.config.attributes.get("connection")
if connection is None:
    raise SystemExit("Run migrations with: fireside migrate")
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
context.run_migrations()
