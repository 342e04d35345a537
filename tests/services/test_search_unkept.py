"""Keywords that no rule names, and those that have too many values, are found when asked for."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from support import catalogue, found
from support.found import IVO, find, names, question

from provstore.errors import BadParameterError
from provstore.factory import Services
from provstore.model.identifiers import PARAMETER
from provstore.model.search import FacetValue, Match
from provstore.stores.catalogue import search_upstream

RULES = """
[[keyword]]
name = "run"
most_values = 2
[[keyword.from]]
attribute = "run"

[[keyword]]
name = "made"
type = "time"
most_values = 0
[[keyword.from]]
attribute = "made"
"""


def _document() -> bytes:
    """d1 and d2 are stacked to d4; nothing is told of how d5 was made."""
    told = json.loads(
        catalogue.prov(
            "entity(raw1) entity(raw2) entity(raw3) activity(a1) activity(a2) activity(a3)"
            " activity(a4) agent(anna) agent(ben)"
            f" used(a1, raw1) wasGeneratedBy({IVO}d1, a1) used(a2, raw2)"
            f" wasGeneratedBy({IVO}d2, a2) used(a3, raw3) wasGeneratedBy({IVO}d3, a3)"
            f" used(a4, {IVO}d1) used(a4, {IVO}d2) wasGeneratedBy({IVO}d4, a4)"
            " wasAssociatedWith(a1, anna) [prov:role=operator]"
            " wasAssociatedWith(a2, ben) [prov:role=operator]",
            {
                "raw1": {"ex:run": "1", "ex:made": "2026-01-31T10:00:00"},
                "raw2": {"ex:run": "2", "ex:made": "2026-02-01T10:00:00"},
                "raw3": {"ex:run": "3"},
                "a1": {"prov:label": "clean", "voprov:version": "0.9", "param:picture": "7"},
                "a2": {"prov:label": "clean", "voprov:version": "0.19", "param:picture": "10.0"},
                "a3": {"prov:label": "image", "voprov:version": "0.19"},
                "a4": {"prov:label": "stack", "voprov:version": "2"},
                "anna": {"prov:label": "Anna"},
                "ben": {"prov:label": "Ben"},
            },
        )
    )
    told["prefix"]["param"] = PARAMETER
    return json.dumps(told).encode()


def _table() -> bytes:
    return found.table_of(
        *(
            {
                "obs_publisher_did": IVO + name,
                "obs_id": name,
                "obs_collection": "X",
                "calib_level": 2,
                "target_name": "Crab" if name in {"d1", "d4"} else "PKS",
            }
            for name in ("d1", "d2", "d3", "d4", "d5")
        )
    )


@pytest.fixture(scope="module")
def archive(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    folder = tmp_path_factory.mktemp("found")
    (folder / "rules.toml").write_text(RULES)
    services = catalogue.fresh(folder, keywords_file=folder / "rules.toml")
    services.ingest.push(_document())
    services.ingest.push_obscore(_table(), name="t.csv")
    yield services
    services.close()


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"keywords": ["activity:version=0.19"]}, ["d2", "d3", "d4"]),
        ({"keywords": ["activity/clean:version>=0.9"]}, ["d1", "d2", "d4"]),
        ({"keywords": ["activity/clean:version>0.9"]}, ["d2", "d4"]),
        ({"keywords": ["activity/clean:version=mixed"]}, ["d4"]),
        ({"keywords": ["activity/clean:version=unknown"]}, ["d3", "d5"]),
        ({"keywords": ["activity/clean:version=0.19"], "match": Match.ALL}, ["d2"]),
        ({"excluded": ["activity/clean:version=0.9"]}, ["d2", "d3", "d5"]),
        ({"excluded": ["activity/clean:version=unknown"]}, ["d1", "d2", "d4"]),
        ({"keywords": ["activity:name~st*"]}, ["d4"]),
        ({"keywords": ["param:picture=10"]}, ["d2", "d4"]),
        ({"keywords": ["param:picture<10"]}, ["d1", "d4"]),
        ({"keywords": ["param/image:picture=10"]}, []),
        ({"keywords": ["agent:name=anna"]}, ["d1", "d4"]),
        ({"keywords": ["agent/operator:name=Ben"], "target_names": ("crab",)}, ["d4"]),
        ({"keywords": ["param:picture=10", "agent:name=anna"]}, ["d4"]),
        ({"keywords": ["param:nothing=1"]}, []),
        # which have more values than their rules allow
        ({"keywords": ["run=3"]}, ["d3"]),
        ({"keywords": ["run=2"], "columns": ["obs_id!=d4"]}, ["d2"]),
        ({"keywords": ["run=mixed"]}, ["d4"]),
        ({"keywords": ["run=unknown"]}, ["d5"]),
        ({"excluded": ["run=1"]}, ["d2", "d3", "d5"]),
        ({"keywords": ["made<2026-02-01"]}, ["d1", "d4"]),
        ({"keywords": ["made=2026-02-01", "run=2"], "match": Match.ALL}, ["d2"]),
    ],
)
def test_they_are_found_by_what_datasets_were_made_from(
    archive: Services, asked: dict[str, Any], expected: list[str]
) -> None:
    page = find(archive, **asked)
    assert names(page) == expected
    assert page.total == len(expected)
    [note] = page.notes
    assert note.startswith("the ADQL leaves out ")
    assert "provenance.keyword WHERE" not in page.adql
    table = archive.search.table(question(**asked))
    assert [hit.record.values["obs_id"] for hit in table.rows] == expected
    assert list(table.notes) == list(page.notes)


def test_pages_and_facets_of_what_is_found(archive: Services) -> None:
    asked: dict[str, Any] = {"keywords": ["activity:version=0.19"], "limit": 2}
    first = find(archive, **asked, facets=("run", "param:picture", "target_name", "made"))
    assert (names(first), first.total) == (["d2", "d3"], 3)
    second = find(archive, **asked, cursor=first.next)
    assert (names(second), second.total, second.next) == (["d4"], 3, None)
    run, picture, target, made = first.facets
    assert run.values == [FacetValue("2", 2), FacetValue("1", 1), FacetValue("3", 1)]
    assert (run.mixed, run.unknown) == (1, 0)
    assert picture.values == [FacetValue("10.0", 2), FacetValue("7", 1)]
    assert (picture.mixed, picture.unknown) == (1, 1)
    assert target.values == [FacetValue("PKS", 2), FacetValue("Crab", 1)]
    assert (made.mixed, made.unknown) == (1, 1)


def test_what_sets_hold_of_them_is_not_shown(archive: Services) -> None:
    assert all("run" not in hit.keywords for hit in find(archive).items)
    told = {one.keyword.name: one for one in archive.search.keywords()}
    assert {"run", "made"} <= told.keys()
    assert (told["run"].is_kept, told["run"].facet.values) == (False, ())
    assert told["run"].groups == {"collections": [], "levels": [], "types": []}


def test_a_limit_that_cuts_is_told(archive: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_upstream, "MOST_DATASETS", 2)
    page = find(archive, keywords=["activity:version=0.19"])
    assert names(page) == ["d2"]
    assert page.notes[0].startswith("activity:version is not kept: it is looked for in the first 2")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("activity=1", "activity:NAME"),
        ("activty:version=1", "a keyword, or activity:NAME"),
        ("param:=1", "param:NAME"),
        ("rum=1", "did you mean run?"),
    ],
)
def test_what_has_no_such_form_is_no_keyword(archive: Services, name: str, said: str) -> None:
    with pytest.raises(BadParameterError) as refused:
        find(archive, keywords=[name])
    assert refused.value.name == "keyword"
    assert said in refused.value.allowed
