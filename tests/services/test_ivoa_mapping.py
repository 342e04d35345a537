"""What W3C documents say becomes the IVOA model on ingest (Provenance DM 1.0), and goes again."""

import json
from pathlib import Path
from typing import Any

import pytest
from support.catalogue import EX, fresh, rows

from provstore.factory import Services
from provstore.model.answers import ElementAnswer
from provstore.model.lineage import Bounds, LineageQuestion

DESCRIPTION = {"prov:type": {"$": "voprov:ActivityDescription", "type": "xsd:QName"}}


def push(archive: Services, **sections: Any) -> str:  # noqa: ANN401  sections of PROV-JSON
    told = {"prefix": {"ex": EX}, **sections}
    return archive.ingest.push(json.dumps(told).encode()).receipt.id


def element(archive: Services, name: str) -> ElementAnswer:
    return archive.lineage.element(EX + name)


def described_by(archive: Services, name: str) -> list[tuple[str, bool]]:
    question = LineageQuestion((EX + name,), bounds=Bounds(depth=0), descriptions=2)
    edges = archive.lineage.ask(question).edges
    return [
        (edge.target.removeprefix(EX), '"provstore:inferred"' in (edge.attributes or ""))
        for edge in edges
        if edge.kind == "isDescribedBy"
    ]


class TestClasses:
    def test_what_has_members_is_a_collection(self, archive: Services) -> None:
        receipt = push(
            archive,
            entity={"ex:night": {}, "ex:run": {}},
            hadMember={"_:m": {"prov:collection": "ex:night", "prov:entity": "ex:run"}},
        )
        assert element(archive, "night").node.cls == "Collection"
        assert element(archive, "run").node.cls == "Entity"
        assert archive.maintenance.doctor() == []
        push(archive, entity={"ex:night": {"ex:note": "stays"}})
        archive.ingest.retract(receipt)
        assert element(archive, "night").node.cls == "Entity"
        assert archive.maintenance.doctor() == []

    def test_a_known_entity_becomes_a_collection_by_a_later_document(
        self, archive: Services
    ) -> None:
        push(archive, entity={"ex:night": {}})
        push(archive, hadMember={"_:m": {"prov:collection": "ex:night", "prov:entity": "ex:run"}})
        assert element(archive, "night").node.cls == "Collection"
        assert element(archive, "night").node.kinds == ("entity",)
        assert archive.maintenance.doctor() == []

    @pytest.mark.parametrize("member", ["hadMember", "hadDictionaryMember"])
    def test_it_is_one_until_its_last_membership_goes(self, archive: Services, member: str) -> None:
        whole = "prov:collection" if member == "hadMember" else "prov:dictionary"
        key = {} if member == "hadMember" else {"prov:key": "k"}
        receipts = [
            push(archive, **{member: {"_:m": {whole: "ex:night", "prov:entity": run, **key}}})
            for run in ("ex:run1", "ex:run2")
        ]
        push(archive, entity={"ex:night": {}})
        archive.ingest.retract(receipts[0])
        assert element(archive, "night").node.cls == "Collection"
        archive.maintenance.rebuild()
        assert element(archive, "night").node.cls == "Collection"
        archive.ingest.retract(receipts[1])
        assert element(archive, "night").node.cls == "Entity"
        assert archive.maintenance.doctor() == []

    @pytest.mark.parametrize(
        ("told", "cls"),
        [
            ({"prov:value": "3.1"}, "ValueEntity"),
            ({"voprov:value": {"$": "3.1", "type": "xsd:double"}}, "ValueEntity"),
            ({"ex:value": "3.1"}, "Entity"),
            ({"prov:value": "3.1", **DESCRIPTION}, "ActivityDescription"),
            ({"prov:type": {"$": "prov:EmptyDictionary", "type": "xsd:QName"}}, "Collection"),
        ],
    )
    def test_what_has_a_value_is_a_value(
        self, archive: Services, told: dict[str, Any], cls: str
    ) -> None:
        push(archive, entity={"ex:e": told})
        assert element(archive, "e").node.cls == cls

    def test_an_agent_with_a_value_is_no_entity(self, archive: Services) -> None:
        push(archive, agent={"ex:a": {"prov:value": "3.1"}})
        assert element(archive, "a").node.cls == "Agent"

    def test_an_agent_without_a_label_is_called_by_its_id(self, archive: Services) -> None:
        push(archive, agent={"ex:ctao": {}})
        assert element(archive, "ctao").node.name == "ctao"


def times(folder: Path, name: str) -> tuple[str | None, str | None]:
    """When an entity was made and ended, as the catalogue has it."""
    statement = (
        "SELECT generated_at, invalidated_at FROM entity "
        "JOIN element ON id = element WHERE iri = :iri"
    )
    [found] = rows(folder, statement, iri=EX + name) or [(None, None)]
    return found


def made(time: str, relation: str = "wasGeneratedBy") -> dict[str, Any]:
    return {relation: {"_:r": {"prov:entity": "ex:e", "prov:activity": "ex:a", "prov:time": time}}}


class TestTimes:
    """The IVOA model dates entities, PROV their relations (Provenance DM 1.0, 3.1.1)."""

    def test_the_time_of_a_generation_is_that_of_the_entity(
        self, archive: Services, tmp_path: Path
    ) -> None:
        push(archive, **made("2026-11-20T19:00:00+01:00"))
        assert times(tmp_path, "e") == ("2026-11-20T18:00:00.000000Z", None)
        push(archive, **made("2026-11-21T00:00:00Z", "wasInvalidatedBy"))
        assert times(tmp_path, "e")[1] == "2026-11-21T00:00:00.000000Z"
        assert archive.maintenance.doctor() == []

    def test_the_earliest_counts_whoever_says_it_and_goes_with_its_document(
        self, archive: Services, tmp_path: Path
    ) -> None:
        late = {"ex:e": {"voprov:generatedAtTime": "2026-11-20T20:00:00Z"}}
        push(archive, entity=late)
        assert times(tmp_path, "e")[0] == "2026-11-20T20:00:00.000000Z"
        earlier = push(archive, **made("2026-11-20T19:00:00Z"))
        assert times(tmp_path, "e")[0] == "2026-11-20T19:00:00.000000Z"
        push(archive, **made("2026-11-20T19:30:00Z"))
        assert times(tmp_path, "e")[0] == "2026-11-20T19:00:00.000000Z"
        assert archive.maintenance.doctor() == []
        archive.ingest.retract(earlier)
        assert times(tmp_path, "e")[0] == "2026-11-20T19:30:00.000000Z"
        assert archive.maintenance.doctor() == []

    def test_a_zone_of_the_source_is_not_forgotten_when_more_is_told(self, tmp_path: Path) -> None:
        archive = fresh(tmp_path, source_zones={"site": "America/Santiago"})
        try:
            told = {"entity": {"ex:e": {"voprov:generatedAtTime": "2026-07-01T00:00:00"}}}
            data = json.dumps({"prefix": {"ex": EX}, **told}).encode()
            archive.ingest.push(data, source="site")
            push(archive, **made("2026-07-02T00:00:00Z"))
            assert times(tmp_path, "e")[0] == "2026-07-01T04:00:00.000000Z"
            assert archive.maintenance.doctor() == []
        finally:
            archive.close()


class TestDescriptions:
    def test_a_plan_that_is_a_description_describes(self, archive: Services) -> None:
        association = {"prov:activity": "ex:run", "prov:agent": "ex:who", "prov:plan": "ex:desc"}
        told = {
            "activity": {"ex:run": {}},
            "agent": {"ex:who": {}},
            "entity": {"ex:desc": DESCRIPTION},
            "wasAssociatedWith": {"_:a": association},
        }
        receipt = push(archive, **told)
        assert described_by(archive, "run") == [("desc", True)]
        assert archive.maintenance.doctor() == []
        archive.ingest.retract(receipt)
        push(archive, activity={"ex:run": {}})
        assert described_by(archive, "run") == []

    def test_a_general_entity_that_is_a_description_describes(self, archive: Services) -> None:
        general = {"prov:type": {"$": "voprov:DatasetDescription", "type": "xsd:QName"}}
        special = {"prov:specificEntity": "ex:dl3", "prov:generalEntity": "ex:desc"}
        push(archive, entity={"ex:dl3": {}, "ex:desc": general}, specializationOf={"_:s": special})
        assert described_by(archive, "dl3") == [("desc", True)]

    def test_what_is_told_is_not_added_again(self, archive: Services) -> None:
        push(
            archive,
            entity={"ex:dl3": {}, "ex:desc": DESCRIPTION},
            specializationOf={
                "_:s": {"prov:specificEntity": "ex:dl3", "prov:generalEntity": "ex:desc"}
            },
            isDescribedBy={"_:d": {"voprov:described": "ex:dl3", "voprov:descriptor": "ex:desc"}},
        )
        assert described_by(archive, "dl3") == [("desc", False)]

    def test_any_other_plan_or_general_entity_describes_nothing(self, archive: Services) -> None:
        push(
            archive,
            activity={"ex:run": {}},
            entity={"ex:plan": {}, "ex:page": {}, "ex:page1": {}},
            wasAssociatedWith={"_:a": {"prov:activity": "ex:run", "prov:plan": "ex:plan"}},
            specializationOf={
                "_:s": {"prov:specificEntity": "ex:page1", "prov:generalEntity": "ex:page"}
            },
        )
        assert described_by(archive, "run") == []
        assert described_by(archive, "page1") == []

    def test_a_part_that_comes_back_into_force_has_its_description_again(
        self, archive: Services
    ) -> None:
        # a retracted document that is pushed again
        told = {
            "entity": {"ex:dl3": {}, "ex:desc": DESCRIPTION},
            "specializationOf": {
                "_:s": {"prov:specificEntity": "ex:dl3", "prov:generalEntity": "ex:desc"}
            },
        }
        archive.ingest.retract(push(archive, **told))
        push(archive, **told)
        assert described_by(archive, "dl3") == [("desc", True)]
        assert archive.maintenance.doctor() == []
