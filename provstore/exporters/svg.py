"""A lineage as SVG: one static picture for pages, notebooks and papers.

Repeated inputs are merged, the data flow from left to right. Colours and lines are presentation
attributes, so that the picture stands inside a page whose Content-Security-Policy allows no inline
style. No script, and nothing is loaded from elsewhere.
"""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from provstore.exporters.chunks import encoded
from provstore.exporters.labels import Label, label_of
from provstore.exporters.layout import BOX_WIDTH, Item, Layout, Point, Route, lay_out
from provstore.exporters.merge import Box, merge
from provstore.exporters.xml_text import xml_attribute, xml_text
from provstore.model.lineage import Lineage

Link = Callable[[str], str]
"""Identifier to the URL of its page."""

_COLUMNS: Final = 21
"""Letters of a line in a box; wide ones (East Asian) count two."""
_NAMED_ROOTS: Final = 3
_LINE_HEIGHT: Final = 16
_PADDING: Final = 10
_SHORT_END: Final = 12
_LEFT_OF_SHORT_END: Final = 120
# Fill and line; text on each fill has a contrast of more than 7 to 1.
_COLOURS: Final = {
    "entity": ("#fff7cc", "#7a6a00"),
    "activity": ("#dbe4ff", "#2b4a9e"),
    "agent": ("#ffe3c2", "#8a4b00"),
}
_CORNERS: Final = {"entity": 14, "activity": 0, "agent": 4}
_WEIGHTS: Final = (' font-weight="bold"', "")
"""Of the lines in a box: the name, the details."""
_INK: Final = "#1a1a1a"
_ARROW_COLOUR: Final = "#595959"
_WARNING_COLOUR: Final = "#a30000"


def write_svg(
    lineage: Lineage, *, attributes: bool = True, link: Link | None = None
) -> Iterator[bytes]:
    """The picture in chunks of UTF-8, without an XML declaration, so that it can stand in HTML.

    Parameters
    ----------
    lineage
        What to draw.
    attributes
        False writes names and counts only.
    link
        Makes each box a link to the URL of its (first) identifier.
    """
    return encoded(_Picture(lineage, attributes=attributes, link=link).pieces())


class _Picture:
    def __init__(self, lineage: Lineage, *, attributes: bool, link: Link | None) -> None:
        self._lineage = lineage
        self._attributes = attributes
        self._link = link
        self._layout = lay_out(merge(lineage))
        boxes = [item.box for item in self._layout.items if item.box]
        # room at the left for the words beside an origin that is not recorded
        self._left = _LEFT_OF_SHORT_END if any(box.stops_short for box in boxes) else 0

    def pieces(self) -> Iterator[str]:
        yield self._opening()
        for route in self._layout.routes:
            yield _route(route)
        for item in self._layout.items:
            yield _stub(item) if item.box is None else self._box(item, item.box)
        yield "</svg>\n"

    def _opening(self) -> str:
        layout = self._layout
        width, height = layout.width + self._left, layout.height
        title = _title(self._lineage)
        # What is inside an `img` cannot be reached by assistive technology (WAI-ARIA 1.2, 5.2.8)
        role = "img" if self._link is None else "group"
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" role="{role}" '
            f"aria-label={xml_attribute(title)} "
            f'width="{width}" height="{height}" viewBox="{-self._left} 0 {width} {height}" '
            f'font-family="sans-serif" font-size="12" fill="{_INK}">\n'
            f"<title>{xml_text(title)}</title>\n"
            f"<desc>{xml_text(_description(layout))}</desc>\n"
        )

    def _box(self, item: Item, box: Box) -> str:
        label = label_of(box.members, attributes=self._attributes)
        drawn = _shape(item, box) + _lines(item, label) + _short_end(item, box)
        text = "\n".join(label.lines)
        title = f"<title>{xml_text(text)}</title>"
        if self._link is None:
            return f"<g>{title}{drawn}</g>\n"
        return f"<a href={xml_attribute(self._link(box.first.id))}>{title}{drawn}</a>\n"


def _title(lineage: Lineage) -> str:
    names = {node.id: node.name for node in lineage.nodes}
    roots = ", ".join(names.get(root, root) for root in lineage.roots[:_NAMED_ROOTS])
    others = len(lineage.roots) - _NAMED_ROOTS
    return f"Lineage of {roots}" + (f" and {others} more" if others > 0 else "")


def _description(layout: Layout) -> str:
    boxes = [item.box for item in layout.items if item.box]
    nodes = sum(len(box.members) for box in boxes)
    shown = f"{nodes} nodes in {len(boxes)} boxes; what a result was made from is to its left."
    return shown if not layout.hidden else f"{shown} {layout.hidden} more nodes are not drawn."


def _shape(item: Item, box: Box) -> str:
    kind = box.first.kind
    fill, line = _COLOURS[kind]
    behind = ""
    if len(box.members) > 1:  # the edge of a second card
        behind = _rectangle(item, kind, f'fill="{fill}" stroke="{line}"', shift=4)
    weight = 3 if box.is_root else 1
    dashes = ' stroke-dasharray="4 3"' if not box.first.declared else ""
    return behind + _rectangle(
        item, kind, f'fill="{fill}" stroke="{line}" stroke-width="{weight}"{dashes}'
    )


def _rectangle(item: Item, kind: str, paint: str, shift: int = 0) -> str:
    return (
        f'<rect x="{item.x + shift}" y="{item.y + shift}" width="{BOX_WIDTH}" '
        f'height="{item.height}" rx="{_CORNERS[kind]}" {paint}/>'
    )


def _lines(item: Item, label: Label) -> str:
    lines = [line for line in (label.name, label.detail) if line]
    top = item.middle - _LINE_HEIGHT * (len(lines) - 1) // 2 + 4
    return "".join(
        f'<text x="{item.x + _PADDING}" y="{top + place * _LINE_HEIGHT}"{_WEIGHTS[place]}>'
        f"{xml_text(_one_line(line))}</text>"
        for place, line in enumerate(lines)
    )


def _short_end(item: Item, box: Box) -> str:
    """The dashed end of something whose origin should be known and is not."""
    if not box.stops_short:
        return ""
    end = item.x - _SHORT_END
    return (
        f'<path d="M{end} {item.middle}H{item.x}" stroke="{_WARNING_COLOUR}" '
        f'stroke-width="2" stroke-dasharray="3 3" fill="none"/>'
        f'<text x="{end - 4}" y="{item.middle + 4}" text-anchor="end" '
        f'fill="{_WARNING_COLOUR}">origin not recorded</text>'
    )


def _stub(item: Item) -> str:
    return (
        f"<g><title>{item.hidden} more are not drawn: narrow the question, or take the list"
        f'</title><text x="{item.x + _PADDING}" y="{item.middle + 4}" '
        f'font-style="italic">+{item.hidden} more</text></g>\n'
    )


def _route(route: Route) -> str:
    """A curve through the points with a head at the result; the kinds are its title."""
    start, *_, end = route.points
    curve = "".join(_curve(one, other) for one, other in pairwise(route.points))
    x, y = end
    title = f"<title>{xml_text(', '.join(route.kinds))}</title>" if route.kinds else ""
    return (
        f'<g stroke="{_ARROW_COLOUR}">{title}'
        f'<path d="M{start[0]} {start[1]}{curve}" fill="none"/>'
        f'<path d="M{x} {y}l-7 -4v8z" fill="{_ARROW_COLOUR}"/></g>\n'
    )


def _curve(one: Point, other: Point) -> str:
    if one[1] == other[1]:
        return f"H{other[0]}"
    middle = (one[0] + other[0]) // 2
    return f"C{middle} {one[1]} {middle} {other[1]} {other[0]} {other[1]}"


def _one_line(text: str) -> str:
    """At most so much of the text as fits into a box, on one line, with an ellipsis if cut."""
    room = _COLUMNS
    kept: list[str] = []
    for letter in text:
        room -= 2 if unicodedata.east_asian_width(letter) in {"W", "F"} else 1
        if room < 0:
            return "".join(kept[:-1]) + "…"
        kept.append("␤" if letter in "\n\r" else letter)
    return "".join(kept)
