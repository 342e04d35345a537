"""What a graph store is: it walks a plan from elements and says what it met."""

from collections.abc import Sequence
from typing import Protocol

from provstore.model.lineage import Bounds, Walk, WalkPlan
from provstore.stores.catalogue.database import Transaction


class Graph(Protocol):
    """One engine; every engine gives the same walk for the same content."""

    def walk(self, tx: Transaction, roots: Sequence[int], plan: WalkPlan, bounds: Bounds) -> Walk:
        """Walk breadth first, each node once, with its least distances.

        Parameters
        ----------
        tx
            A reading transaction of the catalogue: the answer is of this snapshot or a later one.
        roots
            Elements to start from, never empty.
        plan
            What is followed.
        bounds
            Where the walk ends. A root that matches ``stop`` is walked from all the same.

        Returns
        -------
        Walk
            Nodes within the bounds and the relations that were followed to them; relations that are
            shown only, where both of their ends are among the nodes. It says which engine walked.
        """
