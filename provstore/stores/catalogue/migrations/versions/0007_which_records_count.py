"""Of several records of a dataset the latest counts: kept, so that no search has to find out."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_FACETS = [
    *("obs_collection", "dataproduct_type", "dataproduct_subtype", "calib_level", "data_rights"),
    *("target_class", "instrument_name", "sub_array_name", "pointing_mode", "target_name"),
]
_MARK = """
UPDATE obscore SET latest = FALSE WHERE EXISTS (
    SELECT 1 FROM obscore AS later
    WHERE later.element = obscore.element AND later.part > obscore.part
) OR EXISTS (
    SELECT 1 FROM obscore AS other
    WHERE other.obs_publisher_did = obscore.obs_publisher_did
    AND (other.part > obscore.part
        OR other.part = obscore.part AND other.element < obscore.element)
    AND NOT EXISTS (
        SELECT 1 FROM obscore AS later
        WHERE later.element = other.element AND later.part > other.part
    )
)
"""


def upgrade() -> None:
    """Go to this version."""
    op.add_column(
        "obscore", sa.Column("latest", sa.Boolean(), nullable=False, server_default=sa.true())
    )
    op.execute(_MARK)
    op.drop_index("ix_obscore_target_name", "obscore")
    op.create_index(
        "ix_obscore_target_name",
        "obscore",
        ["target_name", "latest", sa.text("lower(dataproduct_subtype)"), "element"],
    )
    for name, columns in (
        ("ix_obscore_datasets", ["obs_publisher_did", "element", "part", "latest"]),
        ("ix_obscore_facets", [*_FACETS, "element", "latest"]),
    ):
        op.create_index(
            name,
            "obscore",
            columns,
            sqlite_where=sa.text("latest = 1"),
            postgresql_where=sa.text("latest"),
        )


def downgrade() -> None:
    """Go back to the version before."""
    for name in ("ix_obscore_facets", "ix_obscore_datasets", "ix_obscore_target_name"):
        op.drop_index(name, "obscore")
    op.create_index("ix_obscore_target_name", "obscore", ["target_name"])
    op.drop_column("obscore", "latest")
