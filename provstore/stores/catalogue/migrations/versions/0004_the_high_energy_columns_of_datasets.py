"""Datasets have the columns of the high-energy extension of ObsCore."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# ordered by bytes on both engines, as the columns of the version before are
_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_COLUMNS: dict[str, sa.types.TypeEngine[Any]] = {
    "ev_xel": sa.BigInteger(),
    "s_ref_energy": sa.Double(),
    "em_ref_energy": sa.Double(),
    "s_ref_oaa": sa.Double(),
    "em_ref_oaa": sa.Double(),
    "t_intervals": _TEXT,
    "energy_min": sa.Double(),
    "energy_max": sa.Double(),
    "tracking_mode": _TEXT,
    "scan_mode": _TEXT,
    "analysis_mode": _TEXT,
    "event_type": _TEXT,
    "messenger_name": _TEXT,
    "messenger_pdgid": _TEXT,
}


def upgrade() -> None:
    """Go to this version."""
    for name, kind in _COLUMNS.items():
        op.add_column("obscore", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    """Go back to the version before."""
    for name in reversed(_COLUMNS):
        op.drop_column("obscore", name)
