"""The picture: what it shows, where things stand, and that nothing in a name breaks it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from exporters.nights import edge, lineage, node, spectrum
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from provstore.exporters.layout import BOX_WIDTH, Layout, lay_out
from provstore.exporters.merge import merge
from provstore.exporters.svg import write_svg
from provstore.model.lineage import Direction, Lineage

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = (
    "<script>alert(1)</script>",
    "\"' onload='x",
    "a\x00b\x1b[31m",
    "]]>&amp;",
    "line\nbreak\ttab",
    "😀 \u202eright to left",
    "日本語の名前がとても長いときどうなりますか",
)


def drawn(answer: Lineage, **options: object) -> etree._Element:
    link = "/dataset?ID={}".format if options.get("link") else None
    text = b"".join(write_svg(answer, attributes=options.get("attributes") is not False, link=link))
    return etree.fromstring(text)


def texts(root: etree._Element) -> list[str]:
    return [element.text or "" for element in root.iter(SVG + "text")]


def places(layout: Layout) -> Iterator[tuple[int, int, int, int]]:
    return ((i.x, i.y, i.x + BOX_WIDTH, i.y + i.height) for i in layout.items)


class TestContent:
    def test_repeated_inputs_are_shown_with_their_count(self) -> None:
        shown = texts(drawn(spectrum(28, old={3})))
        assert "run….dl3.h5" in shown
        assert "DL3 · x28" in shown
        assert {"0.19 · x27", "0.18"} <= set(shown)

    def test_without_attributes_there_are_names_and_counts_only(self) -> None:
        root = drawn(spectrum(28), attributes=False)
        assert "x28" in texts(root)
        assert not any("DL3" in text or "0.19" in text for text in texts(root))
        assert "ex:colour" not in etree.tostring(root, encoding="unicode")

    def test_a_single_box_tells_its_attributes_when_asked(self) -> None:
        body = '{"ex:colour":["red",{"$":"7","type":"xsd:int"}]}'
        root = drawn(lineage([node("a", body=body)], []))
        title = root.find(f"{SVG}g/{SVG}title")
        assert title is not None
        assert (title.text or "").splitlines()[-2:] == ["ex:colour: red", "ex:colour: 7"]

    def test_an_origin_that_is_not_recorded_is_said(self) -> None:
        assert texts(drawn(spectrum(28, lost={5}))).count("origin not recorded") == 1
        assert "origin not recorded" not in texts(drawn(spectrum(28)))

    def test_the_picture_has_an_accessible_title(self) -> None:
        root = drawn(spectrum(28))
        assert root.get("role") == "img"
        assert root.get("aria-label") == "Lineage of spectrum.fits"
        assert root[0].tag == SVG + "title"
        assert root[0].text == "Lineage of spectrum.fits"
        description = root[1].text or ""
        assert "199 nodes in 10 boxes" in description

    def test_nothing_in_it_runs_or_is_loaded(self) -> None:
        root = drawn(spectrum(28), link=True)
        assert {element.tag for element in root.iter()} <= {
            SVG + name for name in ("svg", "title", "desc", "g", "a", "rect", "path", "text")
        }
        names = {str(name) for element in root.iter() for name, _ in element.items()}
        assert not any(name == "style" or name.startswith("on") for name in names)


class TestLinks:
    def test_each_box_leads_to_its_page(self) -> None:
        root = drawn(
            lineage([node("a&b"), node("c")], [edge("wasDerivedFrom", "a&b", "c")]), link=1
        )
        assert [a.get("href") for a in root.iter(SVG + "a")] == [
            "/dataset?ID=a&b",
            "/dataset?ID=c",
        ]

    def test_a_picture_with_links_is_no_image_to_assistive_technology(self) -> None:
        assert drawn(spectrum(1), link=True).get("role") == "group"


class TestHostileNames:
    @pytest.mark.parametrize("name", HOSTILE)
    def test_names_are_shown_and_nothing_else(self, name: str) -> None:
        answer = lineage([node(name, name, level=name, version=name)], [])
        root = drawn(answer, link=True)
        assert root.find(f".//{SVG}script") is None
        assert len(texts(root)) == 2

    def test_control_characters_are_shown_as_pictures(self) -> None:
        root = drawn(lineage([node("a", "a\x00\x1bb")], []))
        assert texts(root) == ["a␀␛b"]

    @given(st.text(max_size=40))
    def test_the_picture_is_well_formed_whatever_the_names(self, name: str) -> None:
        answer = lineage([node("root", name)], [])
        assert drawn(replace(answer, roots=(name, "root")), link=True).tag == SVG + "svg"

    def test_long_names_are_cut_and_told_in_full_behind(self) -> None:
        root = drawn(lineage([node("a", "n" * 100)], []))
        (shown,) = texts(root)
        assert shown == "n" * 20 + "…"
        assert "n" * 100 in etree.tostring(root, encoding="unicode")


class TestLayout:
    def test_data_flow_from_left_to_right(self) -> None:
        layout = lay_out(merge(spectrum(28, old={3})))
        at = {item.box.first.id: item.x for item in layout.items if item.box}
        assert at["dl0-0"] < at["calibrate-0"] < at["dl1-0"] < at["dl3-0"] < at["fit"] < at["dl4"]
        assert at["calibration"] == at["dl0-0"]

    def test_boxes_never_overlap(self) -> None:
        boxes = list(places(lay_out(merge(spectrum(28, old={1, 2, 3}, lost={4, 9})))))
        for index, (left, top, right, bottom) in enumerate(boxes):
            for other in boxes[index + 1 :]:
                apart = other[0] >= right or other[2] <= left
                assert apart or other[1] >= bottom or other[3] <= top

    def test_long_arrows_pass_between_the_boxes(self) -> None:
        nodes = [node(name, depth=depth) for depth, name in enumerate("abcd")]
        chain = [edge("wasDerivedFrom", a, b) for a, b in ("ab", "bc", "cd", "ad")]
        layout = lay_out(merge(lineage(nodes, chain)))
        boxes = list(places(layout))
        (long,) = (route for route in layout.routes if len(route.points) == 6)
        for x, y in long.points[1:-1]:
            assert not any(
                left < x < right and top < y < bottom for left, top, right, bottom in boxes
            )

    def test_everything_is_within_the_picture(self) -> None:
        layout = lay_out(merge(spectrum(28, old={3})))
        for left, top, right, bottom in places(layout):
            assert left >= 0
            assert top >= 0
            assert right <= layout.width
            assert bottom <= layout.height

    def test_forth_puts_the_root_at_the_left(self) -> None:
        nodes = [node("a"), node("b", depth=1)]
        answer = lineage(nodes, [edge("wasDerivedFrom", "b", "a")], direction=Direction.FORTH)
        at = {i.box.first.id: i.x for i in lay_out(merge(answer)).items if i.box}
        assert at["a"] < at["b"]

    def test_equal_answers_give_equal_pictures(self) -> None:
        first, second = (b"".join(write_svg(spectrum(28, old={3}))) for _ in range(2))
        assert first == second

    @given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
    def test_any_graph_can_be_drawn(self, arrows: list[tuple[int, int]]) -> None:
        nodes = [node(str(n), f"node {'abcdefgh'[n]}", depth=n) for n in range(8)]
        edges = [edge("wasDerivedFrom", str(a), str(b)) for a, b in arrows]
        for direction in Direction:
            root = drawn(lineage(nodes, edges, direction=direction))
            assert len(texts(root)) == 8


class TestCap:
    def wide(self, count: int) -> Lineage:
        letters = [chr(0x4E00 + number) for number in range(count)]
        nodes = [node("root"), *(node(name, depth=1) for name in letters)]
        return lineage(nodes, [edge("wasDerivedFrom", "root", name) for name in letters])

    def test_two_hundred_boxes_are_drawn_and_the_rest_is_counted(self) -> None:
        layout = lay_out(merge(self.wide(1000)))
        assert sum(item.box is not None for item in layout.items) == 200
        assert [item.hidden for item in layout.items if item.box is None] == [801]
        assert layout.hidden == 801

    def test_the_stub_is_shown(self) -> None:
        root = drawn(self.wide(1000))
        assert "+801 more" in texts(root)
        assert "801 more nodes are not drawn" in (root[1].text or "")

    def test_an_empty_answer_is_a_picture_too(self) -> None:
        assert drawn(replace(lineage([node("a")], []), nodes=[], roots=())).tag == SVG + "svg"
