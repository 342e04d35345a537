"""PROV-AQ: headers that lead from an answer to the provenance of what it is about."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

import httpx
import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from support.catalogue import EX, prov
from support.served import archive_at

PROV: Final = Namespace("http://www.w3.org/ns/prov#")
_LINK: Final = re.compile(r'<([^<>]*)>; rel="([^"]*)"; anchor="([^"]*)"; type="([^"]*)"(?:, |$)')
DID: Final = "ivo://example.org/archive#spectrum"


class Link(NamedTuple):
    url: str
    rel: str
    anchor: str
    type: str


def links(answer: httpx.Response) -> list[Link]:
    """The links of an answer; all of the header is read."""
    header = answer.headers.get("link", "")
    found = [Link(*match.groups()) for match in _LINK.finditer(header)]
    assert _LINK.sub("", header) == ""
    return found


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("aq")) as client:
        told = prov(
            "entity(spectrum) entity(events) activity(fit) wasGeneratedBy(spectrum, fit)"
            "used(fit, events)",
        )
        assert client.post("/api/v1/documents", content=told).status_code == 201
        yield client


@pytest.mark.parametrize(
    ("path", "described", "media_type"),
    [
        ("/dataset", "/api/v1/elements", "application/json"),
        ("/api/v1/elements", "/dataset", "text/html"),
        ("/api/v1/lineage", "/dataset", "text/html"),
    ],
)
def test_an_answer_leads_to_the_provenance(
    client: httpx.Client, path: str, described: str, media_type: str
) -> None:
    name = EX + "spectrum"
    provenance, service, other = links(client.get(path, params={"ID": name}))
    assert {link.anchor for link in (provenance, service, other)} == {name}
    assert [link.rel for link in (provenance, service, other)] == [
        str(PROV.has_provenance),
        str(PROV.has_query_service),
        "describedby",
    ]
    record = client.get(provenance.url)
    assert record.headers["content-type"] == provenance.type == "application/json"
    assert set(record.json()["entity"]) == {"ex:spectrum", "ex:events"}
    assert client.get(service.url).headers["content-type"].startswith(service.type)
    about = client.get(other.url)
    assert (other.type, other.url.partition("?")[0]) == (
        media_type,
        str(client.base_url.join(described)),
    )
    assert about.headers["content-type"].startswith(media_type)


def test_every_root_of_a_lineage_is_led_from(client: httpx.Client) -> None:
    names = [EX + "spectrum", EX + "events"]
    answer = client.get("/api/v1/lineage", params={"ID": names, "format": "csv"})
    assert sorted({link.anchor for link in links(answer)}) == sorted(names)


def test_failures_lead_nowhere(client: httpx.Client) -> None:
    for path in ("/dataset", "/api/v1/elements", "/api/v1/lineage"):
        answer = client.get(path, params={"ID": "nothing"})
        assert (answer.status_code, links(answer)) == (404, [])


def test_the_services_are_described(client: httpx.Client) -> None:
    answer = client.get("/prov-aq")
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    told = Graph().parse(data=answer.content, format="turtle")
    here = URIRef(str(answer.url))
    assert (here, RDF.type, PROV.ServiceDescription) in told
    services = set(told.objects(here, PROV.describesService))
    assert services == set(told.subjects(RDF.type, PROV.DirectQueryService))
    assert len(services) == 2
    for service in services:
        [template] = told.objects(service, PROV.provenanceUriTemplate)
        # {uri} of RFC 6570: everything but unreserved characters is escaped
        record = client.get(str(template).replace("{uri}", quote(EX + "spectrum", safe="-._~")))
        assert set(record.json()["entity"]) == {"ex:spectrum", "ex:events"}


def test_the_name_of_the_archive_is_the_anchor(archive: httpx.Client) -> None:
    archive.post("/api/v1/documents", content=prov(f"entity(e) alternateOf(e, {DID})"))
    table = (
        "calib_level,obs_collection,obs_id,obs_publisher_did,product_id\n"
        f"4,X,1,{DID},11111111-2222-4333-8444-555555555555\n"
    )
    assert archive.put("/api/v1/obscore", content=table.encode()).status_code == 201
    answer = archive.get("/api/v1/elements", params={"ID": DID})
    assert {link.anchor for link in links(answer)} == {DID}


@pytest.mark.parametrize(
    ("name", "anchor"),
    [
        (EX + 'a">; rel="x', EX + "a%22%3E;%20rel=%22x"),
        (EX + "é<b>", EX + "%C3%A9%3Cb%3E"),
        (EX + "a\\b,c", EX + "a%5Cb,c"),
        (EX + "a%20b", EX + "a%20b"),
        (EX + "a\r\nX-Other: 1", EX + "a%0D%0AX-Other:%201"),
    ],
)
def test_hostile_names_stay_in_their_place(archive: httpx.Client, name: str, anchor: str) -> None:
    told: dict[str, dict[str, dict[str, str]]] = {"entity": {name: {}}}
    assert archive.post("/api/v1/documents", content=json.dumps(told)).status_code == 201
    answer = archive.get("/api/v1/elements", params={"ID": name})
    assert answer.status_code == 200
    assert {link.anchor for link in links(answer)} == {anchor}
    assert "x-other" not in answer.headers
    assert archive.get(links(answer)[0].url).status_code == 200


def test_a_head_stays_short(tmp_path: Path) -> None:
    every = [f"e{number}" for number in range(60)]
    with archive_at(tmp_path) as client:
        told = prov("".join(f"entity({name})" for name in every) + f"entity({'x' * 1900})")
        assert client.post("/api/v1/documents", content=told).status_code == 201
        answer = client.get("/api/v1/lineage", params={"ID": [EX + name for name in every]})
        found = links(answer)
        assert 3 <= len(found) < 3 * 60
        assert len(answer.headers["link"]) <= 2000
        assert len(answer.json()["roots"]) == 60
        long = client.get("/api/v1/elements", params={"ID": EX + "x" * 1900})
        assert (long.status_code, links(long)) == (200, [])
