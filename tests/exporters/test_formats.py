"""The table of formats: names, media types, suffixes, and what a client prefers."""

import json

import pytest
from exporters.nights import edge, lineage, node
from lxml import etree

from provstore.errors import BadParameterError
from provstore.exporters.registry import (
    FORMATS,
    format_of,
    format_of_file,
    negotiate,
    write_document,
    write_lineage,
)
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri, Prefixes
from provstore.model.literals import Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import PROV_LABEL, PROV_TYPE, USED, Kind

EX = "http://example.org/"
NAMES = [known.name for known in FORMATS if known.name != "png"]
"""Those whose text can be looked into."""
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"

ANSWER = lineage(
    [
        node("run", kind="activity", version="1", body='{"ex:a":"1","param:cuts":"hard"}'),
        node("cuts.yaml", cls="ConfigFile", depth=1),
    ],
    [edge("wasConfiguredBy", "run", "cuts.yaml")],
)


def document() -> Document:
    told = Document(Prefixes({"ex": EX}))
    told.add_element(Kind.ACTIVITY, EX + "run", ((PROV_LABEL, Literal("calibrate")),))
    told.add_element(Kind.ENTITY, EX + "in", ((PROV_TYPE, Iri(VOPROV + "ValueEntity")),))
    told.add_relation(Relation(USED, (EX + "run", EX + "in")))
    return told


class TestNames:
    @pytest.mark.parametrize(
        ("asked", "found"),
        [
            ("json", "json"),
            ("PROV-JSON", "prov-json"),
            ("prov-n", "prov-n"),
            ("PROV-N", "prov-n"),
            ("PROV-XML", "prov-xml"),
            ("PROV-SVG", "svg"),
            ("PROV-DOT", "dot"),
            ("PROV-PNG", "png"),
            ("node-link", "node-link"),
            ("application/graphml+xml", "graphml"),
            ("csv", "csv"),
            ("application/json", "json"),
            ("text/provenance-notation", "prov-n"),
            ("application/provenance+xml; charset=utf-8", "prov-xml"),
            ("Text/CSV", "csv"),
            ("image/svg+xml", "svg"),
            ("text/vnd.graphviz", "dot"),
        ],
    )
    def test_a_format_is_found_by_name_and_media_type(self, asked: str, found: str) -> None:
        assert format_of(asked).name == found

    def test_an_unknown_name_is_refused_with_those_that_are_known(self) -> None:
        with pytest.raises(BadParameterError) as refused:
            format_of("PROV-PDF", "RESPONSEFORMAT")
        assert refused.value.name == "RESPONSEFORMAT"
        for name in NAMES:
            assert name in refused.value.allowed

    @pytest.mark.parametrize(
        ("path", "found"),
        [
            ("a.json", "prov-json"),
            ("A.PROVN", "prov-n"),
            ("x.y.xml", "prov-xml"),
            ("d/a.gv", "dot"),
            ("a.png", "png"),
            ("a.graphml", "graphml"),
        ],
    )
    def test_a_file_says_its_format_by_its_suffix(self, path: str, found: str) -> None:
        assert format_of_file(path).name == found

    def test_a_suffix_that_no_format_has_is_refused(self) -> None:
        with pytest.raises(BadParameterError, match=r"\.provn"):
            format_of_file("a.pdf")


class TestNegotiation:
    @pytest.mark.parametrize(
        ("accept", "found"),
        [
            (None, "prov-json"),
            ("", "prov-json"),
            ("*/*", "prov-json"),
            ("text/csv", "csv"),
            ("image/svg+xml, text/csv", "svg"),
            ("text/csv;q=0.5, image/svg+xml;q=0.9", "svg"),
            ("text/csv;q=0.5, */*;q=0.1", "csv"),
            ("application/json", "prov-json"),
            ("text/*", "prov-json"),
            ("image/*", "svg"),
            ("application/xml", "prov-xml"),
            ("text/html", "prov-json"),
            (BROWSER, "prov-json"),
            ("text/csv;q=0, text/vnd.graphviz;q=0.1", "dot"),
            ("text/csv;q=2, image/svg+xml;q=0.1", "svg"),
            ("nonsense;;q=, ,/", "prov-json"),
        ],
    )
    def test_the_header_decides(self, accept: str | None, found: str) -> None:
        assert negotiate(accept, "prov-json").name == found

    def test_the_most_precise_range_decides_about_a_format(self) -> None:
        assert negotiate("*/*;q=0.9, text/csv;q=0.1", "csv").name == "json"

    def test_the_default_wins_where_two_formats_share_a_media_type(self) -> None:
        assert negotiate("application/json", "json").name == "json"
        assert negotiate("application/json", format_of("svg")).name == "json"


class TestWriting:
    @pytest.mark.parametrize("name", NAMES)
    def test_every_format_writes_both_answers_and_documents(self, name: str) -> None:
        assert b"cuts.yaml" in b"".join(write_lineage(ANSWER, name))
        assert b"calibrate" in b"".join(write_document(document(), name))

    @pytest.mark.parametrize("name", NAMES)
    def test_parameters_can_be_left_out_of_every_format(self, name: str) -> None:
        told = b"".join(write_lineage(ANSWER, name, parameters=False))
        assert b"run" in told
        assert b"cuts" not in told
        assert b"hard" not in told

    def test_the_flavour_reaches_the_writer(self) -> None:
        told = json.loads(b"".join(write_document(document(), "prov-json", model="ivoa")))
        assert list(told["valueEntity"]) == ["ex:in"]

    def test_the_style_reaches_the_picture(self) -> None:
        root = etree.fromstring(
            b"".join(write_lineage(ANSWER, "svg", attributes=False, link="/d?ID={}".format))
        )
        svg = "{http://www.w3.org/2000/svg}"
        assert [a.get("href") for a in root.iter(svg + "a")] == ["/d?ID=run", "/d?ID=cuts.yaml"]
        assert [t.text for t in root.iter(svg + "text")] == ["run", "cuts.yaml"]

    def test_bad_values_are_refused_before_anything_is_written(self) -> None:
        with pytest.raises(BadParameterError, match="format"):
            write_lineage(ANSWER, "pdf")
        with pytest.raises(BadParameterError, match="model"):
            write_document(document(), "prov-n", model="OPM")


class TestDocumentsAsGraphs:
    def told(self, given: Document) -> dict[str, dict[str, object]]:
        answer = json.loads(b"".join(write_document(given, "json")))
        assert answer["roots"]
        return {told["id"]: told for told in answer["nodes"]}

    def test_what_nothing_was_made_from_is_the_root(self) -> None:
        answer = json.loads(b"".join(write_document(document(), "json")))
        assert answer["roots"] == [EX + "run"]
        assert answer["edges"][0]["from"] == EX + "run"
        found = self.told(document())
        assert (found[EX + "run"]["depth"], found[EX + "run"]["steps"]) == (0, 0)
        assert (found[EX + "in"]["depth"], found[EX + "in"]["steps"]) == (1, 1)
        assert found[EX + "in"]["class"] == "ValueEntity"
        assert found[EX + "run"]["name"] == "calibrate"

    def test_names_that_are_only_mentioned_are_not_declared(self) -> None:
        told = Document(Prefixes({"ex": EX}))
        told.add_relation(Relation(USED, (EX + "a", EX + "b")))
        assert [found["declared"] for found in self.told(told).values()] == [False, False]

    def test_a_cycle_has_a_root_too(self) -> None:
        told = Document(Prefixes({"ex": EX}))
        for ends in ((EX + "a", EX + "b"), (EX + "b", EX + "a"), (EX + "c", EX + "c")):
            told.add_relation(Relation(USED, ends))
        assert len(self.told(told)) == 3

    def test_a_chain_of_diamonds_takes_no_longer_than_its_length(self) -> None:
        told = Document(Prefixes({"ex": EX}))
        for level in range(100):
            for side in "ab":
                told.add_relation(Relation(USED, (f"{EX}{level}", f"{EX}{level}{side}")))
                told.add_relation(Relation(USED, (f"{EX}{level}{side}", f"{EX}{level + 1}")))
        assert self.told(told)[f"{EX}100"]["depth"] == 200
