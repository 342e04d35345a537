"""How Alembic reaches the catalogue: on the connection that `Database.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from provstore.stores.catalogue.tables import metadata

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    # SQLite cannot alter most things in place: Alembic copies the table instead
    render_as_batch=True,
    compare_server_default=False,
)
with context.begin_transaction():
    context.run_migrations()
