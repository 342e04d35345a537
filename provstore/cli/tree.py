"""A lineage as an indented tree of text.

A lineage is a graph: what several results were made from is written out where it is first met and
only named afterwards, so that the text has one line per relation, whatever the diamonds and cycles.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from provstore.model.lineage import Direction
from provstore.model.vocabulary import AGENT_RELATIONS

JsonObject = Mapping[str, Any]

SEEN: Final = "(see above)"
_DEEPEST: Final = 30
"""Deeper lines are indented no more and carry their depth, so that they stay readable."""
_TOWARDS_AGENTS: Final = frozenset(relation.name for relation in AGENT_RELATIONS)


class _Branch(NamedTuple):
    depth: int
    label: str
    """The relation that led here; empty at a root."""
    node: str


def tree_lines(lineage: JsonObject) -> Iterator[str]:
    """The lines of the tree, roots first, each node written out once.

    Parameters
    ----------
    lineage
        The answer as JSON (``nodes``, ``edges``, ``roots``, ``direction``).
    """
    nodes = {node["id"]: node for node in lineage["nodes"]}
    tree = _Tree(nodes, Direction(lineage["direction"]), lineage["edges"])
    for root in lineage["roots"]:
        yield from tree.lines(root)
    # What a walk reached along a relation that the tree does not follow is not left out.
    for node in nodes:
        if node not in tree.written:
            yield from tree.lines(node)


class _Tree:
    """The relations by the end that a reader comes from."""

    def __init__(
        self, nodes: Mapping[str, JsonObject], direction: Direction, edges: Sequence[JsonObject]
    ) -> None:
        self.written: set[str] = set()
        self._nodes = nodes
        self._branches: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for edge in edges:
            for start, label, end in _ways(edge, direction):
                self._branches[start].append((label, end))

    def lines(self, root: str) -> Iterator[str]:
        """The lines of what hangs on one node; deep chains need no recursion."""
        waiting = [_Branch(0, "", root)]
        while waiting:
            branch = waiting.pop()
            is_new = branch.node not in self.written
            yield _line(branch, self._nodes[branch.node], is_new=is_new)
            if is_new:
                self.written.add(branch.node)
                waiting.extend(self._below(branch))

    def _below(self, branch: _Branch) -> list[_Branch]:
        found = self._branches.get(branch.node, ())
        return [_Branch(branch.depth + 1, label, node) for label, node in reversed(found)]


def _ways(edge: JsonObject, direction: Direction) -> Iterator[tuple[str, str, str]]:
    kind, dependent, origin = edge["kind"], edge["from"], edge["to"]
    label = f"{kind} ({edge['role']})" if edge.get("role") else kind
    if direction is not Direction.FORTH or kind in _TOWARDS_AGENTS:
        yield dependent, label, origin
    if direction is not Direction.BACK and kind not in _TOWARDS_AGENTS:
        yield origin, f"← {label}", dependent


def _line(branch: _Branch, node: JsonObject, *, is_new: bool) -> str:
    indent = "  " * min(branch.depth, _DEEPEST)
    depth = f"[{branch.depth}]" if branch.depth > _DEEPEST else ""
    words = _facts(node) if is_new else (node["name"], SEEN)
    return indent + " ".join(word for word in (depth, branch.label, *words) if word)


def _value(node: JsonObject) -> str:
    """What a parameter was set to, or an entity's own value."""
    for name in ("prov:value", "voprov:value"):
        told = node["attributes"].get(name)
        if told is not None and not isinstance(told, list):
            return f"= {told['$'] if isinstance(told, dict) else told}"
    return ""


def _facts(node: JsonObject) -> tuple[str, ...]:
    is_named_otherwise = node["name"] != node["id"]
    return (
        node["name"],
        _value(node),
        node["version"] or "",
        node["level"] or "",
        f"obs_id={node['obs_id']}" if node["obs_id"] else "",
        f"target={node['target_name']}" if node["target_name"] else "",
        "" if node["kind"] == "entity" else f"({node['kind']})",
        f"<{node['id']}>" if is_named_otherwise else "",
    )
