"""The nodes of a lineage as CSV (RFC 4180), one row each.

Values are written as they are. Spreadsheets take a cell that starts with ``=``, ``+``, ``-`` or
``@`` for a formula, and some programs therefore put an apostrophe in front; we do not, because the
programs that read this table would get identifiers that are not those of the archive.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.model.lineage import Lineage, Node

COLUMNS: Final = (
    "step",
    "depth",
    "kind",
    "class",
    "id",
    "name",
    "level",
    "version",
    "complete",
    "declared",
    "obs_id",
    "target_name",
    "obs_publisher_did",
    "same",
)
"""``same`` holds further identifiers of the node, separated by blanks; unknown is empty."""


def write_csv(lineage: Lineage) -> Iterator[bytes]:
    """A header row and a row per node, in the order of the answer: nearest first."""
    return encoded(_lines(lineage.nodes))


def _lines(nodes: Iterable[Node]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(COLUMNS)
    for node in nodes:
        writer.writerow(_row(node))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _row(node: Node) -> tuple[str | int | None, ...]:
    return (
        node.steps,
        node.depth,
        node.kind,
        node.cls,
        node.id,
        node.name,
        node.level,
        node.version,
        _flag(value=node.complete),
        _flag(value=node.declared),
        node.obs_id,
        node.target_name,
        node.obs_publisher_did,
        " ".join(node.same),
    )


def _flag(*, value: bool | None) -> str | None:
    return None if value is None else str(value).lower()
