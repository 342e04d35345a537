"""Definitions of what lstosa and logprov trace, on our own files and on what can go wrong."""

from pathlib import Path

import pytest
from support.reading import attribute, parsed, refused, rules, shape, text, told

from provstore.errors import UnknownFormatError
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document, recognise
from provstore.model.identifiers import OWN_PREFIXES, PROV, PROVSTORE, VOPROV, Iri
from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

NAME = "log-definition"
DL1 = "description/activity/r0_to_dl1"
SMALL = "activities:\n    a:\n        description: x\n"


def noticed(result: Parsed) -> list[tuple[str, str, str]]:
    """Severity, rule and place of every finding."""
    return [(f.severity.value, f.rule, f.place) for f in result.findings]


@pytest.fixture(scope="module")
def lstosa(data: Path) -> Parsed:
    return read_document((data / NAME / "lstosa.yaml").read_bytes())


@pytest.fixture(scope="module")
def logprov(data: Path) -> Parsed:
    return read_document((data / NAME / "logprov.yaml").read_bytes())


class TestLstosa:
    def test_an_address_of_email_is_not_taken(self, lstosa: Parsed) -> None:
        assert lstosa.format == NAME
        assert noticed(lstosa) == [("info", "log-definition/personal", "/activities/dl1ab/contact")]
        (part,) = lstosa.parts
        assert "example.org" not in repr((part.document.elements, part.document.relations))
        assert "example.org" not in repr(lstosa.findings)

    def test_relations(self, lstosa: Parsed) -> None:
        (part,) = lstosa.parts
        usage, generation = (
            f"{DL1}/usage/Observation%20subrun",
            f"{DL1}/generation/DL1%20subrun%20dataset",
        )
        assert [shape(relation) for relation in part.document.relations] == [
            ("wasAttributedTo", (DL1, "agent/Data Processing Group")),
            ("isRelatedTo", (usage, DL1)),
            ("isRelatedTo", ("description/entity/R0SubrunDataset", usage)),
            ("isRelatedTo", (generation, DL1)),
            ("isRelatedTo", ("description/entity/DL1SubrunDataset", generation)),
            (
                "isRelatedTo",
                (
                    "description/activity/dl1ab/parameter/StoreImage",
                    "description/activity/dl1ab",
                ),
            ),
        ]

    def test_a_parameter(self, lstosa: Parsed) -> None:
        (part,) = lstosa.parts
        found = told(part.document, "description/activity/dl1ab/parameter/StoreImage", Kind.ENTITY)
        assert set(found) == {
            (PROV + "type", Iri(VOPROV + "ParameterDescription")),
            (VOPROV + "name", Literal("StoreImage")),
            (VOPROV + "description", Literal("Store DL1 Image")),
            (VOPROV + "valueType", Literal("boolean")),
            (VOPROV + "default", Literal("01.50")),
            (PROVSTORE + "value_variable", Literal("StoreImage")),
        }

    def test_a_usage_and_its_entity(self, lstosa: Parsed) -> None:
        (part,) = lstosa.parts
        usage = told(part.document, f"{DL1}/usage/Observation%20subrun", Kind.ENTITY)
        assert set(usage) == {
            (PROV + "type", Iri(VOPROV + "UsageDescription")),
            (PROV + "role", Literal("Observation subrun")),
            (VOPROV + "description", Literal("Observation subrun used")),
            (PROVSTORE + "value_variable", Literal("R0SubrunDataset")),
        }
        entity = told(part.document, "description/entity/R0SubrunDataset", Kind.ENTITY)
        assert set(entity) == {
            (PROV + "type", Iri(VOPROV + "DatasetDescription")),
            (VOPROV + "name", Literal("R0SubrunDataset")),
            (VOPROV + "description", Literal("R0 subrun file")),
            (VOPROV + "type", Literal("File")),
            (VOPROV + "contentType", Literal("application/fits")),
        }
        plain = told(part.document, "description/entity/PythonObject", Kind.ENTITY)
        assert attribute(plain, PROV + "type") == Iri(VOPROV + "EntityDescription")

    def test_an_agent(self, lstosa: Parsed) -> None:
        (part,) = lstosa.parts
        assert set(told(part.document, "agent/Data Processing Group", Kind.AGENT)) == {
            (VOPROV + "name", Literal("Data Processing Group")),
            (PROVSTORE + "affiliation", Literal("An observatory")),
        }

    def test_the_log_of_the_same_source_means_the_same_names(
        self, lstosa: Parsed, data: Path
    ) -> None:
        described = {telling.iri for telling in lstosa.parts[0].document.elements}
        log = read_document((data / "lstosa" / "processed.log").read_bytes())
        found = {
            relation.ends[1]
            for part in log.parts
            for relation in part.document.relations
            if relation.type.name == "isDescribedBy" and relation.ends[0] in {"b00001", "b00002"}
        }
        assert found == {DL1, "description/activity/dl1ab"}
        assert found <= described


class TestLogprov:
    def test_what_is_no_part_of_a_definition_is_a_warning(self, logprov: Parsed) -> None:
        assert noticed(logprov) == [
            ("warning", "log-definition/bad-namespace", "/namespaces/bad"),
            ("warning", "log-definition/unknown-section", "/sections"),
        ]

    def test_relations(self, logprov: Parsed) -> None:
        (part,) = logprov.parts
        activity = "description/activity/get_observations"
        made = f"{activity}/generation/observations_selected"
        assert [shape(relation) for relation in part.document.relations] == [
            (
                "isRelatedTo",
                (f"{activity}/parameter/settings.observations.filters", activity),
            ),
            ("isRelatedTo", (f"{activity}/usage/datasets", activity)),
            ("isRelatedTo", ("description/entity/Datasets", f"{activity}/usage/datasets")),
            ("isRelatedTo", (f"{activity}/usage/datasets/2", activity)),
            ("isRelatedTo", ("description/entity/Mask", f"{activity}/usage/datasets/2")),
            ("isRelatedTo", (made, activity)),
            ("isRelatedTo", ("description/entity/Observations", made)),
            (
                "isRelatedTo",
                ("description/entity/Observation", "description/entity/Observations"),
            ),
        ]
        assert set(part.document.relations[-1].attributes) == {
            (PROV + "type", Literal("has_members")),
            (PROVSTORE + "list_variable", Literal("observations.list")),
            (PROVSTORE + "id_variable", Literal("obs_id")),
            (PROVSTORE + "namespace", Literal("gamma-events")),
        }

    def test_a_variable_that_holds_a_place_is_no_place(self, logprov: Parsed) -> None:
        (part,) = logprov.parts
        second = "description/activity/get_observations/usage/datasets/2"
        found = told(part.document, second, Kind.ENTITY)
        assert text(found, PROVSTORE + "location_variable") == "settings.mask"

    def test_its_namespaces_are_prefixes(self, logprov: Parsed) -> None:
        (part,) = logprov.parts
        assert part.document.prefixes.declared == {
            "gamma-events": "http://example.org/events/",
            **OWN_PREFIXES,
        }


class TestRefusals:
    @pytest.mark.parametrize(
        ("content", "rule", "place"),
        [
            ("- a\n", "log-definition/wrong-type", ""),
            ("a: b\n", "log-definition/no-section", ""),
            ("activities: [a]\n", "log-definition/wrong-type", "/activities"),
            ("activities:\n  a: b\n", "log-definition/wrong-type", "/activities/a"),
            (SMALL + "        usage: x\n", "log-definition/wrong-type", "/activities/a/usage"),
            (SMALL + "        usage: [x]\n", "log-definition/wrong-type", "/activities/a/usage/0"),
            (SMALL + "        usage: [{}]\n", "log-definition/no-name", "/activities/a/usage/0"),
            (
                SMALL + "        parameters: [{unit: m}]\n",
                "log-definition/no-name",
                "/activities/a/parameters/0",
            ),
            (
                SMALL + "        generation: [{role: r, has_members: x}]\n",
                "log-definition/wrong-type",
                "/activities/a/generation/0/has_members",
            ),
            (
                SMALL + "        contact: [x]\n",
                "log-definition/wrong-type",
                "/activities/a/contact",
            ),
            (SMALL + "namespaces: 5\n", "log-definition/wrong-type", "/namespaces"),
            (SMALL + "    a: {}\n", "yaml/duplicate-key", "4:5"),
            (SMALL + "agents: !!python/object:os.system x\n", "yaml/tag", "4:9"),
            ("a: &a [x]\nactivities: *a\n", "yaml/alias", "2:13"),
            ("activities: " + "[" * 500 + "]" * 500, "yaml/too-deep", "1:112"),
            (b"activities:\n  \xff:\n", "text/encoding", "2:3"),
        ],
        ids=lambda value: repr(value)[:40],
    )
    def test_what_is_wrong_is_told_with_its_place(
        self, content: str | bytes, rule: str, place: str
    ) -> None:
        assert rules(refused(content, NAME)) == [(rule, place)]

    def test_deep_nesting_is_refused_by_whichever_limit_is_met_first(self) -> None:
        ((rule, _),) = rules(refused("activities: " + "[" * 10_000, NAME))
        assert rule in {"yaml/too-deep", "yaml/syntax"}


class TestRecognition:
    @pytest.mark.parametrize("section", ["activities", "activity_descriptions"])
    def test_sections_and_what_is_in_them_decide(self, section: str) -> None:
        content = f"# a comment\n---\n{section}:\n    a:\n        description: x\n"
        assert recognise(content.encode()).name == NAME

    @pytest.mark.parametrize(
        "content",
        ["version: 1\nhandlers:\n  a:\n    level: INFO\n", "activities: 5\n", "description: x\n"],
    )
    def test_other_yaml_is_none(self, content: str) -> None:
        with pytest.raises(UnknownFormatError):
            recognise(content.encode())

    def test_null_entries_are_descriptions_of_nothing_but_a_name(self) -> None:
        (part,) = parsed("entities:\n  a:\n", NAME).parts
        assert told(part.document, "description/entity/a", Kind.ENTITY) == (
            (PROV + "type", Iri(VOPROV + "EntityDescription")),
            (VOPROV + "name", Literal("a")),
        )
