"""ctapipe's provenance log, on our own files and on what can go wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.reading import attribute, encoded, parsed, refused, rules, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import CTA, PARAMETER, PROV, PROVSTORE, VOPROV, XSD, Iri
from provstore.model.literals import XSD_DATETIME, Literal
from provstore.model.records import Attributes
from provstore.model.vocabulary import Kind

PROCESS = "urn:uuid:1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a001"
MERGE = "urn:uuid:1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a002"
FAILED = "urn:uuid:1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a003"
DL1 = "urn:uuid:aa0e8f6c-52c1-4d0e-8f3b-0c6a1d2e3f01"
LATER = "urn:uuid:aa0e8f6c-52c1-4d0e-8f3b-0c6a1d2e3f02"
DESCRIPTION = PROVSTORE + "description:ctapipe:"
UUID = "1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a009"


def activity(**more: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON
    """A small activity of a log."""
    return {"activity_name": "tool", "activity_uuid": UUID, **more}


def document(**more: Any) -> Document:  # noqa: ANN401  any JSON
    """The document of that activity."""
    (part,) = parsed([activity(**more)], "ctapipe").parts
    return part.document


def attributes(**more: Any) -> Attributes:  # noqa: ANN401  any JSON
    """The attributes of that activity."""
    return told(document(**more), f"urn:uuid:{UUID}", Kind.ACTIVITY)


def noticed(result: Parsed) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding."""
    return [(f.severity.value, f.rule, f.place) for f in result.findings]


@pytest.fixture(scope="module")
def log(data: Path) -> bytes:
    return (data / "ctapipe" / "night.provenance.log").read_bytes()


@pytest.fixture(scope="module")
def night(log: bytes) -> Parsed:
    return read_document(log)


class TestNight:
    def test_each_activity_is_a_part_also_one_that_comes_again(self, night: Parsed) -> None:
        subjects = [part.subject for part in night.parts]
        assert subjects == [PROCESS, PROCESS, MERGE, FAILED]
        assert night.parts[0].document == night.parts[1].document
        assert noticed(night) == []

    def test_parts_are_the_texts_of_their_activities(self, log: bytes, night: Parsed) -> None:
        for part in night.parts:
            content = json.loads(log[part.start : part.end])
            assert f"urn:uuid:{content['activity_uuid']}".lower() == part.subject
        between = log[night.parts[1].end : night.parts[2].start]
        assert between.split() == [b","]

    def test_a_grown_log_shares_its_parts(self, log: bytes, night: Parsed) -> None:
        shorter = read_document(log[: log.index(b"][") + 1])
        assert len(shorter.parts) == 1
        first, grown = shorter.parts[0], night.parts[0]
        assert (first.start, first.end, first.subject) == (grown.start, grown.end, grown.subject)
        assert first.document == grown.document

    def test_a_run(self, night: Parsed) -> None:
        assert told(night.parts[0].document, PROCESS, Kind.ACTIVITY) == (
            (PROV + "label", Literal("ctapipe-process")),
            (PROV + "startTime", Literal("2025-10-01T22:00:00.000Z", XSD_DATETIME)),
            (PROV + "endTime", Literal("2025-10-01T22:10:06.000Z", XSD_DATETIME)),
            (PROVSTORE + "status", Literal("completed")),
            (PROVSTORE + "exit_code", Literal("0", XSD + "int")),
            (PROVSTORE + "duration_min", Literal("10.1", XSD + "double")),
            (PARAMETER + "ProcessorTool.overwrite", Literal("true", XSD + "boolean")),
            (PARAMETER + "ProcessorTool.EventSource.allowed_tels", Literal("[1,2,5]")),
            (PARAMETER + "ProcessorTool.EventSource.scale", Literal("1.5", XSD + "double")),
            (PARAMETER + "ProcessorTool.EventSource.min_charge", Literal("2.5 p.e.")),
            (PARAMETER + "ProcessorTool.EventSource.cut", Literal("size > 50")),
        )

    def test_its_relations(self, night: Parsed) -> None:
        relations = night.parts[0].document.relations
        assert [(*shape(relation), relation.attributes) for relation in relations] == [
            ("isDescribedBy", (PROCESS, DESCRIPTION + "ctapipe-process:0.19.3"), ()),
            (
                "wasConfiguredBy",
                (PROCESS, "/data/conf/proc.yaml"),
                ((VOPROV + "artefactType", Literal("ConfigFile")),),
            ),
            (
                "used",
                (PROCESS, "/data/r1/LST-1.Run20136.fits.fz"),
                ((PROV + "role", Literal("Event")),),
            ),
            ("wasAttributedTo", (DL1, "contact/Jane Doe"), ((PROV + "role", Literal("contact")),)),
            ("wasGeneratedBy", (DL1, PROCESS), ((PROV + "role", Literal("DL1/Event")),)),
        ]

    def test_its_files_its_tool_and_its_contact(self, night: Parsed) -> None:
        run = night.parts[0].document
        assert told(run, "/data/conf/proc.yaml", Kind.ENTITY) == (
            (PROV + "type", Iri(VOPROV + "ConfigFile")),
            (PROV + "location", Literal("/data/conf/proc.yaml")),
        )
        assert told(run, DL1, Kind.ENTITY) == (
            (PROV + "location", Literal("/data/dl1/Übersicht_20136.h5")),
            (CTA + "CTA REFERENCE VERSION", Literal("1")),
            (CTA + "CTA PRODUCT CREATION TIME", Literal("2025-10-01 22:10:05.500")),
            (CTA + "CTA PRODUCT DATA LEVELS", Literal("DL1")),
            (CTA + "CTA PRODUCT ID", Literal("aa0e8f6c-52c1-4d0e-8f3b-0c6a1d2e3f01")),
            (CTA + "CTA PROCESS ID", Literal("20136")),
            (CTA + "CTA INSTRUMENT ID", Literal("LST-1")),
            (VOPROV + "generatedAtTime", Literal("2025-10-01T22:10:05.500Z", XSD_DATETIME)),
        )
        assert told(run, DESCRIPTION + "ctapipe-process:0.19.3", Kind.ENTITY) == (
            (PROV + "type", Iri(VOPROV + "ActivityDescription")),
            (VOPROV + "name", Literal("ctapipe-process")),
            (VOPROV + "version", Literal("0.19.3")),
        )
        assert told(run, "contact/Jane Doe", Kind.AGENT) == (
            (VOPROV + "name", Literal("Jane Doe")),
            (VOPROV + "affiliation", Literal("Observatoire d'Été")),
        )

    def test_an_input_names_its_producer(self, night: Parsed) -> None:
        merge = night.parts[2].document
        generated = [r for r in merge.relations if r.type.name == "wasGeneratedBy"]
        assert [(relation.ends, relation.attributes) for relation in generated] == [
            ((DL1, PROCESS), ((PROV + "type", Iri(PROVSTORE + "from-reference-metadata")),)),
            ((LATER, FAILED), ((PROV + "type", Iri(PROVSTORE + "from-reference-metadata")),)),
            (("/data/dl1/merged.h5", MERGE), ()),
        ]

    def test_a_contact_that_is_not_known_is_none(self, night: Parsed) -> None:
        merge = night.parts[2].document
        attributed = [r.ends for r in merge.relations if r.type.name == "wasAttributedTo"]
        assert attributed == [(DL1, "contact/Jane Doe")]

    def test_a_run_without_stop_and_without_configuration(self, night: Parsed) -> None:
        assert told(night.parts[2].document, MERGE, Kind.ACTIVITY) == (
            (PROV + "label", Literal("ctapipe-merge")),
            (PROV + "startTime", Literal("2025-10-01T22:20:00.000Z", XSD_DATETIME)),
            (PROVSTORE + "status", Literal("running")),
        )

    def test_a_failed_run_is_kept(self, night: Parsed) -> None:
        run = night.parts[3].document
        assert text(told(run, FAILED, Kind.ACTIVITY), PROVSTORE + "status") == "error"
        assert text(told(run, FAILED, Kind.ACTIVITY), PROVSTORE + "exit_code") == "1"
        assert [relation.type.name for relation in run.relations] == ["isDescribedBy"]

    @pytest.mark.parametrize(
        "personal",
        ["jdoe", "jane@example.org", "wn042", "hunter2", "numpy", "executable", "contact_info"],
    )
    def test_personal_and_host_data_stay_out(
        self, log: bytes, night: Parsed, personal: str
    ) -> None:
        assert personal.encode() in log
        for part in night.parts:
            statements = repr(part.document.elements) + repr(part.document.relations)
            assert personal not in statements

    def test_an_address_in_place_of_a_name_stays_out(self) -> None:
        contact = {"CTA CONTACT NAME": "jane@example.org", "CTA CONTACT EMAIL": "jane@example.org"}
        file = {"url": "/data/a.h5", "role": "DL1", "reference_meta": contact}
        result = parsed([activity(output=[file])], "ctapipe")
        assert "jane@" not in repr(result.parts[0].document.elements)
        assert [(f.rule, f.value) for f in result.findings] == [
            ("cta/personal", "CTA CONTACT NAME")
        ]

    def test_one_array_one_object_and_lines_say_the_same(self, data: Path, night: Parsed) -> None:
        content = (data / "ctapipe" / "lines.provenance.log").read_bytes()
        lines = read_document(content)
        objects = [json.loads(line) for line in content.splitlines()]
        array = read_document(encoded(objects))
        single = read_document(encoded(objects[0]))
        expected = [night.parts[index].document for index in (0, 2, 3)]
        assert [part.document for part in lines.parts] == expected
        assert [part.document for part in array.parts] == expected
        assert [part.document for part in single.parts] == expected[:1]


class TestOldForms:
    def test_a_run_of_2017_is_named_by_tool_and_start(self, data: Path) -> None:
        result = read_document((data / "ctapipe" / "before-2020.provenance.log").read_bytes())
        first, second = result.parts
        run = "camera-calibration/2017-03-02T10:00:00.000Z"
        assert first.subject == run
        assert [shape(relation) for relation in first.document.relations] == [
            ("isDescribedBy", (run, DESCRIPTION + "camera-calibration:0.4.0")),
            ("used", (run, "/data/gamma_test.simtel.gz")),
            ("wasGeneratedBy", ("/data/calib.h5", run)),
        ]
        assert noticed(result) == [("info", "ctapipe/unknown-status", "/0/status")]
        assert text(told(first.document, run, Kind.ACTIVITY), PROVSTORE + "status") == (
            "camera-calibration"
        )
        later = "urn:uuid:5f0d8a2e-93a1-4b9d-9d0e-3d9b1f6b2a10"
        assert [shape(relation) for relation in second.document.relations] == [
            ("used", (later, "/data/calib.h5"))
        ]


class TestDetails:
    def test_a_name_that_is_no_uuid_stays_local(self) -> None:
        (part,) = parsed([activity(activity_uuid="run-7")], "ctapipe").parts
        assert part.subject == "run-7"

    def test_a_time_with_a_zone_keeps_it(self) -> None:
        found = attributes(start={"time_utc": "2025-10-01T22:00:00+02:00"})
        assert text(found, PROV + "startTime") == "2025-10-01T22:00:00+02:00"

    def test_a_time_that_is_none_is_kept_and_noticed(self) -> None:
        content = [activity(stop={"time_utc": "later"})]
        result = parsed(content, "ctapipe")
        found = told(result.parts[0].document, f"urn:uuid:{UUID}", Kind.ACTIVITY)
        assert text(found, PROV + "endTime") == "later"
        assert noticed(result) == [("warning", "prov/bad-time", "/0/stop/time_utc")]

    @pytest.mark.parametrize(
        ("trait", "expected"),
        [
            ("null", None),
            ("{}", None),
            ("[]", Literal("[]")),
            ("1e-3", Literal("1e-3", XSD + "double")),
            ('{"value": 1.0, "unit": "deg"}', Literal("1.0 deg")),
            ('{"value": [1, 2], "unit": ""}', Literal("[1,2]")),
            ('[["type", "*", 5.0], {"é": null}]', Literal('[["type","*",5.0],{"é":null}]')),
        ],
    )
    def test_traits(self, trait: str, expected: Literal | None) -> None:
        content = f'[{{"activity_uuid": "{UUID}", "config": {{"Tool": {{"a": {trait}}}}}}}]'
        (part,) = parsed(content, "ctapipe").parts
        found = told(part.document, f"urn:uuid:{UUID}", Kind.ACTIVITY)
        assert found == (() if expected is None else ((PARAMETER + "Tool.a", expected),))

    def test_a_file_without_a_name_leaves_an_end_out(self) -> None:
        content = [activity(input=[{"url": None, "role": "x"}], output=[{"role": "y"}])]
        result = parsed(content, "ctapipe")
        (part,) = result.parts
        assert [shape(relation) for relation in part.document.relations] == [
            ("used", (f"urn:uuid:{UUID}",)),
            ("wasGeneratedBy", (None, f"urn:uuid:{UUID}")),
        ]
        assert noticed(result) == [
            ("warning", "prov/missing-end", "/0/input/0"),
            ("warning", "prov/missing-end", "/0/output/0"),
        ]

    def test_a_file_may_be_named_by_its_product_id_alone(self) -> None:
        meta = {"CTA PRODUCT ID": UUID.upper()}
        run = document(output=[{"url": None, "role": None, "reference_meta": meta}])
        assert shape(run.relations[0])[1] == (f"urn:uuid:{UUID}", f"urn:uuid:{UUID}")

    def test_a_product_id_that_is_no_uuid_names_nothing(self) -> None:
        meta = {"CTA PRODUCT ID": "7", "CTA ACTIVITY ID": "8"}
        result = parsed([activity(input=[{"url": "/a", "reference_meta": meta}])], "ctapipe")
        assert [shape(r) for r in result.parts[0].document.relations] == [
            ("used", (f"urn:uuid:{UUID}", "/a"))
        ]
        place = "/0/input/0/reference_meta/CTA "
        assert noticed(result) == [
            ("warning", "cta/bad-id", place + "PRODUCT ID"),
            ("warning", "cta/bad-id", place + "ACTIVITY ID"),
        ]

    @pytest.mark.parametrize("unset", ["", "unknown", "unspecified", None])
    def test_ids_that_are_not_set_are_none(self, unset: str | None) -> None:
        meta = {"CTA PRODUCT ID": unset, "CTA ACTIVITY ID": unset}
        result = parsed([activity(input=[{"url": "/a", "reference_meta": meta}])], "ctapipe")
        assert [shape(r)[1] for r in result.parts[0].document.relations] == [
            (f"urn:uuid:{UUID}", "/a")
        ]
        assert noticed(result) == []

    def test_an_input_made_by_the_same_activity_is_told_once(self) -> None:
        meta = {"CTA PRODUCT ID": UUID, "CTA ACTIVITY ID": UUID}
        run = document(input=[{"url": "/a", "role": None, "reference_meta": meta}])
        assert [relation.type.name for relation in run.relations] == ["used"]

    def test_names_of_tools_are_quoted_in_iris(self) -> None:
        run = document(activity_name="a tool/ü:1", system={"ctapipe_version": "1 2"})
        assert shape(run.relations[0])[1][1] == DESCRIPTION + "a%20tool%2F%C3%BC%3A1:1%202"

    def test_parts_after_a_byte_order_mark(self) -> None:
        data = b"\xef\xbb\xbf" + encoded([activity()])
        (part,) = parsed(data, "ctapipe").parts
        assert json.loads(data[part.start : part.end]) == activity()

    def test_an_empty_log_has_no_parts(self) -> None:
        assert parsed("[][ ]\n", "ctapipe").parts == []


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "rule", "place"),
        [
            ('[{"activity_uuid": "a"}, ', "json/syntax", "1:26"),
            ('[{"activity_uuid": "a"}', "json/syntax", "1:24"),
            ('[\n{"activity_uuid": "a", "in', "json/syntax", "2:24"),
            ('[{"activity_uuid": "a"} {"activity_uuid": "b"}]', "json/syntax", "1:25"),
            ('[{"activity_uuid": "a"}]\ngarbage', "json/syntax", "2:1"),
            ('[{"activity_uuid": "a"}]]', "json/syntax", "1:25"),
            ('{"activity_uuid": "a"}, {"activity_uuid": "b"}', "json/syntax", "1:23"),
            (
                '[{"activity_uuid": "a", "activity_uuid": "b"}]',
                "json/duplicate-key",
                "/0/activity_uuid",
            ),
            ('[{"activity_uuid": "a"}][{"a": NaN}]', "json/not-a-number", "/1/a"),
            (
                '[{"activity_name": "\\ud800", "activity_uuid": "a"}]',
                "json/character",
                "/0/activity_name",
            ),
            ("[" * 100_000, "json/too-deep", "1:2"),
            (b"\xff", "text/encoding", "1:1"),
            ("[5]", "json/wrong-type", "/0"),
            ("[[]]", "json/wrong-type", "/0"),
            ("[{}]", "ctapipe/no-identity", "/0"),
            ('[{"activity_name": "a"}]', "ctapipe/no-identity", "/0"),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_logs_that_are_refused(self, content: object, rule: str, place: str) -> None:
        assert rules(refused(content, "ctapipe")) == [(rule, place)]

    @pytest.mark.parametrize(
        ("key", "value", "place"),
        [
            ("activity_name", 5, "/0/activity_name"),
            ("status", 5, "/0/status"),
            ("start", 5, "/0/start"),
            ("start", {"time_utc": 5}, "/0/start/time_utc"),
            ("stop", [], "/0/stop"),
            ("system", "x", "/0/system"),
            ("system", {"ctapipe_version": 1}, "/0/system/ctapipe_version"),
            ("config", [], "/0/config"),
            ("exit_code", "0", "/0/exit_code"),
            ("duration_min", True, "/0/duration_min"),
            ("input", {}, "/0/input"),
            ("input", [5], "/0/input/0"),
            ("output", [{"url": 5, "reference_meta": {"CTA PRODUCT ID": UUID}}], "/0/output/0/url"),
            ("output", [{"url": "/a", "role": 5}], "/0/output/0/role"),
            ("output", [{"url": "/a", "reference_meta": []}], "/0/output/0/reference_meta"),
            (
                "output",
                [{"url": "/a", "reference_meta": {"CTA PRODUCT FORMAT": {}}}],
                "/0/output/0/reference_meta/CTA PRODUCT FORMAT",
            ),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_values_that_are_refused(self, key: str, value: object, place: str) -> None:
        assert rules(refused([activity(**{key: value})], "ctapipe")) == [("json/wrong-type", place)]

    def test_a_configuration_that_is_too_deep_is_refused(self) -> None:
        tree = "[" + '{"a":' * 700 + "1" + "}" * 700 + "]"
        content = f'[{{"activity_uuid": "{UUID}", "config": {{"Tool": {tree}}}}}]'
        assert rules(refused(content, "ctapipe")) == [("json/too-deep", "/0")]


def test_attribute_values_of_metadata_keep_their_type() -> None:
    meta = {"CTA PRODUCT ID": UUID, "CTA PROCESS ID": 7, "CTA X": True, "CTA Y": None}
    run = document(output=[{"url": "/a", "reference_meta": meta}])
    found = told(run, f"urn:uuid:{UUID}", Kind.ENTITY)
    assert attribute(found, CTA + "CTA PROCESS ID") == Literal("7", XSD + "int")
    assert attribute(found, CTA + "CTA X") == Literal("true", XSD + "boolean")
    assert CTA + "CTA Y" not in dict(found)
