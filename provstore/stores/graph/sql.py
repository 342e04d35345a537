"""The catalogue as the graph: it walks its own relations."""

from collections.abc import Sequence

from provstore.model.lineage import Bounds, Walk, WalkPlan
from provstore.stores.catalogue.database import Transaction
from provstore.stores.graph.walker import Walker


class SqlGraph:
    """Walks the catalogue."""

    def walk(self, tx: Transaction, roots: Sequence[int], plan: WalkPlan, bounds: Bounds) -> Walk:
        """See `provstore.stores.graph.base.Graph.walk`."""
        return Walker(tx, plan, bounds).walk(roots)
