"""A lineage for programs that work on graphs: GraphML, and the node-link JSON of NetworkX.

Both are written by NetworkX, whose readers give the graph back. An edge goes from the result to its
origin, as everywhere in provstore. Of a node's attributes the text of its PROV-JSON record is in
``attributes``, since GraphML has no values but single ones.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from provstore.exporters.chunks import encoded
from provstore.exporters.xml_text import visible
from provstore.model.body import compact_json
from provstore.model.lineage import Edge, Lineage, Node

if TYPE_CHECKING:
    import networkx as nx

_FACTS: Final = (
    "name",
    "kind",
    "cls",
    "level",
    "version",
    "complete",
    "declared",
    "depth",
    "steps",
    "obs_publisher_did",
    "obs_id",
    "target_name",
)
_RENAMED: Final = {"cls": "class"}


def write_graphml(lineage: Lineage) -> Iterator[bytes]:
    """The graph as GraphML (graphml.graphdrawing.org), in chunks of UTF-8.

    Characters that XML forbids are shown by a picture of them.
    """
    import networkx as nx  # noqa: PLC0415  loading it takes longer than most answers

    return encoded(line + "\n" for line in nx.generate_graphml(_graph(lineage, for_xml=True)))


def write_node_link(lineage: Lineage) -> Iterator[bytes]:
    """The graph as node-link JSON, with the members ``nodes`` and ``edges``."""
    import networkx as nx  # noqa: PLC0415  as above

    return encoded((compact_json(nx.node_link_data(_graph(lineage), edges="edges")),))


def _graph(lineage: Lineage, *, for_xml: bool = False) -> "nx.MultiDiGraph":
    import networkx as nx  # noqa: PLC0415  as above

    shown = visible if for_xml else str
    graph = nx.MultiDiGraph(roots=" ".join(map(shown, lineage.roots)), engine=lineage.engine)
    for node in lineage.nodes:
        graph.add_node(shown(node.id), **_told(_node(node), shown))
    for number, edge in enumerate(lineage.edges):
        ends = shown(edge.source), shown(edge.target)
        graph.add_edge(*ends, key=number, **_told(_edge(edge), shown))
    return graph


def _node(node: Node) -> dict[str, Any]:
    facts = {_RENAMED.get(name, name): getattr(node, name) for name in _FACTS}
    return {**facts, "same": " ".join(node.same), "attributes": node.body}


def _edge(edge: Edge) -> dict[str, Any]:
    told = {"kind": edge.kind, "role": edge.role, "time": edge.time, "iri": edge.id}
    return {**told, "inferred": edge.inferred}


def _told(facts: dict[str, Any], shown: Callable[[str], str]) -> dict[str, Any]:
    """What is known, its texts as the format can say them; GraphML has no null."""
    return {
        name: shown(value) if isinstance(value, str) else value
        for name, value in facts.items()
        if value is not None and value != ""
    }
