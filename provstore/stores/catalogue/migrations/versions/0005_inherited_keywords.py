"""Elements inherit keywords from everything upstream: sets of values, each stored once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# ordered by bytes on both engines, as the columns of the versions before are
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Go to this version; for what is there the tables are filled with the rules at hand."""
    op.create_table(
        "keyword",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("value", _TEXT, nullable=False),
    )
    op.create_index("ix_keyword_name", "keyword", ["name", "value"], unique=True)
    op.create_table(
        "kwset",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.BigInteger(), nullable=False),
        sa.Column("members", _TEXT, nullable=False),
        sa.UniqueConstraint("hash", name="uq_kwset_hash"),
    )
    op.create_table(
        "kwset_member",
        sa.Column("kw", _ID, nullable=False),
        sa.Column("kwset", _ID, nullable=False),
        sa.PrimaryKeyConstraint("kw", "kwset", name="pk_kwset_member"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "element_keywords",
        sa.Column("element", _ID, primary_key=True, autoincrement=False),
        sa.Column("own", _ID, nullable=False),
        sa.Column("kwset", _ID, nullable=False),
    )
    op.add_column("catalogue", sa.Column("keyword_rules", _TEXT, nullable=False, server_default=""))
    # numbers 1 are the mark of a record that stops short, and the empty set
    op.execute("INSERT INTO keyword (id, name, value) VALUES (1, '', 'incomplete')")
    op.execute("INSERT INTO kwset (id, hash, members) VALUES (1, 0, '[]')")
    op.execute("INSERT INTO counter (name, next) VALUES ('keyword', 2), ('kwset', 2)")


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_column("catalogue", "keyword_rules")
    for table in ("element_keywords", "kwset_member", "kwset", "keyword"):
        op.drop_table(table)
    op.execute("DELETE FROM counter WHERE name IN ('keyword', 'kwset')")
