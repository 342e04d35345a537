"""Logs of logprov and of gammapy's prototypes, on our own files and on what can go wrong."""

from pathlib import Path

import pytest
from support.reading import attribute, parsed, shape, text, told

from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.identifiers import PARAMETER, PROV, PROVSTORE, VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_DOUBLE, XSD_INT, Literal
from provstore.model.vocabulary import Kind
from provstore.stores.catalogue.derive import Told, derive

FLOW = "session:8767784435521"
MODEL = f"{FLOW}_43742622725462746260"
FITTED = f"{FLOW}_43742622725462746261"
FILE = "file:88dd4d188aeb132bb03008a855a93bc045d5c7ca"
MARK = "INFO _PROV_2026-02-01T10:00:00.000001_PROV_"


def noticed(result: Parsed) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding."""
    return [(f.severity.value, f.rule, f.place) for f in result.findings]


@pytest.fixture(scope="module")
def session(data: Path) -> Parsed:
    return read_document((data / "logprov" / "session.log").read_bytes())


@pytest.fixture(scope="module")
def gammapy(data: Path) -> Parsed:
    return read_document((data / "logprov" / "gammapy.log").read_bytes())


class TestSession:
    def test_findings(self, session: Parsed) -> None:
        assert session.format == "logprov"
        assert noticed(session) == [
            ("info", "logprov/other-lines", ""),
            ("warning", "logprov/relative-name", "line 13"),
        ]

    def test_relations(self, session: Parsed) -> None:
        first, second = (part.document for part in session.parts)
        described = "description/activity/set_model"
        made = f"{described}/generation/model"
        kind = "description/entity/SkyModel"
        assert [shape(relation) for relation in first.relations] == [
            ("isRelatedTo", (f"{described}/parameter/kwargs.alpha", described)),
            ("isRelatedTo", (made, described)),
            ("isRelatedTo", (kind, made)),
            ("isDescribedBy", ("00aa01", described)),
            ("wasAssociatedWith", ("00aa01", "agent/operator")),
            ("hadStep", (FLOW, "00aa01")),
            ("isDescribedBy", (MODEL, kind)),
            ("wasGeneratedBy", (MODEL, "00aa01")),
        ]
        assert [shape(relation) for relation in second.relations] == [
            ("isDescribedBy", (FITTED, kind)),
            ("wasDerivedFrom", (FITTED, MODEL)),
            ("isDescribedBy", ("00aa02", "description/activity/write_model")),
            ("wasAssociatedWith", ("00aa02", "agent/operator")),
            ("hadStep", (FLOW, "00aa02")),
            ("isDescribedBy", (FITTED, kind)),
            ("used", ("00aa02", FITTED)),
            ("isDescribedBy", (FILE, "description/entity/File")),
            ("wasGeneratedBy", (FILE, "00aa02")),
        ]

    def test_the_session_is_a_flow(self, session: Parsed) -> None:
        assert set(told(session.parts[0].document, FLOW, Kind.ACTIVITY)) == {
            (PROV + "type", Iri(VOPROV + "ActivityFlow")),
            (PROV + "startTime", Literal("2026-02-01T10:00:00", XSD_DATETIME)),
            (PROVSTORE + "module", Literal("analysis")),
            (PROVSTORE + "class", Literal("dict")),
        }

    def test_definitions_of_the_session_describe(self, session: Parsed) -> None:
        document = session.parts[0].document
        found = told(document, "description/activity/set_model", Kind.ENTITY)
        assert text(found, VOPROV + "description") == "set the model"
        kind = told(document, "description/entity/SkyModel", Kind.ENTITY)
        assert text(kind, VOPROV + "description") == "A model"

    def test_a_variable(self, session: Parsed) -> None:
        assert set(told(session.parts[0].document, MODEL, Kind.ENTITY)) == {
            (PROV + "label", Literal("SkyModel")),
            (PROV + "location", Literal("model")),
            (PROV + "value", Literal("SkyModel(alpha=2.3")),
            (PROV + "type", Literal("PythonObject")),
            (PROVSTORE + "modifier", Literal("1", XSD_INT)),
        }

    def test_a_variable_that_is_derived_and_used(self, session: Parsed) -> None:
        found = told(session.parts[1].document, FITTED, Kind.ENTITY)
        assert text(found, PROV + "value") == "SkyModel(alpha=2.3"
        time = attribute(found, VOPROV + "generatedAtTime")
        assert time == Literal("2026-02-01T10:00:02.500000", XSD_DATETIME)

    def test_a_file_has_the_checksum_of_its_content(self, session: Parsed) -> None:
        found = told(session.parts[1].document, FILE, Kind.ENTITY)
        assert set(found) == {
            (PROV + "label", Literal("File")),
            (PROV + "location", Literal("model.yaml")),
            (PROV + "type", Literal("File")),
            (VOPROV + "contentType", Literal("application/x-yaml")),
            (PROVSTORE + "sha1", Literal(FILE.removeprefix("file:"))),
        }
        sized = (*found, (PROVSTORE + "size", Literal("5000")))
        aliases = derive("urn:provstore:s:" + FILE, [Told(int(Kind.ENTITY), sized)]).aliases
        assert (4, f"sha1:{FILE.removeprefix('file:')} 5000 model.yaml") in aliases

    def test_parameters(self, session: Parsed) -> None:
        found = told(session.parts[0].document, "00aa01", Kind.ACTIVITY)
        assert attribute(found, PARAMETER + "kwargs.alpha") == Literal("2.30", XSD_DOUBLE)

    def test_nothing_of_the_host_is_told(self, session: Parsed) -> None:
        said = repr([(p.document.elements, p.document.relations) for p in session.parts])
        assert "somebody" not in said
        assert "environment" not in said


class TestPrototype:
    def test_it_is_read_with_the_keys_of_lstosa(self, gammapy: Parsed) -> None:
        assert gammapy.format == "logprov"
        assert gammapy.findings == []
        (part,) = gammapy.parts
        store, made = "0123456789abcdef0123456789abcdef", "session:5551_7"
        assert [shape(relation) for relation in part.document.relations] == [
            ("isDescribedBy", ("c0ffee", "description/activity/get_observations")),
            ("wasAssociatedWith", ("c0ffee", "agent/somebody")),
            ("hadStep", ("session:5551", "c0ffee")),
            ("isDescribedBy", (store, "description/entity/DataStore")),
            ("used", ("c0ffee", store)),
            ("isDescribedBy", (made, "description/entity/Observations")),
            ("hadMember", (made, "gamma-events:20136")),
            ("wasGeneratedBy", (made, "c0ffee")),
        ]

    def test_a_hash_that_no_identifier_is_made_of_is_no_checksum(self, gammapy: Parsed) -> None:
        store = told(gammapy.parts[0].document, "0123456789abcdef" * 2, Kind.ENTITY)
        assert {key for key, _ in store if key.startswith(PROVSTORE)} == {
            PROVSTORE + "hash", PROVSTORE + "hash_type",
        }  # fmt: skip


class TestSessions:
    def test_a_number_without_a_session_is_kept_with_a_warning(self) -> None:
        result = parsed(f"{MARK}{{'activity_id': 'a', 'used_id': 12}}\n", "logprov")
        (part,) = result.parts
        assert [shape(r) for r in part.document.relations] == [("used", ("a", "12"))]
        assert noticed(result) == [("warning", "logprov/no-session", "line 1")]

    def test_two_sessions_have_different_variables_of_one_number(self) -> None:
        log = "".join(
            f"{MARK}{{'activity_id': '{name}', 'in_session': {number}}}\n"
            f"{MARK}{{'activity_id': '{name}', 'used_id': 12}}\n"
            for name, number in (("a", 1), ("b", 2))
        )
        relations = [r for p in parsed(log, "logprov").parts for r in p.document.relations]
        used = [relation.ends for relation in relations if relation.type.name == "used"]
        assert used == [("a", "session:1_12"), ("b", "session:2_12")]

    def test_each_part_is_understood_by_itself(self, data: Path) -> None:
        for path in sorted((data / "logprov").iterdir()):
            whole = path.read_bytes()
            for part in read_document(whole).parts:
                alone = whole[part.start : part.end]
                (again,) = read_document(alone, format="logprov").parts
                assert again.document == part.document

    @pytest.mark.parametrize(
        "record",
        [
            "{'location': 'x'}",
            "{'location': 'x', 'a': 'b'}",
            "{'location': 'x', 'value': 'value'}",
        ],
    )
    def test_an_entity_that_nothing_names_is_a_warning(self, record: str) -> None:
        result = parsed(f"{MARK}{record}", "logprov")
        assert noticed(result) == [("warning", "logprov/no-identity", "line 1")]
