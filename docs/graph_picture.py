"""Draws the model of the graph in Neo4j from the names that the program itself uses.

``python docs/graph_picture.py [FILE]`` writes `docs/img/graph.svg`, or FILE. Labels and types of
relationships come from `provstore.cypher.names`, the ends of a relation from the model's
vocabulary; only where boxes and arrows stand is decided here.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from provstore.cypher.names import (
    CLASS_LABELS,
    ELEMENT,
    KIND_LABELS,
    REVERSE,
    STATE,
    THIRD_END,
    TYPES,
    WITHIN,
)
from provstore.model.vocabulary import End, Kind

PICTURE: Final = Path(__file__).parent / "img" / "graph.svg"
_WIDTH, _HEIGHT = 900, 720
_LINE: Final = 15
_ENTITY, _ACTIVITY, _AGENT = (KIND_LABELS[kind] for kind in Kind)


class Manner(NamedTuple):
    """How a type comes to be in the graph, and how its name is written for it."""

    legend: str
    paint: str


TOLD: Final = Manner("a relation of PROV or the IVOA model", 'fill="#1a1a1a"')
TURNED: Final = Manner("the same relation, turned round", 'fill="#2b4a9e" font-style="italic"')
THIRD: Final = Manner("to the third end of a relation", 'fill="#7a3e00" font-style="italic"')
INFERRED: Final = Manner("inferred", 'fill="#a30000" font-style="italic"')


class Box(NamedTuple):
    """A label that nodes have: where it stands, and how it is painted."""

    x: int
    y: int
    width: int
    height: int
    paint: str


class Arrow(NamedTuple):
    """Where the arrow between two labels runs, and where the names of its types begin."""

    path: str
    head: str
    x: int
    y: int
    anchor: str = "start"


_BOXES: Final = {
    _ENTITY: Box(40, 230, 250, 250, 'rx="14" fill="#fff7cc" stroke="#7a6a00"'),
    _ACTIVITY: Box(630, 230, 230, 250, 'fill="#dbe4ff" stroke="#2b4a9e"'),
    _AGENT: Box(370, 560, 180, 60, 'rx="4" fill="#ffe3c2" stroke="#8a4b00"'),
    ELEMENT: Box(370, 60, 180, 60, 'fill="#ffffff" stroke="#595959" stroke-dasharray="4 3"'),
    STATE: Box(630, 640, 230, 60, 'fill="#f2f2f2" stroke="#595959"'),
}
_NOTES: Final = {
    ELEMENT: "any of the three",
    STATE: "one node: how far the graph is",
}
_ARROWS: Final = {
    (_ENTITY, _ENTITY): Arrow("M60 230V205H270V222", "270 230 down", 64, 24),
    (_ACTIVITY, _ACTIVITY): Arrow("M660 230V205H830V222", "830 230 down", 664, 129),
    (_ENTITY, _ACTIVITY): Arrow("M290 312H622", "630 312 right", 330, 276),
    (_ACTIVITY, _ENTITY): Arrow("M630 440H298", "290 440 left", 330, 374),
    (_ENTITY, _AGENT): Arrow("M130 480V578H362", "370 578 right", 150, 571),
    (_AGENT, _ENTITY): Arrow("M370 604H90V488", "90 480 up", 150, 620),
    (_ACTIVITY, _AGENT): Arrow("M770 480V578H558", "550 578 left", 752, 571, "end"),
    (_AGENT, _ACTIVITY): Arrow("M550 604H810V488", "810 480 up", 752, 620, "end"),
    (_AGENT, _AGENT): Arrow("M400 620V645H520V628", "520 620 up", 460, 660, "middle"),
    (ELEMENT, _ENTITY): Arrow("M400 120V250H298", "290 250 left", 392, 160, "end"),
    (ELEMENT, ELEMENT): Arrow("M400 60V36H520V52", "520 60 down", 460, 28, "middle"),
}
_HEADS: Final = {"down": "-4 -8h8z", "up": "-4 8h8z", "right": "-8 -4v8z", "left": "8 -4v8z"}


def types() -> Iterator[tuple[str, str, str, Manner]]:
    """Every relationship type: the labels of its two ends, its name, how it comes about."""
    for relation, name in TYPES.items():
        yield _label(relation.ends[0]), _label(relation.ends[1]), name, TOLD
    for relation, name in REVERSE.items():
        yield _label(relation.ends[1]), _label(relation.ends[0]), name, TURNED
    for relation, name in THIRD_END.items():
        yield _label(relation.ends[0]), _label(relation.ends[2]), name, THIRD
    yield _ENTITY, _ACTIVITY, WITHIN, INFERRED


def _label(end: End) -> str:
    return KIND_LABELS.get(end.implies, ELEMENT)


def picture() -> str:
    """The drawing as SVG, which loads nothing and runs nothing."""
    return "\n".join([*_opening(), *_arrows(), *_boxes(), *_legend(), "</svg>", ""])


def _opening() -> Iterator[str]:
    title = "The graph in Neo4j: labels of nodes and types of relationships"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" '
        f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#1a1a1a">'
    )
    yield f"<title>{title}</title>"
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#ffffff"/>'


def _boxes() -> Iterator[str]:
    for label, (x, y, width, height, paint) in _BOXES.items():
        yield f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {paint}/>'
        yield f'<text x="{x + 12}" y="{y + 24}" font-weight="bold" font-size="14">:{label}</text>'
        if label in _NOTES:
            yield f'<text x="{x + 12}" y="{y + 44}">{_NOTES[label]}</text>'
    x, y, *_ = _BOXES[_ENTITY]
    for place, label in enumerate(sorted(CLASS_LABELS)):
        yield f'<text x="{x + 24}" y="{y + 46 + place * _LINE}">:{label}</text>'


def _arrows() -> Iterator[str]:
    """The arrows with the names of their types below each other.

    Raises
    ------
    KeyError
        A relation leads from one label to another between which no arrow is drawn yet.
    """
    drawn: dict[tuple[str, str], int] = {}
    for start, end, name, manner in types():
        arrow = _ARROWS[start, end]
        place = drawn.get((start, end), 0)
        drawn[start, end] = place + 1
        if not place:
            yield f'<path d="{arrow.path}" fill="none" stroke="#595959"/>'
            x, y, way = arrow.head.split()
            yield f'<path d="M{x} {y}l{_HEADS[way]}" fill="#595959"/>'
        at = f'x="{arrow.x}" y="{arrow.y + place * _LINE}" text-anchor="{arrow.anchor}"'
        yield f'<text {at} font-size="11" {manner.paint}>{name}</text>'


def _legend() -> Iterator[str]:
    for place, manner in enumerate((TOLD, TURNED, THIRD, INFERRED)):
        y = 655 + place * _LINE
        yield f'<text x="40" y="{y}" font-size="11" {manner.paint}>{manner.legend}</text>'


if __name__ == "__main__":
    chosen = Path(sys.argv[1]) if sys.argv[1:] else PICTURE
    chosen.write_text(picture(), encoding="utf-8")
