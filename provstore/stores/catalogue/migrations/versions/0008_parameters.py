"""Activities are found by their parameters: by name and value, or by name and number."""

from collections import defaultdict

import sqlalchemy as sa
from alembic import op

from provstore.stores.catalogue.names import Names
from provstore.stores.catalogue.parameters import Configured, Expand, rows_of

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# ordered by bytes on both engines, as the columns of the versions before are
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_ACTIVITIES = sa.text("""
    SELECT e.id, b.attrs FROM element e LEFT JOIN body b ON b.id = e.body
    WHERE e.id > :last AND (e.declared | e.inferred) & 2 = 2
    ORDER BY e.id LIMIT 1000
""")
_CONFIGURED = sa.text("""
    SELECT r.subj, p.iri, p.name, b.attrs
    FROM relation r JOIN element p ON p.id = r.obj LEFT JOIN body b ON b.id = p.body
    WHERE r.subj BETWEEN :first AND :last AND r.kind = 16 AND p.class = 'Parameter'
""")
_PARAMETER = sa.table("parameter", *map(sa.column, ("activity", "name", "value", "num")))


def upgrade() -> None:
    """Go to this version."""
    op.create_table(
        "parameter",
        sa.Column("activity", _ID, nullable=False),
        sa.Column("name", _TEXT, nullable=False),
        sa.Column("value", _TEXT, nullable=False),
        sa.Column("num", sa.Double()),
        sa.PrimaryKeyConstraint("activity", "name", "value", name="pk_parameter"),
        sqlite_with_rowid=False,
    )
    _fill()
    op.create_index("ix_parameter_value", "parameter", ["name", "value", "activity"])
    op.create_index("ix_parameter_num", "parameter", ["name", "num"])


def _fill() -> None:
    """Say it of the activities that are there, some at a time."""
    connection = op.get_bind()
    prefixes = connection.execute(sa.text("SELECT prefix, iri FROM namespace")).all()
    expand = Names(dict(prefixes)).expand
    last = 0
    while activities := connection.execute(_ACTIVITIES, {"last": last}).all():
        first, last = activities[0].id, activities[-1].id
        configured: defaultdict[int, list[Configured]] = defaultdict(list)
        for number, *told in connection.execute(_CONFIGURED, {"first": first, "last": last}):
            configured[number].append(Configured(*told))
        _insert({row.id: row.attrs for row in activities}, configured, expand)


def _insert(
    bodies: dict[int, str | None], configured: dict[int, list[Configured]], expand: Expand
) -> None:
    rows = [
        {"activity": number, **row._asdict()}
        for number, attrs in bodies.items()
        for row in rows_of(attrs, configured.get(number, ()), expand)
    ]
    if rows:
        op.get_bind().execute(sa.insert(_PARAMETER), rows)


def downgrade() -> None:
    """Go back to the version before."""
    op.drop_table("parameter")
