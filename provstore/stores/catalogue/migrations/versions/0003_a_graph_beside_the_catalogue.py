"""What a graph beside the catalogue needs; and on PostgreSQL the order of texts, and regions."""

import uuid

import sqlalchemy as sa
from alembic import op
from sqlalchemy.exc import DBAPIError

from provstore.errors import UnavailableError

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NO_PG_SPHERE = (
    "the database has no pg_sphere: a superuser runs `CREATE EXTENSION pg_sphere` in it once; "
    "docs/deploy.md says how it is installed"
)


def upgrade() -> None:
    """Go to this version."""
    state = op.create_table(
        "catalogue",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue")),
    )
    op.bulk_insert(state, [{"id": str(uuid.uuid4()), "position": 0, "stamp": 0}])
    op.create_table(
        "outbox",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("what", sa.SmallInteger(), nullable=False),
        sa.Column("first", _ID, nullable=False),
        sa.Column("last", _ID, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_table(
        "projection",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("position", _ID, nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projection")),
    )
    if op.get_bind().dialect.name == "postgresql":
        _order_by_bytes()
        _index_positions()


def _order_by_bytes() -> None:
    """Order texts as SQLite does: the order of a language is another on each server."""
    connection = op.get_bind()
    columns = connection.execute(
        sa.text(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE table_schema = current_schema() AND data_type = 'text'"
        )
    )
    for table, column in columns.all():
        op.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE text COLLATE "C"')


def _index_positions() -> None:
    """Index where datasets are on the sky; the extension is not one that every user may create."""
    connection = op.get_bind()
    try:
        with connection.begin_nested():
            connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS pg_sphere"))
    except DBAPIError as error:
        raise UnavailableError(_NO_PG_SPHERE) from error
    op.execute(
        "CREATE INDEX ix_obscore_position ON obscore "
        "USING gist (spoint(radians(s_ra), radians(s_dec)))"
    )


def downgrade() -> None:
    """Go back."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_obscore_position", "obscore")
    for table in ("projection", "outbox", "catalogue"):
        op.drop_table(table)
