"""A lineage in the DOT language of Graphviz: every node and edge, nothing merged.

Every text is a quoted string, never an HTML label, and nothing in it is an escape: backslashes are
doubled (Graphviz, "The DOT Language" and "escString").
"""

import re
from collections.abc import Iterator
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.labels import label_of
from provstore.model.lineage import Edge, Lineage, Node

_SHAPES: Final = {"entity": "ellipse", "activity": "box", "agent": "house"}
_COLOURS: Final = {"entity": "#fff7cc", "activity": "#dbe4ff", "agent": "#ffe3c2"}
_SPECIAL: Final = re.compile(r'[\\"\x00-\x1f]')
_CONTROL_PICTURES: Final = 0x2400


def write_dot(lineage: Lineage, *, attributes: bool = True) -> Iterator[bytes]:
    """The graph in chunks of UTF-8; data flow from left to right.

    Parameters
    ----------
    lineage
        What to write.
    attributes
        False writes names only into the nodes.
    """
    return encoded(_pieces(lineage, attributes=attributes))


def _pieces(lineage: Lineage, *, attributes: bool) -> Iterator[str]:
    yield "digraph provenance {\n"
    yield '  rankdir=LR; charset="UTF-8"; node [style=filled, fontname="sans-serif"];\n'
    yield '  edge [fontname="sans-serif", fontsize=11];\n'
    for node in lineage.nodes:
        yield _node(node, attributes=attributes, is_root=node.id in lineage.roots)
    for edge in lineage.edges:
        yield _edge(edge)
    yield "}\n"


def _node(node: Node, *, attributes: bool, is_root: bool) -> str:
    label = label_of([node], attributes=attributes)
    shown = "\\n".join(_escaped(line) for line in (label.name, label.detail) if line)
    tooltip = "\\n".join(map(_escaped, label.lines))
    return (
        f'  {_quoted(node.id)} [label="{shown}", tooltip="{tooltip}", '
        f'shape={_SHAPES[node.kind]}, fillcolor="{_COLOURS[node.kind]}", '
        f"penwidth={3 if is_root else 1}];\n"
    )


def _edge(edge: Edge) -> str:
    """An edge from origin to result, as the data flow; its label is the relation."""
    label = edge.kind if edge.role is None else f"{edge.kind} ({edge.role})"
    return f"  {_quoted(edge.target)} -> {_quoted(edge.source)} [label={_quoted(label)}];\n"


def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return _SPECIAL.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    character = match.group()
    if character in '\\"':
        return "\\" + character
    return chr(_CONTROL_PICTURES + ord(character))
