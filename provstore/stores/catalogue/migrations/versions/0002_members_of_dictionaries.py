"""Memberships of dictionaries are met as those of collections are; entities end."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OF_COLLECTIONS = "kind = 9"
_OF_ALL = "kind IN (9, 21)"


def upgrade() -> None:
    """Go to this version."""
    _replace(_OF_COLLECTIONS, _OF_ALL)
    op.add_column("entity", sa.Column("invalidated_at", sa.Text(), nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("entity", "invalidated_at")
    _replace(_OF_ALL, _OF_COLLECTIONS)


def _replace(old: str, new: str) -> None:
    was, becomes = sa.text(old), sa.text(new)
    op.drop_index("ix_relation_member", "relation", sqlite_where=was, postgresql_where=was)
    op.create_index(
        "ix_relation_member",
        "relation",
        ["kind"],
        unique=False,
        sqlite_where=becomes,
        postgresql_where=becomes,
    )
