"""Lineages to draw and to list: nights of an array, as an answer gives them."""

from collections.abc import Collection

from provstore.model.lineage import Direction, Edge, Lineage, Node

RECO = "ctapipe-reco"


def node(iri: str, name: str | None = None, **told: object) -> Node:
    """An entity that a document declared; what differs is told by name."""
    kind = str(told.get("kind", "entity"))
    depth = told.get("depth", 0)
    version, level, complete = told.get("version"), told.get("level"), told.get("complete")
    assert isinstance(depth, int)
    assert isinstance(complete, bool | None)
    return Node(
        id=iri,
        same=(),
        name=name or iri,
        kinds=(kind,),
        cls=str(told.get("cls", kind)),
        level=None if level is None else str(level),
        level_from=None,
        declared=bool(told.get("declared", True)),
        complete=complete,
        depth=depth,
        steps=depth // 2,
        version=None if version is None else str(version),
        body=str(told.get("body", "{}")),
    )


def edge(kind: str, source: str, target: str, role: str | None = None) -> Edge:
    return Edge(kind, source, target, role, None, None)


def lineage(
    nodes: list[Node],
    edges: list[Edge],
    roots: Collection[str] = (),
    direction: Direction = Direction.BACK,
) -> Lineage:
    return Lineage(
        tuple(roots) or (nodes[0].id,),
        direction,
        "sql",
        None,
        nodes,
        edges,
        prefixes={"ex": "http://example.org/", "param": "urn:x-provstore:parameter:"},
    )


def spectrum(runs: int = 28, old: Collection[int] = (), lost: Collection[int] = ()) -> Lineage:
    """A DL4 spectrum of many runs, each DL0 to DL3 by the same programs and one calibration.

    Runs in ``old`` were reconstructed by an older version, the DL0 of those in ``lost`` should
    have a record and has none.
    """
    nodes = [
        node("dl4", "spectrum.fits", level="DL4"),
        node("fit", "gammapy-fit", kind="activity", version="1.2", depth=1),
        node("calibration", "calibration.h5", depth=7),
    ]
    edges = [edge("wasGeneratedBy", "dl4", "fit")]
    for run in range(runs):
        told = _run(run, is_old=run in old, is_lost=run in lost)
        nodes += told[0]
        edges += told[1]
    nodes.sort(key=lambda told: told.depth)
    return lineage(nodes, edges)


def _run(run: int, *, is_old: bool, is_lost: bool) -> tuple[list[Node], list[Edge]]:
    nodes: list[Node] = []
    edges: list[Edge] = []
    user = "fit"
    for level, program in ((3, "select"), (2, RECO), (1, "calibrate"), (0, None)):
        depth = 8 - 2 * level
        data = f"dl{level}-{run}"
        complete = False if level == 0 and is_lost else None
        name = f"run{run:05d}.dl{level}.h5"
        nodes.append(node(data, name, level=f"DL{level}", depth=depth, complete=complete))
        edges.append(edge("used", user, data))
        if program is not None:
            user = f"{program}-{run}"
            version = "0.18" if is_old and program == RECO else "0.19"
            nodes.append(node(user, program, kind="activity", version=version, depth=depth + 1))
            edges.append(edge("wasGeneratedBy", data, user))
    edges.append(edge("used", f"calibrate-{run}", "calibration"))
    return nodes, edges
