"""GraphML and node-link JSON: NetworkX reads back the graph that the answer is."""

import io
import json
from typing import Any

import networkx as nx
from exporters.nights import edge, lineage, node
from lxml import etree

from provstore.exporters.network import write_graphml, write_node_link
from provstore.model.lineage import Lineage

BODY = '{"ex:unit":"TeV","ex:note":["a","b"]}'


def answer() -> Lineage:
    nodes = [
        node("e:spectrum", "Crab & co", level="DL4", complete=True, body=BODY),
        node("a:run", kind="activity", version="1.3", depth=1),
        node("e:in", "bell\x07", depth=2, declared=False),
    ]
    edges = [
        edge("wasGeneratedBy", "e:spectrum", "a:run"),
        edge("used", "a:run", "e:in", "events"),
        edge("used", "a:run", "e:in", "response"),
    ]
    return lineage(nodes, edges)


def read_graphml(written: bytes) -> Any:  # noqa: ANN401  networkx has no types
    return nx.read_graphml(io.BytesIO(written), force_multigraph=True)


def test_graphml_is_read_back_node_by_node_and_edge_by_edge() -> None:
    graph = read_graphml(b"".join(write_graphml(answer())))
    assert graph.is_directed()
    assert list(graph.nodes) == ["e:spectrum", "a:run", "e:in"]
    assert graph.nodes["e:spectrum"] == {
        "name": "Crab & co", "kind": "entity", "class": "entity", "level": "DL4",
        "complete": True, "declared": True, "depth": 0, "steps": 0, "attributes": BODY,
    }  # fmt: skip
    assert (graph.nodes["a:run"]["version"], graph.nodes["a:run"]["steps"]) == ("1.3", 0)
    assert graph.nodes["e:in"]["declared"] is False
    assert [(s, t, told["kind"], told.get("role")) for s, t, told in graph.edges(data=True)] == [
        ("e:spectrum", "a:run", "wasGeneratedBy", None),
        ("a:run", "e:in", "used", "events"),
        ("a:run", "e:in", "used", "response"),
    ]


def test_graphml_is_xml_whatever_the_names_hold() -> None:
    written = b"".join(write_graphml(answer()))
    assert etree.fromstring(written).tag == "{http://graphml.graphdrawing.org/xmlns}graphml"
    assert read_graphml(written).nodes["e:in"]["name"] == "bell␇"


def test_node_link_is_read_back_with_every_character() -> None:
    told = json.loads(b"".join(write_node_link(answer())))
    graph = nx.node_link_graph(told, edges="edges")
    assert graph.nodes["e:in"]["name"] == "bell\x07"
    assert graph.number_of_edges("a:run", "e:in") == 2
    assert told["graph"] == {"roots": "e:spectrum", "engine": "sql"}


def test_an_empty_answer() -> None:
    nothing = lineage([node("e:x")], [])
    assert list(read_graphml(b"".join(write_graphml(nothing))).nodes) == ["e:x"]
