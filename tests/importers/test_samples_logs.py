"""Logs of lstosa and logprov, and their definitions. Counts are those of grep and awk."""

from collections import Counter
from pathlib import Path

import pytest
from support.reading import attribute, shape, text, told

from provstore.errors import UnknownFormatError
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import PARAMETER, PROV, PROVSTORE, VOPROV, Iri
from provstore.model.literals import XSD_BOOLEAN, XSD_DATETIME, XSD_INT, Literal
from provstore.model.records import Relation, first_text
from provstore.model.vocabulary import Kind

pytestmark = pytest.mark.samples

RAW = "lstosa/generated/prov_head60.log"
PROCESSED = "lstosa/generated/calibration_to_dl1_01807_prov.log"
SESSION = "logprov/generated/prov_test.log"
OF_LSTOSA = "lstosa/config/definition.yaml"
OF_LOGPROV = "logprov/config/definition.yaml"

DL1AB = "abb0c55ac225698096a982cbd7b105ba"
R0 = "7b9dfa64f8900c9789eaa1d568d220db"
TEXT_FILE = "file:88dd4d188aeb132bb03008a855a93bc045d5c7ca"
FLOW = "session:8767784435521"


def read(samples: Path, name: str) -> Parsed:
    return read_document((samples / name).read_bytes())


def relations(result: Parsed) -> list[Relation]:
    """All relations, a repeated telling once in each part."""
    return [relation for part in result.parts for relation in part.document.relations]


def kinds(result: Parsed) -> Counter[str]:
    return Counter(relation.type.name for relation in relations(result))


def elements(result: Parsed, kind: Kind) -> set[str]:
    return {t.iri for part in result.parts for t in part.document.elements if t.kind is kind}


def data(result: Parsed) -> set[str]:
    """Entities that are no descriptions."""
    found = elements(result, Kind.ENTITY)
    return {iri for iri in found if "description" not in iri}


def noticed(result: Parsed) -> list[tuple[str, str, str]]:
    return [(f.severity.value, f.rule, f.place) for f in result.findings]


def ends(document: Document, kind: str) -> list[tuple[str | None, ...]]:
    return [relation.ends for relation in document.relations if relation.type.name == kind]


def role(relation: Relation) -> str | None:
    return first_text(relation.attributes, PROV + "role")


@pytest.fixture(scope="module")
def raw(samples: Path) -> Parsed:
    return read(samples, RAW)


@pytest.fixture(scope="module")
def processed(samples: Path) -> Parsed:
    return read(samples, PROCESSED)


@pytest.fixture(scope="module")
def session(samples: Path) -> Parsed:
    return read(samples, SESSION)


class TestRaw:
    def test_the_activity_in_which_the_log_is_cut_off_is_a_warning(self, raw: Parsed) -> None:
        assert raw.format == "lstosa"
        assert noticed(raw) == [
            ("info", "lstosa/other-lines", ""),
            ("warning", "lstosa/no-end", "line 48"),
        ]

    def test_each_activity_is_a_part(self, raw: Parsed, samples: Path) -> None:
        lines = (samples / RAW).read_bytes().split(b"\n")
        starts = [sum(len(line) + 1 for line in lines[: n - 1]) for n in (1, 23, 34, 47)]
        assert [part.start for part in raw.parts] == starts
        told_of = [
            {t.iri for t in p.document.elements if t.kind is Kind.ACTIVITY} for p in raw.parts
        ]
        assert told_of == [{"d1ff87"}, {"f51c0a"}, {"40ea4e"}, {"317a1c"}]

    def test_all_records_are_there(self, raw: Parsed) -> None:
        assert len(data(raw)) == 15 + 1  # and the configuration file
        assert len(elements(raw, Kind.ENTITY)) == 16 + 13 + 3  # 13 names of entities, 3 of tools
        assert elements(raw, Kind.AGENT) == {"agent/Anonymous"}
        assert kinds(raw) == {
            "used": 17,
            "wasGeneratedBy": 6,
            "wasDerivedFrom": 1,
            "wasAssociatedWith": 4,
            "wasConfiguredBy": 4,
            "isDescribedBy": 23 + 4,
            "isRelatedTo": 4,
        }

    def test_an_activity(self, raw: Parsed) -> None:
        found = told(raw.parts[1].document, "f51c0a", Kind.ACTIVITY)
        assert set(found) == {
            (PROV + "label", Literal("dl1ab")),
            (PROV + "startTime", Literal("2026-11-20T18:53:19.745995", XSD_DATETIME)),
            (PROV + "endTime", Literal("2026-11-20T18:53:19.746342", XSD_DATETIME)),
            (PARAMETER + "StoreImage", Literal("true", XSD_BOOLEAN)),
            (PROVSTORE + "script", Literal("/opt/osa/env/bin/datasequence")),
            (PROVSTORE + "in_session", Literal("2020011701807")),
            (PROVSTORE + "session_tag", Literal("dl1ab:01807")),
            (PROVSTORE + "session_name", Literal("01807")),
            (PROVSTORE + "session_startTime", Literal("2026-11-20T18:53:19.745995", XSD_DATETIME)),
            (PROVSTORE + "observation_date", Literal("20200117")),
            (PROVSTORE + "observation_run", Literal("01807")),
        }

    def test_a_file_and_what_its_hash_is(self, raw: Parsed) -> None:
        path = "/data/lst/test_osa/test_files0/R0G/20200117/LST-1.1.Run01807.0000.fits.fz"
        assert set(told(raw.parts[0].document, R0, Kind.ENTITY)) == {
            (PROV + "label", Literal("R0SubrunDataset")),
            (PROV + "location", Literal(path)),
            (PROV + "type", Literal("File")),
            (VOPROV + "contentType", Literal("application/fits")),
            (PROVSTORE + "hash", Literal(R0)),
            (PROVSTORE + "hash_type", Literal("md5")),
            (PROVSTORE + "hash_of", Literal("path")),
        }

    def test_the_cycle_of_dl1ab_is_kept(self, raw: Parsed) -> None:
        document = raw.parts[1].document
        assert ("f51c0a", DL1AB) in ends(document, "used")
        assert (DL1AB, "f51c0a") in ends(document, "wasGeneratedBy")
        assert ends(document, "wasDerivedFrom") == [(DL1AB, "210141b8006f07398ea1336f2c2aa0a9")]

    def test_roles(self, raw: Parsed) -> None:
        found = {role(r) for r in raw.parts[2].document.relations if r.type.name != "isDescribedBy"}
        assert found == {
            "DL1AB subrun dataset",
            "Muons subrun dataset",
            "DL1Check HDF5 file",
            "DL1Check PDF file",
            "DL1Check subrun dataset",
            None,
        }

    def test_version_and_configuration(self, raw: Parsed) -> None:
        document = raw.parts[0].document
        described = PROVSTORE + "description:lstosa:r0_to_dl1:v0.12.3"
        assert ("d1ff87", described) in ends(document, "isDescribedBy")
        assert text(told(document, described, Kind.ENTITY), VOPROV + "version") == "v0.12.3"
        assert ends(document, "isRelatedTo") == [(described, "description/activity/r0_to_dl1")]
        path = "/opt/osa/env/lib/python3.11/site-packages/osa/configs/sequencer.cfg"
        assert ends(document, "wasConfiguredBy") == [("d1ff87", path)]
        config = told(document, path, Kind.ENTITY)
        assert attribute(config, PROV + "type") == Iri(VOPROV + "ConfigFile")
        assert text(config, PROVSTORE + "hash") == "ab3673368f1a446fcf07a196689af469"

    def test_nothing_of_the_host_is_told(self, raw: Parsed) -> None:
        said = repr([(p.document.elements, p.document.relations) for p in raw.parts])
        for word in ("/home/operator", "astropy", "GCC", "--drive-file", "x86_64", "PREEMPT"):
            assert word not in said


class TestProcessed:
    def test_all_records_are_there(self, processed: Parsed) -> None:
        assert processed.format == "lstosa"
        assert processed.findings == []
        assert elements(processed, Kind.ACTIVITY) == {"4b864d", "c2a774", "8a1f4a"}
        assert len(data(processed)) == 14
        assert kinds(processed) == {
            "used": 11,
            "wasGeneratedBy": 6,
            "wasDerivedFrom": 11,
            "wasAssociatedWith": 3,
            "isDescribedBy": 16 + 3,
        }

    def test_what_follows_the_end_of_an_activity_is_still_its_part(self, processed: Parsed) -> None:
        first = processed.parts[0].document
        assert ("4b864d", "ce21de883807b53149f31547658d823d") in ends(first, "used")
        assert ("7cbf9a2dbcfafa08fd896f4764a7227c", "4b864d") in ends(first, "wasGeneratedBy")

    def test_a_collection(self, processed: Parsed) -> None:
        found = told(processed.parts[0].document, "ce21de883807b53149f31547658d823d", Kind.ENTITY)
        assert set(found) == {
            (PROV + "label", Literal("R0Collection")),
            (PROV + "location", Literal("/data/lst/test_osa/test_files0/R0G/20200117/")),
            (PROV + "type", Literal("SetCollection")),
            (PROV + "type", Iri(PROV + "Collection")),
            (PROVSTORE + "size", Literal("11", XSD_INT)),
        }

    def test_the_cycle_of_the_collection_is_kept(self, processed: Parsed) -> None:
        both = "d89578d52b3d6c36f538422a3a16de88"
        assert ("c2a774", both) in ends(processed.parts[1].document, "used")
        assert (both, "c2a774") in ends(processed.parts[1].document, "wasGeneratedBy")

    def test_without_a_session_the_definition_describes_the_activity(
        self, processed: Parsed
    ) -> None:
        assert ("c2a774", "description/activity/dl1ab") in ends(
            processed.parts[1].document, "isDescribedBy"
        )


class TestLogprov:
    def test_its_relative_names_are_a_warning(self, session: Parsed) -> None:
        assert session.format == "logprov"
        assert noticed(session) == [
            ("info", "logprov/other-lines", ""),
            ("warning", "logprov/relative-name", "line 81"),
        ]
        assert session.findings[0].value == "66"

    def test_all_records_are_there(self, session: Parsed) -> None:
        assert len(session.parts) == 9
        assert elements(session, Kind.ACTIVITY) == {
            "6e5fc2", "e980fb", "654d1c", "50a26c", "328f9c", "84555e", "616538", "d98364",
            "76241a", FLOW,
        }  # fmt: skip
        assert elements(session, Kind.AGENT) == {"agent/operator"}
        assert len(data(session)) == 10
        found = kinds(session)
        assert found["used"] == 7
        assert found["wasGeneratedBy"] == 9
        assert found["wasDerivedFrom"] == 1
        assert found["wasAssociatedWith"] == found["hadStep"] == 9

    def test_a_variable_is_named_in_its_session(self, session: Parsed) -> None:
        name = f"{FLOW}_43742622725462746261"
        assert set(told(session.parts[7].document, name, Kind.ENTITY)) == {
            (PROV + "label", Literal("MyObject")),
            (PROV + "location", Literal("var1")),
            (PROV + "value", Literal("0")),
            (PROV + "type", Literal("PythonObject")),
            (PROVSTORE + "modifier", Literal("1", XSD_INT)),
        }

    def test_an_entity_whose_identifier_is_a_key(self, session: Parsed) -> None:
        name = f"{FLOW}_43742622725462746260"
        used = told(session.parts[5].document, name, Kind.ENTITY)
        assert text(used, PROV + "value") == "0"
        assert {key for key, _ in used} == {
            PROV + "label", PROV + "location", PROV + "value", PROV + "type",
        }  # fmt: skip
        assert ("84555e", name) in ends(session.parts[5].document, "used")

    def test_a_file_has_the_checksum_of_its_content_and_both_places(self, session: Parsed) -> None:
        written = told(session.parts[6].document, TEXT_FILE, Kind.ENTITY)
        read_again = told(session.parts[7].document, TEXT_FILE, Kind.ENTITY)
        for found, name in ((written, "prov_test1.txt"), (read_again, "prov_test2.txt")):
            assert text(found, PROVSTORE + "sha1") == TEXT_FILE.removeprefix("file:")
            assert text(found, PROV + "location") == name

    def test_a_derivation_tells_when_its_result_was_made(self, session: Parsed) -> None:
        made = f"{FLOW}_10538605024783148710"
        document = session.parts[4].document
        assert ends(document, "wasDerivedFrom") == [(made, f"{FLOW}_79901959782311774350")]
        time = attribute(told(document, made, Kind.ENTITY), VOPROV + "generatedAtTime")
        assert time == Literal("2026-11-20T19:04:00.098444", XSD_DATETIME)

    def test_the_session_and_its_definitions(self, session: Parsed) -> None:
        first = session.parts[0].document
        assert set(told(first, FLOW, Kind.ACTIVITY)) == {
            (PROV + "type", Iri(VOPROV + "ActivityFlow")),
            (PROV + "startTime", Literal("2026-11-20T19:04:00.087231", XSD_DATETIME)),
            (PROVSTORE + "module", Literal("builtins")),
            (PROVSTORE + "class", Literal("dict")),
        }
        described = told(first, "description/activity/write_file", Kind.ENTITY)
        text_of = text(described, VOPROV + "description")
        assert text_of == "write var1 and var2 in a text file"
        assert (FLOW, "76241a") in ends(session.parts[8].document, "hadStep")

    def test_parameters(self, session: Parsed) -> None:
        found = told(session.parts[1].document, "e980fb", Kind.ACTIVITY)
        assert attribute(found, PARAMETER + "kwargs.value") == Literal("1", XSD_INT)


@pytest.mark.parametrize("name", [RAW, PROCESSED, SESSION])
def test_each_part_is_understood_by_itself(samples: Path, name: str) -> None:
    whole = (samples / name).read_bytes()
    result = read_document(whole)
    for part in result.parts:
        (again,) = read_document(whole[part.start : part.end], format=result.format).parts
        assert again.document == part.document


@pytest.mark.parametrize(("name", "line"), [(RAW, 46), (PROCESSED, 39), (SESSION, 71)])
def test_a_log_that_grew_shares_its_earlier_parts(samples: Path, name: str, line: int) -> None:
    whole = (samples / name).read_bytes()
    before = b"\n".join(whole.split(b"\n")[:line]) + b"\n"
    earlier, later = read_document(before), read_document(whole)
    told_before = [before[part.start : part.end] for part in earlier.parts]
    told_now = [whole[part.start : part.end] for part in later.parts]
    assert len(told_now) > len(told_before)
    assert told_now[: len(told_before)] == told_before


class TestDefinitions:
    def test_that_of_lstosa(self, samples: Path) -> None:
        result = read(samples, OF_LSTOSA)
        assert result.format == "log-definition"
        assert result.findings == []
        (part,) = result.parts
        assert classes(part.document) == {
            "ActivityDescription": 7,
            "UsageDescription": 21,
            "GenerationDescription": 12,
            "ParameterDescription": 1,
            "DatasetDescription": 24,
            "EntityDescription": 6,
        }
        # one of each usage and generation to its activity and to its entity, one of the parameter
        assert kinds(result) == {"isRelatedTo": 33 * 2 + 1}

    def test_what_it_says(self, samples: Path) -> None:
        (part,) = read(samples, OF_LSTOSA).parts
        document = part.document
        activity = "description/activity/r0_to_dl1"
        usage = f"{activity}/usage/Pedestal%20file"
        assert set(told(document, activity, Kind.ENTITY)) == {
            (PROV + "type", Iri(VOPROV + "ActivityDescription")),
            (VOPROV + "name", Literal("r0_to_dl1")),
            (VOPROV + "description", Literal("Create DL1 files for an observation run and subrun")),
        }
        assert set(told(document, usage, Kind.ENTITY)) == {
            (PROV + "type", Iri(VOPROV + "UsageDescription")),
            (PROV + "role", Literal("Pedestal file")),
            (VOPROV + "description", Literal("Pedestal file used")),
            (PROVSTORE + "value_variable", Literal("PedestalFile")),
        }
        pedestal = "description/entity/PedestalFile"
        assert set(told(document, pedestal, Kind.ENTITY)) == {
            (PROV + "type", Iri(VOPROV + "DatasetDescription")),
            (VOPROV + "name", Literal("PedestalFile")),
            (VOPROV + "description", Literal("Pedestal file in HDF5 format on the disk")),
            (VOPROV + "type", Literal("File")),
            (VOPROV + "contentType", Literal("application/x-hdf")),
        }
        related = [shape(relation) for relation in document.relations]
        assert ("isRelatedTo", (usage, activity)) in related
        assert ("isRelatedTo", (pedestal, usage)) in related
        parameter = "description/activity/dl1ab/parameter/StoreImage"
        assert ("isRelatedTo", (parameter, "description/activity/dl1ab")) in related

    def test_that_of_logprov(self, samples: Path) -> None:
        result = read(samples, OF_LOGPROV)
        assert result.findings == []
        (part,) = result.parts
        assert classes(part.document) == {
            "ActivityDescription": 5,
            "UsageDescription": 8,
            "GenerationDescription": 9,
            "ParameterDescription": 16,
            "DatasetDescription": 4,
            "EntityDescription": 11,
        }
        assert kinds(result) == {"isRelatedTo": 17 * 2 + 16 + 2}  # two kinds of members
        members = [r for r in part.document.relations if r.attributes]
        assert {relation.ends for relation in members} == {
            ("description/entity/Observation", "description/entity/Observations"),
            ("description/entity/Dataset", "description/entity/Datasets"),
        }
        store = told(part.document, "description/entity/DataStore", Kind.ENTITY)
        assert text(store, PROVSTORE + "index") == "obs-index.fits.gz"
        assert part.document.prefixes.namespace("gamma-events") == "http://localhost/"

    def test_activities_of_the_log_meet_their_descriptions(self, samples: Path) -> None:
        described = elements(read(samples, OF_LSTOSA), Kind.ENTITY)
        for name, kind in ((PROCESSED, "isDescribedBy"), (RAW, "isRelatedTo")):
            found = [r.ends[1] for r in relations(read(samples, name)) if r.type.name == kind]
            assert found
            assert set(found) <= described

    @pytest.mark.parametrize("name", ["lstosa", "logprov"])
    def test_the_settings_of_the_logger_are_no_definition(self, samples: Path, name: str) -> None:
        with pytest.raises(UnknownFormatError):
            read(samples, f"{name}/config/logger.yaml")


def classes(document: Document) -> Counter[str]:
    """How many elements there are of each IVOA class."""
    return Counter(
        str(value).removeprefix(VOPROV)
        for attributes in document.elements.values()
        for name, value in attributes
        if name == PROV + "type"
    )
