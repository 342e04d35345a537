"""A merged lineage in layers from left to right: origins left, results right.

Layers by longest path from the roots; arrows over several layers go through dummy points, so that
none passes behind a box; order within a layer by repeated barycentres (the method of Sugiyama,
Tagawa and Toda, 1981). Whole numbers, no chance: equal answers give equal pictures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter
from typing import Final

from provstore.exporters.merge import Box, Merged

MAX_BOXES: Final = 200
"""Boxes that are drawn, nearest to the roots first; the rest is counted in stubs."""
BOX_WIDTH: Final = 184
BOX_HEIGHT: Final = 46
STUB_HEIGHT: Final = 24
MARGIN: Final = 16
_DUMMY_HEIGHT: Final = 6
_COLUMN_GAP: Final = 72
_ROW_GAP: Final = 14
_SWEEPS: Final = 6
_MOST_DUMMIES: Final = 4000

Point = tuple[int, int]


@dataclass(slots=True)
class Item:
    """Something that takes a place in a layer: a box, a stub, or a point that an arrow bends at."""

    rank: int
    height: int
    box: Box | None = None
    hidden: int = 0
    """Of a stub: the nodes that it stands for."""
    x: int = 0
    y: int = 0
    """Upper left corner."""
    left: list["Item"] = field(default_factory=list)
    right: list["Item"] = field(default_factory=list)
    """What it is joined to in the next layers."""

    @property
    def middle(self) -> int:
        """Vertical middle."""
        return self.y + self.height // 2


@dataclass(slots=True)
class Route:
    """An arrow in the direction of the data, from origin to result."""

    points: list[Point]
    kinds: Sequence[str]


@dataclass(slots=True)
class Layout:
    """Where everything stands; lengths in CSS pixels."""

    items: list[Item]
    """Boxes and stubs."""
    routes: list[Route]
    width: int
    height: int
    hidden: int
    """Nodes that are not drawn."""


Path = tuple[Sequence[str], list[Item]]
"""Kinds of relations, and what an arrow passes from origin to result."""


def lay_out(merged: Merged, most: int = MAX_BOXES) -> Layout:
    """Places the ``most`` boxes nearest to the roots, and stubs that count what is not drawn."""
    nearest = sorted(merged.boxes, key=lambda box: (box.depth, box.number))[:most]
    boxes = _ranked(sorted(nearest, key=lambda box: box.number))
    paths = list(_paths(merged, boxes))
    stubs = list(_stubs(merged, boxes))
    drawn = [*boxes.values(), *(item for _, path in stubs for item in path if item.hidden)]
    routes = _bent([*paths, *stubs])
    layers = _layers(drawn, routes)
    _order(layers)
    _place(layers)
    return Layout(
        items=drawn,
        routes=[Route(_points(path), kinds) for kinds, path in routes],
        width=max((item.x + BOX_WIDTH for item in drawn), default=0) + MARGIN,
        height=max((item.y + item.height for item in drawn), default=0) + MARGIN,
        hidden=sum(len(box.members) for box in merged.boxes if box.number not in boxes),
    )


def _ranked(boxes: Iterable[Box]) -> dict[int, Item]:
    """Boxes by number, each one layer farther out than the farthest box it leads to."""
    items: dict[int, Item] = {}
    for box in boxes:
        near = [items[number].rank for number in box.towards if number in items]
        outwards = -1 if box.upstream else 1
        farthest = min(near, default=0) if box.upstream else max(near, default=0)
        rank = farthest + outwards if near else 0
        items[box.number] = Item(rank, BOX_HEIGHT, box)
    return items


def _paths(merged: Merged, boxes: dict[int, Item]) -> Iterator[Path]:
    for (result, origin), kinds in merged.arrows.items():
        if result in boxes and origin in boxes:
            yield kinds, [boxes[origin], boxes[result]]


def _stubs(merged: Merged, boxes: dict[int, Item]) -> Iterator[Path]:
    """For each box with neighbours that are not drawn, one stub on their side."""
    hidden: dict[tuple[int, int], int] = {}
    for result, origin in merged.arrows:
        if (result in boxes) == (origin in boxes):
            continue
        side, shown, other = (-1, result, origin) if result in boxes else (1, origin, result)
        members = len(merged.boxes[other].members)
        hidden[shown, side] = hidden.get((shown, side), 0) + members
    for (shown, side), count in hidden.items():
        item = boxes[shown]
        stub = Item(item.rank + side, STUB_HEIGHT, hidden=count)
        yield (), ([stub, item] if side < 0 else [item, stub])


def _bent(paths: Sequence[Path]) -> list[Path]:
    """The paths with a dummy in each layer that they cross.

    A picture that would need more than `_MOST_DUMMIES` is beyond reading: its arrows stay straight.
    """
    crossed = sum(abs(path[0].rank - path[-1].rank) for _, path in paths)
    if crossed > _MOST_DUMMIES:
        return list(paths)
    return [(kinds, [path[0], *_dummies(path[0], path[-1]), path[-1]]) for kinds, path in paths]


def _dummies(origin: Item, result: Item) -> Iterator[Item]:
    step = 1 if result.rank > origin.rank else -1
    for rank in range(origin.rank + step, result.rank, step):
        yield Item(rank, _DUMMY_HEIGHT)


def _layers(drawn: Iterable[Item], paths: Iterable[Path]) -> list[list[Item]]:
    """Everything by layer, the lowest rank first; neighbours are joined on the way."""
    items = list(drawn)
    for _, path in paths:
        items += path[1:-1]
        for one, other in pairwise(path):
            if one.rank != other.rank:
                low, high = (one, other) if one.rank < other.rank else (other, one)
                low.right.append(high)
                high.left.append(low)
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.rank, []).append(item)
    return [found[rank] for rank in sorted(found)]


def _order(layers: list[list[Item]]) -> None:
    """Sorts each layer by the mean place of its neighbours, to and fro."""
    place = {id(item): index for layer in layers for index, item in enumerate(layer)}
    for sweep in range(_SWEEPS):
        from_left = sweep % 2 == 1
        for layer in layers if from_left else reversed(layers):
            ranked = [
                (_mean_place(i, place, from_left=from_left), n, i) for n, i in enumerate(layer)
            ]
            layer[:] = [item for _, _, item in sorted(ranked, key=itemgetter(0, 1))]
            place.update((id(item), index) for index, item in enumerate(layer))


def _mean_place(item: Item, place: dict[int, int], *, from_left: bool) -> float:
    near = item.left if from_left else item.right
    if not near:
        return place[id(item)]
    return sum(place[id(other)] for other in near) / len(near)


def _place(layers: list[list[Item]]) -> None:
    """Gives every item its corner: columns by layer, heights drawn towards the neighbours."""
    for column, layer in enumerate(layers):
        for item in layer:
            item.x = MARGIN + column * (BOX_WIDTH + _COLUMN_GAP)
        _stack(layer, [0] * len(layer))
    for sweep in range(_SWEEPS):
        from_left = sweep % 2 == 1
        for layer in layers if from_left else reversed(layers):
            _stack(layer, [_wanted(item, from_left=from_left) for item in layer])
    top = min((item.y for layer in layers for item in layer), default=0)
    for layer in layers:
        for item in layer:
            item.y += MARGIN - top


def _wanted(item: Item, *, from_left: bool) -> int:
    """The upper edge that puts an item level with its neighbours."""
    near = item.left if from_left else item.right
    if not near:
        return item.y
    return sum(other.middle for other in near) // len(near) - item.height // 2


def _stack(layer: list[Item], wanted: list[int]) -> None:
    """Puts the items of a layer as near to where they want to be as order and height allow."""
    bottom: int | None = None
    for item, upper in zip(layer, wanted, strict=True):
        item.y = upper if bottom is None else max(upper, bottom + _ROW_GAP)
        bottom = item.y + item.height
    if layer:
        shift = sum(wanted) - sum(item.y for item in layer)
        for item in layer:
            item.y += shift // len(layer)


def _points(path: list[Item]) -> list[Point]:
    """From the right edge of the origin to the left edge of the result.

    An arrow that goes back (in a cycle) leaves and enters at the same edges.
    """
    origin, *between, result = path
    points = [(origin.x + BOX_WIDTH, origin.middle)]
    for item in between:
        sides = (item.x, item.x + BOX_WIDTH)
        ordered = sides if result.rank > origin.rank else sides[::-1]
        points += [(x, item.middle) for x in ordered]
    return [*points, (result.x, result.middle)]
