"""Datasets are found over HTTP as tables: CSV, VOTable, FITS."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from astropy.io import fits
from astropy.io.votable import parse_single_table
from lxml import etree
from pyvo.dal import DALOverflowWarning, DALQuery
from support import found
from support.served import archive_at

from provstore.services import search as service

pytestmark = pytest.mark.usefixtures("engine")

CSV = "text/csv; charset=utf-8; header=present"
VOTABLE = "application/x-votable+xml"
FITS = "application/fits"


@pytest.fixture(scope="module")
def client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("tables"), max_table_rows=4) as client:
        assert client.post("/api/v1/documents", content=found.DOCUMENT).status_code == 201
        told = client.put("/api/v1/obscore?name=t.csv", content=found.TABLE)
        assert told.status_code == 201, told.text
        yield client


def get(client: httpx.Client, accept: str = "*/*", **parameters: str) -> httpx.Response:
    answer = client.get("/api/v1/search", params=parameters, headers={"Accept": accept})
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize(
    ("name", "accept", "media_type"),
    [
        ("csv", "*/*", CSV),
        ("votable", "*/*", VOTABLE),
        ("fits", "text/csv", FITS),
        ("text/xml", "*/*", VOTABLE),
        ("", "text/csv", CSV),
        ("", "application/x-votable+xml;q=0.9, application/json;q=0.1", VOTABLE),
        ("", "application/fits", FITS),
        ("json", "text/csv", "application/json"),
    ],
)
def test_the_format_is_named_or_accepted(
    client: httpx.Client, name: str, accept: str, media_type: str
) -> None:
    answer = get(client, accept, level="DL4", **({"format": name} if name else {}))
    assert answer.headers["content-type"] == media_type
    assert answer.headers["vary"] == "Accept"


def ids(answer: httpx.Response) -> list[str]:
    """The datasets of a table, in its order."""
    if answer.headers["content-type"] == CSV:
        rows = csv.DictReader(io.StringIO(answer.text))
        return [row["obs_id"] for row in rows]
    if answer.headers["content-type"] == VOTABLE:
        table = parse_single_table(io.BytesIO(answer.content)).to_table()
        return [str(one) for one in table["obs_id"]]
    with fits.open(io.BytesIO(answer.content)) as file:
        return list(file[1].data["obs_id"])


@pytest.mark.parametrize("name", ["csv", "votable", "fits"])
def test_all_datasets_are_in_the_table(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(service, "_ROWS", 1)
    expected = ["pks3", "crab2", "crab1", "crab4"]
    answer = get(client, format=name, order="-t_min", where="t_min>0")
    assert ids(answer) == expected
    assert "provstore-cut" not in answer.headers
    assert ids(get(client, format=name, keyword="reco_version=mixed")) == ["crab4"]
    assert ids(get(client, format=name, level="DL5")) == []


@pytest.mark.parametrize("name", ["csv", "votable", "fits"])
@pytest.mark.parametrize("asked", [None, "3", "1"])
def test_a_limit_cuts_and_says_so(client: httpx.Client, name: str, asked: str | None) -> None:
    answer = get(client, format=name, **({"limit": asked} if asked else {}))
    every = ["crab1", "crab2", "crab4", "empty", "pks3"]
    assert ids(answer) == every[: int(asked or 4)]
    assert answer.headers["provstore-cut"] == f"limit={asked or 4}"
    if name == "votable":
        assert b'<INFO name="QUERY_STATUS" value="OVERFLOW"/>' in answer.content


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"limit": "5"}, "limit='5' is not allowed: a whole number from 1 to 4"),
        ({"facet": "data_rights"}, "facet='data_rights' is not allowed: nothing, unless the"),
        ({"cursor": "x"}, "cursor='x' is not allowed: nothing, unless the format is json"),
        ({"keyword": "reco_versio=1"}, "did you mean reco_version"),
    ],
)
def test_what_is_not_allowed_is_told_before_a_table_begins(
    client: httpx.Client, parameters: dict[str, str], said: str
) -> None:
    for name in ("csv", "votable", "fits"):
        answer = client.get("/api/v1/search", params={"format": name, **parameters})
        assert answer.status_code == 400
        assert said in answer.json()["detail"]


def test_notes_are_in_the_header_and_in_the_votable(client: httpx.Client) -> None:
    answer = get(client, format="votable", q="crab4")
    note = answer.headers["provstore-note"]
    assert note.startswith("'crab4' is taken for")
    space = "{http://www.ivoa.net/xml/VOTable/v1.3}INFO"
    told = [one.get("value") for one in etree.fromstring(answer.content).iter(space)]
    assert note in told


def test_pyvo_asks_as_it_asks_other_services(client: httpx.Client) -> None:
    query = DALQuery(str(client.base_url.join("/api/v1/search")))
    query.update(target="Crab Nebula", keyword="reco_version>=0.19", format="votable")
    results = query.execute()
    assert [str(one) for one in results["obs_id"]] == ["crab2", "crab4"]
    assert list(results["t_max"]) == [60001.02, 60001.02]
    query["limit"] = "1"
    with pytest.warns(DALOverflowWarning):
        assert len(query.execute()) == 1


def test_records_of_a_table_lead_to_datalink_where_so_set(tmp_path: Path) -> None:
    with archive_at(tmp_path, access_by_datalink=True) as client:
        row = {**found.ROWS[0], "access_url": "https://example.org/1.fits"}
        client.put("/api/v1/obscore?name=t.csv", content=found.table_of(row))
        [told] = csv.DictReader(io.StringIO(get(client, format="csv").text))
        base = str(client.base_url).rstrip("/")
        links = f"{base}/datalink/links?ID=ivo%3A%2F%2Fexample.org%2Fdco%3Fcrab1"
        assert told["access_url"] == links
