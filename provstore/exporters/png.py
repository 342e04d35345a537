"""A lineage as a PNG picture, drawn by Graphviz from the DOT that `write_dot` gives.

Graphviz is a program of the system, called as ``dot``: text in on its standard input, picture out.
What it draws is every node, nothing merged; the SVG is the picture for large answers.
"""

import shutil
import subprocess
from collections.abc import Iterator
from typing import Final

from provstore.errors import BadParameterError, NotInstalledError
from provstore.exporters.dot import write_dot
from provstore.model.lineage import Lineage

MOST_BOXES: Final = 1000
"""Nodes and edges beyond which nobody can read the picture and Graphviz takes minutes."""
_PATIENCE_S: Final = 60
_PROGRAM: Final = "dot"
_SMALLER: Final = "or ask for fewer steps; svg draws what repeats once"


def write_png(lineage: Lineage, *, attributes: bool = True) -> Iterator[bytes]:
    """The picture, in one chunk.

    Parameters
    ----------
    lineage
        What to draw.
    attributes
        False draws names only.

    Raises
    ------
    NotInstalledError
        The system has no Graphviz.
    BadParameterError
        There is too much to draw.
    """
    size = len(lineage.nodes) + len(lineage.edges)
    if size > MOST_BOXES:
        allowed = f"a picture of at most {MOST_BOXES} nodes and edges, here are {size}: {_SMALLER}"
        raise BadParameterError("format", "png", allowed)
    yield _drawn(b"".join(write_dot(lineage, attributes=attributes)))


def _drawn(dot: bytes) -> bytes:
    program = shutil.which(_PROGRAM)
    if program is None:
        raise NotInstalledError(
            "PNG needs the program dot of Graphviz, which this system does not have; "
            "svg and dot need none"
        )
    try:
        done = subprocess.run(  # noqa: S603  no shell, no argument of a user
            [program, "-Tpng"], input=dot, capture_output=True, check=True, timeout=_PATIENCE_S
        )
    except subprocess.TimeoutExpired:
        allowed = f"what Graphviz draws within {_PATIENCE_S} s: {_SMALLER}"
        raise BadParameterError("format", "png", allowed) from None
    return done.stdout
