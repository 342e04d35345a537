"""Datasets are found by their columns and by how they were made, on either engine."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from support import catalogue, found
from support.engines import connected
from support.found import IVO, find, names

from provstore.errors import BadParameterError
from provstore.factory import Services
from provstore.model.search import FacetValue, Inherited, Match, Order, State
from provstore.stores.catalogue.tables import obscore


@pytest.fixture(scope="module")
def archive(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Only read here."""
    services = catalogue.fresh(tmp_path_factory.mktemp("found"))
    found.fill(services)
    yield services
    services.close()


def test_without_a_condition_every_dataset_is_found_once(archive: Services) -> None:
    page = find(archive)
    assert names(page) == ["crab1", "crab2", "crab4", "empty", "pks3"]
    assert (page.total, page.next, list(page.facets), list(page.notes)) == (5, None, [], [])


def test_a_hit_tells_its_record_and_all_that_it_inherits(archive: Services) -> None:
    [hit] = find(archive, columns=["obs_id=crab4"]).items
    assert hit.record.values["t_max"] == 60001.02
    assert hit.record.values["dataproduct_subtype"] == "DL4"
    assert "pointing_mode" not in hit.record.values
    assert hit.keywords == {
        "applied_cuts": Inherited(State.SINGLE, ("loose",)),
        "reco_version": Inherited(State.MIXED, ("0.19", "0.9")),
    }
    assert hit.complete


def test_a_record_that_stops_short_says_so(archive: Services) -> None:
    assert [hit.complete for hit in find(archive).items] == [True, True, True, False, True]
    [hit] = find(archive, columns=["obs_id=empty"]).items
    assert hit.keywords == {}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"target_names": ("crab nebula",)}, ["crab1", "crab2", "crab4"]),
        ({"target_names": ("CRABNEBULA",)}, ["crab1", "crab2", "crab4"]),
        ({"target_names": ("pks 2155-304", "nobody")}, ["pks3"]),
        ({"target_names": ("Crab",)}, []),
        ({"columns": ["obs_id=crab4"]}, ["crab4"]),
        ({"columns": ["dataproduct_subtype=dl3"]}, ["crab1", "crab2", "empty", "pks3"]),
        ({"columns": ["dataproduct_subtype!=DL3"]}, ["crab4"]),
        ({"columns": ["target_name~pks*"]}, ["pks3"]),
        ({"columns": ["target_name~*NEBULA"]}, ["crab1", "crab2", "crab4"]),
        ({"columns": ["target_name~crab"]}, []),
        ({"columns": ["proposal_id~*%_*"]}, ["pks3"]),
        ({"columns": ["proposal_id~P_"]}, []),
        ({"columns": ["proposal_id=P1", "calib_level>2"]}, ["crab4"]),
        ({"columns": ["target_name>=d"]}, ["pks3"]),
        ({"columns": ["t_min<60000.5"]}, ["crab1", "crab4"]),
        ({"columns": ["t_min<=60001"]}, ["crab1", "crab2", "crab4"]),
        ({"columns": ["t_min>60001"]}, ["pks3"]),
        ({"columns": ["calib_level=2.0", "t_min>=60001"]}, ["crab2", "pks3"]),
        ({"columns": ["calib_level=2.5"]}, []),
        ({"columns": ["s_dec<-3.0e1"]}, ["pks3"]),
        ({"columns": ["pointing_mode=unknown"]}, ["crab4", "empty"]),
        ({"columns": ['pointing_mode="unknown"']}, []),
        # what has no value fits no comparison
        ({"columns": ["pointing_mode!=divergent"]}, ["crab1", "pks3"]),
        # 2026-01-31T23:30:00 in UTC is the one in the second row
        ({"columns": ["obs_release_date=2026-01-31"]}, ["crab1", "crab2"]),
        ({"columns": ["obs_release_date<2026-01-31T23:30:00"]}, ["crab1"]),
        ({"columns": ["obs_release_date>2026-01-31"]}, ["crab4"]),
        ({"columns": ["obs_release_date~2026-02*"]}, ["crab2"]),
        ({"keywords": ["reco_version=0.19"]}, ["crab2", "crab4", "pks3"]),
        ({"keywords": ["reco_version>=0.9"]}, ["crab1", "crab2", "crab4", "pks3"]),
        ({"keywords": ["reco_version>0.9"]}, ["crab2", "crab4", "pks3"]),
        ({"keywords": ["reco_version<0.19"]}, ["crab1", "crab4"]),
        ({"keywords": ["reco_version!=0.19"]}, ["crab1", "crab4"]),
        ({"keywords": ["reco_version~0.1*"]}, ["crab2", "crab4", "pks3"]),
        ({"keywords": ["reco_version=0.7"]}, []),
        ({"keywords": ["applied_cuts=LOOSE"]}, ["crab1", "crab2", "crab4"]),
        ({"keywords": ["reco_version=mixed"]}, ["crab4"]),
        ({"keywords": ["applied_cuts=mixed"]}, []),
        ({"keywords": ['reco_version="mixed"']}, []),
        ({"keywords": ["reco_version=unknown"]}, ["empty"]),
        # which nothing has: all of them have none
        ({"keywords": ["spectral_model=unknown"]}, ["crab1", "crab2", "crab4", "empty", "pks3"]),
        ({"keywords": ["reco_version=0.19"], "match": Match.ALL}, ["crab2", "pks3"]),
        (
            {"keywords": ["reco_version>=0.9"], "match": Match.ALL},
            ["crab1", "crab2", "crab4", "pks3"],
        ),
        ({"keywords": ["applied_cuts=loose", "reco_version=0.9"]}, ["crab1", "crab4"]),
        # what has no value stays
        ({"excluded": ["reco_version=0.9"]}, ["crab2", "empty", "pks3"]),
        ({"excluded": ["reco_version=0.9"], "match": Match.ALL}, ["crab2", "empty", "pks3"]),
        ({"excluded": ["reco_version=mixed"]}, ["crab1", "crab2", "empty", "pks3"]),
        ({"excluded": ["reco_version=unknown"]}, ["crab1", "crab2", "crab4", "pks3"]),
        ({"excluded": ["pointing_mode=divergent"]}, ["crab1", "crab4", "empty", "pks3"]),
        ({"excluded": ["pointing_mode=unknown"]}, ["crab1", "crab2", "pks3"]),
        ({"excluded": ["t_min>60000"]}, ["crab1", "crab4", "empty"]),
        (
            {"target_names": ("Crab Nebula",), "keywords": ["reco_version>=0.19"]},
            ["crab2", "crab4"],
        ),
        (
            {
                "target_names": ("Crab Nebula",),
                "keywords": ["reco_version=0.19"],
                "match": Match.ALL,
            },
            ["crab2"],
        ),
        ({"target_names": ("Crab Nebula",), "keywords": ["reco_version=mixed"]}, ["crab4"]),
        ({"columns": ["obs_id=empty"], "keywords": ["reco_version=unknown"]}, ["empty"]),
        (
            {"target_names": ("Crab Nebula",), "excluded": ["reco_version=0.9"]},
            ["crab2"],
        ),
        ({"columns": ["ev_number=unknown", "obs_id=pks3"]}, ["pks3"]),
    ],
)  # fmt: skip
def test_each_condition_finds_what_fits(
    archive: Services, asked: dict[str, Any], expected: list[str]
) -> None:
    page = find(archive, **asked)
    assert names(page) == expected
    assert page.total == len(expected)


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ((Order("t_min"),), ["crab1", "crab4", "crab2", "pks3", "empty"]),
        ((Order("t_min", is_descending=True),), ["pks3", "crab2", "crab1", "crab4", "empty"]),
        (
            (Order("dataproduct_subtype", is_descending=True), Order("t_min")),
            ["crab4", "crab1", "crab2", "pks3", "empty"],
        ),
        (
            (Order("obs_publisher_did", is_descending=True), Order("t_min")),
            ["pks3", "empty", "crab4", "crab2", "crab1"],
        ),
        (
            (Order("calib_level"), Order("calib_level", is_descending=True)),
            ["crab1", "crab2", "empty", "pks3", "crab4"],
        ),
    ],
)  # fmt: skip
def test_any_columns_sort(archive: Services, order: tuple[Order, ...], expected: list[str]) -> None:
    assert names(find(archive, order=order)) == expected
    pages = []
    cursor = None
    while True:
        page = find(archive, order=order, limit=2, cursor=cursor)
        assert page.total == 5
        pages += names(page)
        cursor = page.next
        if cursor is None:
            break
    assert pages == expected


def test_facets_count_what_is_found(archive: Services) -> None:
    wanted = ("dataproduct_subtype", "reco_version", "pointing_mode", "applied_cuts", "calib_level")
    page = find(archive, target_names=("Crab Nebula", "PKS 2155-304"), facets=wanted, limit=1)
    level, version, pointing, cuts, calibration = page.facets
    assert [facet.name for facet in page.facets] == list(wanted)
    assert level.values == [FacetValue("DL3", 3), FacetValue("DL4", 1)]
    assert version.values == [FacetValue("0.19", 3), FacetValue("0.9", 2)]
    assert (version.mixed, version.unknown) == (1, 0)
    assert pointing.values == [FacetValue("parallel", 2), FacetValue("divergent", 1)]
    assert (pointing.mixed, pointing.unknown) == (0, 1)
    assert cuts.values == [FacetValue("loose", 3), FacetValue("standard", 1)]
    assert calibration.values == [FacetValue("2", 3), FacetValue("4", 1)]
    [version] = find(archive, facets=("reco_version",)).facets
    assert (version.mixed, version.unknown) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "parameter", "value", "said"),
    [
        ({"columns": ["target=Crab"]}, "where", "target", "target_name"),
        ({"keywords": ["reco_versoin=0.19"]}, "keyword", "reco_versoin", "reco_version"),
        ({"excluded": ["xyz=1"]}, "exclude", "xyz", "known are"),
        ({"facets": ("xyz",)}, "facet", "xyz", "known are"),
        ({"facets": ("dataproduct_typ",)}, "facet", "dataproduct_typ", "dataproduct_type"),
        ({"columns": ["t_min=nan"]}, "where", "t_min=nan", "finite"),
        ({"columns": ["t_min<1e999"]}, "where", "t_min<1e999", "finite"),
        ({"columns": ["t_min~6*"]}, "where", "t_min~6*", "no pattern"),
        ({"columns": ["t_min=x"]}, "where", "t_min=x", "finite"),
        ({"columns": ["obs_release_date<soon"]}, "where", "obs_release_date<soon", "a time"),
        ({"columns": ["target_name=mixed"]}, "where", "target_name=mixed", "only a keyword"),
        ({"keywords": ["theta_max<wide"]}, "keyword", "theta_max<wide", "deg"),
        ({"cursor": "xyz"}, "cursor", "xyz", "next"),
        ({"cursor": "é"}, "cursor", "é", "next"),
        ({"cursor": "W10"}, "cursor", "W10", "next"),
        ({"cursor": "bnVsbA"}, "cursor", "bnVsbA", "next"),
        ({"cursor": "A" * 30_000}, "cursor", "A" * 30_000, "next"),
    ],
)
def test_what_cannot_be_asked_is_told(
    archive: Services, asked: dict[str, Any], parameter: str, value: str, said: str
) -> None:
    with pytest.raises(BadParameterError) as refused:
        find(archive, **asked)
    assert (refused.value.name, refused.value.value) == (parameter, value)
    assert said in refused.value.allowed


def test_a_cursor_is_of_its_question(archive: Services) -> None:
    cursor = find(archive, limit=1).next
    assert names(find(archive, limit=1, cursor=cursor)) == ["crab2"]
    for other in ({"order": (Order("t_min"),)}, {"columns": ["calib_level=2"]}):
        with pytest.raises(BadParameterError):
            find(archive, cursor=cursor, **other)


def test_of_several_records_of_a_dataset_the_latest_counts(tmp_path: Path, engine: str) -> None:
    services = catalogue.fresh(tmp_path)
    try:
        found.fill(services)
        # the same dataset under another name, in a document
        told = {
            "ex:obs_publisher_did": IVO + "crab1",
            "ex:obs_id": "later",
            "ex:obs_collection": "DCO",
            "ex:calib_level": "3",
        }
        services.ingest.push(catalogue.prov("entity(copy)", {"copy": told}))
        assert names(find(services, columns=["calib_level=3"])) == ["crab1"]
        assert names(find(services, columns=["obs_id=crab1"])) == []
        [hit] = find(services, columns=["obs_id=later"]).items
        assert hit.keywords["reco_version"].values == ("0.9",)
        assert find(services).total == 5
        again = found.table_of({**found.ROWS[0], "calib_level": 1})
        services.ingest.push_obscore(again, name="t.csv")
        assert names(find(services, columns=["calib_level=1"])) == ["crab1"]
        assert find(services, facets=("calib_level",)).facets[0].values == [
            FacetValue("2", 3),
            FacetValue("1", 1),
            FacetValue("4", 1),
        ]
    finally:
        services.close()


def _told(name: str, obs_id: str, did: str = "crab1") -> bytes:
    """A document that tells the record of a dataset again, of another entity."""
    told = {
        "ex:obs_publisher_did": IVO + did,
        "ex:obs_id": obs_id,
        "ex:obs_collection": "DCO",
        "ex:calib_level": "3",
    }
    return catalogue.prov(f"entity({name})", {name: told})


def _counting(services: Services) -> list[str]:
    assert services.maintenance.doctor() == []
    return [str(hit.record.values["obs_id"]) for hit in find(services).items]


def test_the_record_before_counts_again_when_a_later_one_is_taken_back(
    tmp_path: Path, engine: str
) -> None:
    services = catalogue.fresh(tmp_path)
    try:
        [first] = catalogue.push(services, _told("a", "1"))
        [second] = catalogue.push(services, _told("b", "2"))
        assert _counting(services) == ["2"]
        [third] = catalogue.push(services, _told("a", "3"))
        assert _counting(services) == ["3"]
        services.ingest.retract(third.id)
        assert _counting(services) == ["2"]
        services.ingest.retract(first.id)
        assert _counting(services) == ["2"]
        services.ingest.retract(second.id)
        assert _counting(services) == []
    finally:
        services.close()


def test_an_entity_that_tells_of_another_dataset_leaves_the_first_to_others(
    tmp_path: Path, engine: str
) -> None:
    services = catalogue.fresh(tmp_path)
    try:
        catalogue.push(services, _told("a", "1"), _told("b", "2"))
        [moved] = catalogue.push(services, _told("b", "3", "crab2"))
        assert _counting(services) == ["1", "3"]
        services.ingest.retract(moved.id)
        assert _counting(services) == ["2"]
    finally:
        services.close()


def test_of_one_document_the_entity_that_came_first_counts(tmp_path: Path, engine: str) -> None:
    services = catalogue.fresh(tmp_path)
    try:
        both = json.loads(_told("a", "1"))
        both["entity"] |= json.loads(_told("b", "2"))["entity"]
        catalogue.push(services, json.dumps(both).encode())
        assert _counting(services) == ["1"]
        shown = services.lineage.element(IVO + "crab1").obscore
        assert shown is not None
        assert shown["obs_id"] == "1"
    finally:
        services.close()


def test_what_wrongly_counts_is_found_and_put_right(tmp_path: Path, engine: str) -> None:
    services = catalogue.fresh(tmp_path)
    try:
        catalogue.push(services, _told("a", "1"), _told("b", "2"))
        with connected(tmp_path) as connection:
            connection.execute(update(obscore).values(latest=~obscore.c.latest))
        found_wrong = services.maintenance.doctor()
        assert len(found_wrong) == 2
        assert all("count" in one for one in found_wrong)
        services.maintenance.rebuild()
        assert _counting(services) == ["2"]
    finally:
        services.close()
