"""lstosa's logs, on our own files and on what can go wrong."""

from pathlib import Path

import pytest
from support.reading import attribute, parsed, refused, rules, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document, recognise
from provstore.model.document import Document
from provstore.model.identifiers import PARAMETER, PROV, PROVSTORE, VOPROV, Iri
from provstore.model.literals import XSD_BOOLEAN, XSD_DATETIME, XSD_DOUBLE, XSD_INT, Literal
from provstore.model.vocabulary import Kind
from provstore.stores.catalogue.derive import Told, derive

MARK = "INFO provLogger __PROV__2026-01-17T20:00:00.100000__PROV__"
DL1 = "2" * 32
DL1AB = "3" * 32


def line(record: str) -> str:
    """A line of a raw log."""
    return f"{MARK}{record}\n"


def started(activity: str, time: str = "2026-01-17T20:00:00") -> str:
    """The line that starts an activity."""
    return line(
        f"{{'activity_id': '{activity}', 'name': 'tool', 'startTime': '{time}', "
        f"'in_session': 's', 'session_tag': 'tool:1'}}"
    )


def ended(activity: str) -> str:
    """The line that ends it."""
    return line(f"{{'activity_id': '{activity}', 'endTime': '2026-01-17T20:01:00'}}")


def used(activity: str, entity: str) -> str:
    """The line of a usage."""
    return line(f"{{'activity_id': '{activity}', 'used_id': '{entity}', 'used_role': 'r'}}")


def entity(name: str) -> str:
    """The line of an entity."""
    return line(f"{{'entity_id': '{name}', 'name': 'File', 'filepath': '/data/{name}'}}")


def one(log: str) -> Document:
    """The document of the only part."""
    (part,) = parsed(log, "lstosa").parts
    return part.document


def noticed(result: Parsed) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding."""
    return [(f.severity.value, f.rule, f.place) for f in result.findings]


def spans(log: str) -> list[str]:
    """The text of each part."""
    return [log.encode()[p.start : p.end].decode() for p in parsed(log, "lstosa").parts]


@pytest.fixture(scope="module")
def raw(data: Path) -> Parsed:
    return read_document((data / "lstosa" / "raw.log").read_bytes())


@pytest.fixture(scope="module")
def processed(data: Path) -> Parsed:
    return read_document((data / "lstosa" / "processed.log").read_bytes())


class TestRaw:
    def test_records_that_are_cut_off_are_warnings_with_their_line(self, raw: Parsed) -> None:
        assert raw.format == "lstosa"
        assert noticed(raw) == [
            ("warning", "lstosa/truncated-record", "line 15"),
            ("warning", "lstosa/truncated-record", "line 16"),
            ("info", "lstosa/other-lines", ""),
        ]

    def test_what_another_process_wrote_behind_a_cut_record_is_taken(self, raw: Parsed) -> None:
        found = told(raw.parts[1].document, "a00002", Kind.ACTIVITY)
        assert text(found, PROV + "endTime") == "2026-01-17T20:12:00.000000"

    def test_parameters_keep_their_form_and_none_says_nothing(self, raw: Parsed) -> None:
        found = told(raw.parts[0].document, "a00001", Kind.ACTIVITY)
        parameters = {(k, v) for k, v in found if k.startswith(PARAMETER)}
        assert parameters == {
            (PARAMETER + "max_events", Literal("1000", XSD_INT)),
            (PARAMETER + "threshold", Literal("1.50", XSD_DOUBLE)),
            (PARAMETER + "masks", Literal("[1,2]")),
            (PARAMETER + "cuts.low", Literal("-0.5", XSD_DOUBLE)),
            (PARAMETER + "flag", Literal("true", XSD_BOOLEAN)),
        }

    def test_keys_of_persons_and_hosts_are_not_taken(self) -> None:
        log = started("a") + line(
            "{'activity_id': 'a', 'hostname': 'wn042', 'user': 'jane', 'more': 'jane@example.org',"
            " 'observer': {'mail': 'jane', 'site': 'LP'}}"
        )
        result = parsed(log + ended("a"), "lstosa")
        (part,) = result.parts
        said = repr(part.document.elements)
        assert "jane" not in said
        assert "wn042" not in said
        assert text(told(part.document, "a", Kind.ACTIVITY), PROVSTORE + "observer") == (
            '{"site":"LP"}'
        )
        left_out = [(f.place, f.value) for f in result.findings if f.rule == "lstosa/personal"]
        assert left_out == [("line 2", key) for key in ("hostname", "user", "more", "mail")]

    def test_a_parameter_that_is_no_number_loses_no_log(self) -> None:
        log = started("a") + line("{'activity_id': 'a', 'parameters': {'x': nan, 'y': [1, -inf]}}")
        found = told(one(log + ended("a")), "a", Kind.ACTIVITY)
        assert attribute(found, PARAMETER + "x") == Literal("NaN", XSD_DOUBLE)
        assert attribute(found, PARAMETER + "y") == Literal("[1,-INF]")

    def test_relations(self, raw: Parsed) -> None:
        described = PROVSTORE + "description:lstosa:r0_to_dl1:v0.11.0"
        r0 = "1" * 32
        first, second = (part.document for part in raw.parts)
        assert [shape(relation) for relation in first.relations] == [
            ("wasConfiguredBy", ("a00001", "/opt/conf/sequencer.cfg")),
            ("isDescribedBy", ("a00001", described)),
            ("isRelatedTo", (described, "description/activity/r0_to_dl1")),
            ("wasAssociatedWith", ("a00001", "agent/Anonymous")),
            ("isDescribedBy", (r0, "description/entity/R0SubrunDataset")),
            ("used", ("a00001", r0)),
            ("isDescribedBy", (DL1, "description/entity/DL1SubrunDataset")),
            ("wasGeneratedBy", (DL1, "a00001")),
        ]
        assert [shape(relation) for relation in second.relations] == [
            ("wasDerivedFrom", (DL1AB, DL1)),
            ("isDescribedBy", ("a00002", "description/activity/dl1ab")),
            ("wasAssociatedWith", ("a00002", "agent/Anonymous")),
            ("isDescribedBy", (DL1AB, "description/entity/DL1SubrunDataset")),
            ("used", ("a00002", DL1AB)),
            ("wasGeneratedBy", (DL1AB, "a00002")),
        ]
        assert first.relations[5].attributes == ((PROV + "role", Literal("Observation subrun")),)
        assert first.relations[0].attributes == ((VOPROV + "artefactType", Literal("ConfigFile")),)

    def test_the_tag_of_the_log_is_told_of_activities_only(self, raw: Parsed) -> None:
        derivation = raw.parts[1].document.relations[0]
        assert derivation.attributes == ()
        found = told(raw.parts[1].document, "a00002", Kind.ACTIVITY)
        assert text(found, PROVSTORE + "session_tag") == "dl1ab:00042"

    def test_the_configuration_file(self, raw: Parsed) -> None:
        assert set(told(raw.parts[0].document, "/opt/conf/sequencer.cfg", Kind.ENTITY)) == {
            (PROV + "type", Iri(VOPROV + "ConfigFile")),
            (VOPROV + "name", Literal("sequencer.cfg")),
            (PROV + "location", Literal("/opt/conf/sequencer.cfg")),
            (PROVSTORE + "hash", Literal("0f" * 16)),
            (PROVSTORE + "hash_type", Literal("md5")),
            (PROVSTORE + "hash_of", Literal("path")),
        }

    def test_an_entity(self, raw: Parsed) -> None:
        assert set(told(raw.parts[0].document, "1" * 32, Kind.ENTITY)) == {
            (PROV + "label", Literal("R0SubrunDataset")),
            (PROV + "location", Literal("/data/R0/it's.fits.fz")),
            (PROV + "type", Literal("File")),
            (VOPROV + "contentType", Literal("application/fits")),
            (PROVSTORE + "hash", Literal("1" * 32)),
            (PROVSTORE + "hash_type", Literal("md5")),
            (PROVSTORE + "hash_of", Literal("path")),
        }

    def test_its_hash_never_is_a_checksum_of_content(self, raw: Parsed) -> None:
        """Names by which entities are tied are 1 to 4; 4 is checksum, size and file name."""
        found = told(raw.parts[0].document, "1" * 32, Kind.ENTITY)
        sized = (*found, (PROVSTORE + "size", Literal("5000")))
        aliases = derive("urn:provstore:s:" + "1" * 32, [Told(int(Kind.ENTITY), sized)]).aliases
        assert {kind for kind, _ in aliases} == {10, 12, 13}

    def test_a_time_is_the_hosts_and_names_no_zone(self, raw: Parsed) -> None:
        found = told(raw.parts[0].document, "a00001", Kind.ACTIVITY)
        start = attribute(found, PROV + "startTime")
        assert start == Literal("2026-01-17T20:00:00.000000", XSD_DATETIME)

    def test_nothing_of_the_host_or_the_user_is_told(self, raw: Parsed) -> None:
        said = repr([(p.document.elements, p.document.relations) for p in raw.parts])
        for word in ("somebody", "host-7", "lstchain", "secret", "environment"):
            assert word not in said


class TestProcessed:
    def test_what_follows_the_end_of_an_activity_belongs_to_it(self, processed: Parsed) -> None:
        assert processed.format == "lstosa"
        assert processed.findings == []
        first, second = (part.document for part in processed.parts)
        collection, both = "c" * 32, "d" * 32
        assert [shape(relation) for relation in first.relations][2:] == [
            ("isDescribedBy", (collection, "description/entity/R0Collection")),
            ("hadMember", (collection, "1" * 32)),
            ("used", ("b00001", collection)),
        ]
        assert [shape(relation) for relation in second.relations][3:] == [
            ("wasGeneratedBy", (both, "b00002")),
            ("used", ("b00002", both)),
        ]

    def test_a_collection_is_one(self, processed: Parsed) -> None:
        found = told(processed.parts[0].document, "c" * 32, Kind.ENTITY)
        assert (PROV + "type", Iri(PROV + "Collection")) in found
        assert (PROVSTORE + "size", Literal("2", XSD_INT)) in found

    def test_without_a_session_no_version_is_known(self, processed: Parsed) -> None:
        document = processed.parts[0].document
        described = told(document, "description/activity/r0_to_dl1", Kind.ENTITY)
        assert described == (
            (PROV + "type", Iri(VOPROV + "ActivityDescription")),
            (VOPROV + "name", Literal("r0_to_dl1")),
        )


class TestParts:
    def test_what_names_no_activity_belongs_to_the_next_one_that_is_named(self) -> None:
        first = entity("e") + started("a") + ended("a")
        second = entity("f") + started("b") + ended("b")
        assert spans(first + second) == [first[:-1], second[:-1]]

    def test_what_stands_behind_the_last_activity_joins_it(self) -> None:
        first, second = started("a") + ended("a"), started("b") + ended("b")
        assert spans(first + second + entity("e")) == [
            first[:-1],
            (second + entity("e"))[:-1],
        ]

    def test_activities_in_turns_are_one_part(self) -> None:
        turns = started("a") + started("b") + ended("a") + ended("b")
        alone = started("c") + ended("c")
        assert spans(alone.replace("'c'", "'d'") + turns + alone) == [
            alone.replace("'c'", "'d'")[:-1],
            turns[:-1],
            alone[:-1],
        ]
        result = parsed(turns, "lstosa")
        assert noticed(result) == [("info", "lstosa/in-turns", "line 1")]
        assert result.findings[0].value == "a, b"

    def test_entities_only_are_one_part(self) -> None:
        log = entity("e") + "some line\n" + entity("f")
        assert spans(log) == [log[:-1]]

    def test_no_part_takes_the_place_of_another(self, raw: Parsed) -> None:
        """Six random hex digits name an activity: another one may have them as well."""
        assert {part.subject for part in raw.parts} == {None}

    def test_offsets_are_bytes_behind_a_byte_order_mark(self) -> None:
        log = b"\xef\xbb\xbf" + "é\n".encode() + started("ä").encode() + ended("ä").encode()
        (part,) = read_document(log).parts
        assert log[part.start : part.end].decode() == (started("ä") + ended("ä"))[:-1]

    def test_a_log_that_grew_shares_its_earlier_parts(self, data: Path) -> None:
        whole = (data / "lstosa" / "raw.log").read_bytes()
        before = b"".join(whole.splitlines(keepends=True)[:8])
        (first,) = read_document(before).parts
        later = read_document(whole).parts
        assert before[first.start : first.end] == whole[later[0].start : later[0].end]
        assert first.document == later[0].document

    def test_each_part_is_understood_by_itself(self, data: Path) -> None:
        for path in sorted((data / "lstosa").iterdir()):
            whole = path.read_bytes()
            for part in read_document(whole).parts:
                alone = whole[part.start : part.end]
                (again,) = read_document(alone, format="lstosa").parts
                assert again.document == part.document


class TestOddRecords:
    def test_an_activity_that_does_not_end_is_a_warning(self) -> None:
        result = parsed(started("a") + used("a", "e"), "lstosa")
        assert noticed(result) == [("warning", "lstosa/no-end", "line 1")]

    def test_an_activity_that_starts_twice_is_one_with_both_times(self) -> None:
        log = started("a") + ended("a") + started("a", "2026-01-18T20:00:00")
        result = parsed(log, "lstosa")
        (part,) = result.parts
        starts = [v for k, v in told(part.document, "a", Kind.ACTIVITY) if k.endswith("startTime")]
        assert len(starts) == 2
        assert ("warning", "lstosa/started-again", "line 3") in noticed(result)

    def test_a_record_over_several_lines_is_read_with_a_warning(self) -> None:
        log = (
            started("a") + line("{'activity_id': 'a',\n 'parameters': {'x': [1,\n2]}}") + ended("a")
        )
        result = parsed(log, "lstosa")
        assert noticed(result) == [("warning", "lstosa/record-over-lines", "line 2")]
        (part,) = result.parts
        found = told(part.document, "a", Kind.ACTIVITY)
        assert attribute(found, PARAMETER + "x") == Literal("[1,2]")
        assert text(found, PROV + "endTime") == "2026-01-17T20:01:00"

    @pytest.mark.parametrize(
        "cut",
        ["", "{", "{'a", "{'activity_id': 'a', 'n", "{'activity_id': 'a', 'x': Tru", "{'x': -1."],
    )
    def test_a_record_that_is_cut_off_is_not_taken(self, cut: str) -> None:
        log = started("a") + line(cut) + "an ordinary line\n" + ended("a")
        result = parsed(log, "lstosa")
        assert noticed(result)[0] == ("warning", "lstosa/truncated-record", "line 2")
        (part,) = result.parts
        assert "endTime" in repr(told(part.document, "a", Kind.ACTIVITY))

    def test_numbers_as_identifiers_are_texts(self) -> None:
        log = "{'activity_id': 1, 'name': 'n'}\n{'entity_id': 'x', 'name': 'f', 'filepath': 5}\n"
        assert told(one(log), "1", Kind.ACTIVITY) == ((PROV + "label", Literal("n")),)
        assert text(told(one(log), "x", Kind.ENTITY), PROV + "location") == "5"

    def test_missing_ends_are_kept_with_a_warning(self) -> None:
        result = parsed("{'activity_id': 'a', 'used_id': None, 'used_role': 'r'}", "lstosa")
        (part,) = result.parts
        assert [shape(r) for r in part.document.relations] == [("used", ("a",))]
        assert noticed(result) == [("warning", "prov/missing-end", "line 1")]

    def test_what_has_no_identifier_is_noted(self) -> None:
        log = "{'entity_id': None, 'name': 'f'}\n{'session_id': ''}\n{'activity_id': ''}\n"
        assert noticed(parsed(log, "lstosa")) == [
            ("warning", "lstosa/no-identity", f"line {n}") for n in (1, 2, 3)
        ]

    def test_unknown_keys_are_kept_as_attributes(self) -> None:
        log = "{'entity_id': 'e', 'name': 'f', 'colour': 'red', 'tags': ('a', 2)}"
        found = told(one(log), "e", Kind.ENTITY)
        assert (PROVSTORE + "colour", Literal("red")) in found
        assert (PROVSTORE + "tags", Literal('["a",2]')) in found

    def test_the_system_of_any_record_is_left_out(self) -> None:
        log = "{'entity_id': 'e', 'name': 'f', 'system': {'environment': {'USER': 'somebody'}}}"
        assert "somebody" not in repr(one(log).elements)

    def test_a_time_that_is_none_is_kept_as_text(self) -> None:
        result = parsed("{'activity_id': 'a', 'endTime': 'soon'}", "lstosa")
        assert noticed(result) == [("warning", "prov/bad-time", "line 1, endTime")]

    @pytest.mark.parametrize(
        ("record", "rule", "place"),
        [
            ("{'a': 1}", "lstosa/unknown-record", "line 1"),
            ("{}", "lstosa/unknown-record", "line 1"),
            ("{'activity_id': ['a']}", "lstosa/wrong-type", "line 1, activity_id"),
            ("{'activity_id': 'a', 'parameters': 5}", "lstosa/wrong-type", "line 1, parameters"),
            ("{'entity_id': 'a', 'name': {}}", "lstosa/wrong-type", "line 1, name"),
            ("{'session_id': 'a', 'definitions': 1}", "lstosa/wrong-type", "line 1, definitions"),
        ],
    )
    def test_what_is_no_record_is_refused(self, record: str, rule: str, place: str) -> None:
        assert rules(refused(record, "lstosa")) == [(rule, place)]

    def test_a_log_without_records_is_refused_where_it_is_called_one(self) -> None:
        assert rules(refused("a line\nanother\n", "lstosa")) == [("lstosa/no-record", "")]


class TestRecognition:
    @pytest.mark.parametrize(
        ("log", "name"),
        [
            (started("a"), "lstosa"),
            ("text before\n" + started("a"), "lstosa"),
            ("{'activity_id': 'a', 'session_tag': 'x:1'}\n", "lstosa"),
            (f"{MARK}{{'activity_id': 'a', 'name': 'x'}}\n", "logprov"),
            ("INFO _PROV_2026-01-17T20:00:00_PROV_{'activity_id': 'a'}\n", "logprov"),
            (
                "A _PROV_2026-01-17T20:00:00_PROV_{'activity_id': 1}\n{'x': 1, 'session_tag': 'y'}",
                "logprov",
            ),
        ],
    )
    def test_marks_and_keys_decide(self, log: str, name: str) -> None:
        assert recognise(log.encode()).name == name
