"""Datasets are found by where on the sky and when they were observed."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from provstore.model.coverage import coverage_of

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_READ = sa.text(
    "SELECT element, part, s_ra, s_dec, s_region, t_min, t_max, t_intervals FROM obscore"
)
_AT_ONCE = 1000


def upgrade() -> None:
    """Go to this version."""
    op.create_index("ix_obscore_obs_publisher_did", "obscore", ["obs_publisher_did"])
    op.create_table(
        "footprint",
        sa.Column("id", _ID, primary_key=True, autoincrement=False),
        *_record("footprint"),
        *(sa.Column(name, sa.Double(), nullable=False) for name in _CAP),
    )
    op.create_index("ix_footprint_part", "footprint", ["part"])
    op.create_index("ix_footprint_record", "footprint", ["element", "part"])
    op.create_table(
        "observed",
        *_record("observed"),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("scale", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("element", "part", "first", name="pk_observed"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_observed_part", "observed", ["part"])
    op.create_index("ix_observed_time", "observed", ["scale", "first", "last"])
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for statement in _POSTGRES if is_postgres else _SQLITE:
        op.execute(statement)
    _fill()


_CAP = ("x", "y", "z", "reach", "core")


def _record(table: str) -> tuple[sa.Column[int], ...]:
    return tuple(
        sa.Column(
            name,
            _ID,
            sa.ForeignKey(f"{name}.id", name=f"fk_{table}_{name}"),
            nullable=False,
        )
        for name in ("element", "part")
    )


# A circle of pg_sphere has at most a quarter of a turn as radius, the half of which has the tangent 1.
_POSTGRES = (
    """
    CREATE INDEX ix_footprint_cap ON footprint USING gist (scircle(
        spoint(atan2(y, x), atan2(z, sqrt(x * x + y * y))), least(2 * atan(reach), pi() / 2)))
    """,
    "CREATE INDEX ix_footprint_large ON footprint (id) WHERE reach > 1",
)
# The chord of a radius is at most twice the tangent of its half, and at most 2.
_SQLITE = (
    "CREATE VIRTUAL TABLE footprint_box USING rtree(id, x0, x1, y0, y1, z0, z1)",
    """
    CREATE TRIGGER footprint_written AFTER INSERT ON footprint BEGIN
        INSERT INTO footprint_box VALUES (
            new.id,
            new.x - min(2 * new.reach, 2), new.x + min(2 * new.reach, 2),
            new.y - min(2 * new.reach, 2), new.y + min(2 * new.reach, 2),
            new.z - min(2 * new.reach, 2), new.z + min(2 * new.reach, 2));
    END
    """,
    """
    CREATE TRIGGER footprint_deleted AFTER DELETE ON footprint BEGIN
        DELETE FROM footprint_box WHERE id = old.id;
    END
    """,
)


def _fill() -> None:
    """Say it of the records that are there."""
    connection = op.get_bind()
    number = 0
    for rows in connection.execute(_READ).partitions(_AT_ONCE):
        footprints, times = [], []
        for element, part, *told in rows:
            record = {"element": element, "part": part}
            found = coverage_of(*told)
            if found.footprint is not None:
                number += 1
                footprints.append({"id": number, **record, **found.footprint._asdict()})
            times += [{**record, **time._asdict()} for time in found.times]
        for table, values in (("footprint", footprints), ("observed", times)):
            if values:
                columns: list[sa.ColumnClause[Any]] = [sa.column(str(name)) for name in values[0]]
                connection.execute(sa.insert(sa.table(table, *columns)), values)
    connection.execute(
        sa.text("INSERT INTO counter (name, next) VALUES ('footprint', :next)"),
        {"next": number + 1},
    )


def downgrade() -> None:
    """Go back to the version before."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE footprint_box")
    op.drop_table("footprint")
    op.drop_table("observed")
    op.drop_index("ix_obscore_obs_publisher_did", "obscore")
    op.execute("DELETE FROM counter WHERE name = 'footprint'")
