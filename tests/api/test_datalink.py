"""DataLink: what stands in the answer, on the demo observatory and for names that mean no good."""

import re
import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml import etree
from support.catalogue import prov
from support.served import archive_at, token_of
from support.votables import Table, read_table

from provstore.cli.demo import write_demo
from provstore.model.access import Role

LINKS: Final = "/datalink/links"
DEMO: Final = "ivo://observatory.example/demo#"
SPECTRUM: Final = DEMO + "dl4-crab-spectrum"
HOST: Final = "https://observatory.example/archive/"
BAD_CALIBRATION: Final = "urn:uuid:8d81f31a-4034-472e-a8eb-fc4e85f5f1d4"
DATALINK: Final = "application/x-votable+xml;content=datalink"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    night = write_demo(tmp_path_factory.mktemp("night"))
    with archive_at(tmp_path_factory.mktemp("demo")) as client:
        for path in night.documents:
            assert client.post("/api/v1/documents", content=path.read_bytes()).status_code == 201
        for path in night.obscore:
            assert client.put("/api/v1/obscore", content=path.read_bytes()).status_code == 201
        yield client


def links(client: httpx.Client, *ids: str) -> Table:
    answer = client.get(LINKS, params=[("ID", one) for one in ids])
    assert (answer.status_code, answer.headers["content-type"]) == (200, DATALINK)
    return read_table(answer.content)


def test_the_file_itself(demo: httpx.Client) -> None:
    [row] = links(demo, SPECTRUM).having(semantics="#this")
    assert row == {
        "ID": SPECTRUM,
        "access_url": HOST + "dl4/crab-spectrum.dl4.fits",
        "service_def": None,
        "error_message": None,
        "description": "crab-spectrum.dl4.fits (DL4)",
        "semantics": "#this",
        "content_type": "application/fits",
        "content_length": "700000",
        "content_qualifier": "#spectrum",
        "local_semantics": None,
        "link_auth": "false",
        "link_authorized": "true",
        "dataset": SPECTRUM,
    }


def test_the_dl3_runs_behind_a_dl4_spectrum(demo: httpx.Client) -> None:
    rows = links(demo, SPECTRUM).having(semantics="#progenitor")
    assert [row["dataset"] for row in rows] == [
        f"{DEMO}dl3-{run}-standard" for run in range(26004, 26009)
    ]
    assert rows[0]["access_url"] == HOST + "dl3/run26004.standard.dl3.fits.gz"
    assert rows[0]["content_qualifier"] == "#event-list"
    assert rows[0]["description"] == (
        "run26004.standard.dl3.fits.gz (DL3), used by gammapy-spectrum 1.3 as DL3 events"
    )


def test_what_was_made_from_it_is_one_step_away_too(demo: httpx.Client) -> None:
    [row] = links(demo, SPECTRUM).having(semantics="#derivation")
    assert row["dataset"] == DEMO + "dl5-catalogue-1"
    from_dl2 = links(demo, DEMO + "dl2-26004").having(semantics="#derivation")
    assert [row["dataset"] for row in from_dl2] == [
        DEMO + "dl3-26004-loose",
        DEMO + "dl3-26004-standard",
    ]


@pytest.mark.parametrize(
    "name",
    [
        DEMO + "dl2-26004",
        "urn:uuid:f3dff15c-9328-44fe-8156-6fad5c43943e",
        "f3dff15c-9328-44fe-8156-6fad5c43943e",
        "/data/dca/DL2/20251210/run26004.dl2.h5",
        HOST + "dl2/run26004.dl2.h5",
        "run26004.dl2.h5",
    ],
)
def test_a_file_has_the_same_links_under_each_of_its_names(demo: httpx.Client, name: str) -> None:
    found = links(demo, name)
    assert {row["ID"] for row in found.rows} == {name}
    [this] = found.having(semantics="#this")
    assert (this["dataset"], this["access_url"]) == (
        DEMO + "dl2-26004",
        HOST + "dl2/run26004.dl2.h5",
    )
    [origin] = found.having(semantics="#progenitor")
    assert (origin["description"] or "").startswith("run26004.dl1.h5 (DL1), used by ctapipe")
    assert len(found.having(semantics="#derivation")) == 2


def test_what_the_bad_calibration_file_went_into(demo: httpx.Client) -> None:
    found = links(demo, BAD_CALIBRATION)
    rows = found.having(semantics="#derivation")
    assert [(row["description"] or "").partition(",")[0] for row in rows] == [
        f"run{run}.dl1.h5 (DL1)" for run in (26008, 26009, 26010)
    ]
    [this] = found.having(semantics="#this")
    assert this["error_message"] == "NotFoundFault: no address of the file is known"


def test_what_has_no_address_is_reached_by_its_own_links(demo: httpx.Client) -> None:
    [first, *_] = links(demo, BAD_CALIBRATION).having(semantics="#derivation")
    assert (first["content_type"], first["content_length"]) == (DATALINK, None)
    followed = read_table(demo.get(str(first["access_url"])).content)
    assert {row["ID"] for row in followed.rows} == {first["dataset"]}
    assert BAD_CALIBRATION in {row["dataset"] for row in followed.having(semantics="#progenitor")}


def test_the_provenance_is_documentation(demo: httpx.Client) -> None:
    page, history, *services = links(demo, SPECTRUM).having(semantics="#documentation")
    told = {row["local_semantics"] for row in (page, history, *services)}
    assert told == {"provenance"}
    shown = demo.get(str(page["access_url"]))
    assert shown.status_code == 200
    assert shown.headers["content-type"].startswith(str(page["content_type"]))
    document = demo.get(str(history["access_url"]))
    assert document.headers["content-type"] == history["content_type"]
    # of each of five runs DL1, DL2 and DL3, three calibrations, and the spectrum itself
    assert len(document.json()["activity"]) == 5 * 3 + 3 + 1
    assert [row["service_def"] for row in services] == ["provsap", "lineage"]


def test_a_service_takes_the_id_of_the_row(demo: httpx.Client) -> None:
    found = links(demo, DEMO + "dl2-26004")
    for service in found.services:
        url = service.params["accessURL"]
        references = {name: ref for name, ref in service.inputs.items() if ref}
        if service.utype == "adhoc:this":
            assert (references, url) == ({}, str(demo.base_url.join(LINKS)))
            continue
        assert references == {"ID": found.ids["ID"]}
        answer = demo.get(url, params={"ID": str(found.rows[0]["ID"])})
        assert answer.headers["content-type"] == service.params["contentType"]
        assert demo.get(service.params["exampleURL"]).content == answer.content


def test_the_answer_says_what_it_is(demo: httpx.Client) -> None:
    found = links(demo, SPECTRUM)
    assert found.infos == [
        ("standardID", "ivo://ivoa.net/std/DataLink#links-1.1"),
        ("QUERY_STATUS", "OK"),
    ]
    assert [service.utype for service in found.services] == [
        *("adhoc:service", "adhoc:service", "adhoc:this")
    ]
    for row in found.rows:
        told = [row[name] for name in ("access_url", "service_def", "error_message")]
        assert sum(one is not None for one in told) == 1


def test_without_an_id_the_service_describes_itself(demo: httpx.Client) -> None:
    for parameters in ({}, {"ID": ""}):
        answer = demo.get(LINKS, params=parameters)
        found = read_table(answer.content)
        assert (answer.status_code, found.rows, len(found.services)) == (200, [], 3)
        assert "exampleURL" not in found.services[0].params


def test_faults_stand_beside_the_links_of_others(demo: httpx.Client) -> None:
    found = links(demo, "nothing", SPECTRUM, "26004", "nothing")
    ids = [row["ID"] for row in found.rows]
    assert list(dict.fromkeys(ids)) == ["nothing", SPECTRUM, "26004"]
    assert ids.index("26004") == len(ids) - 1, "the rows of one identifier stand together"
    first, last = found.rows[0], found.rows[-1]
    assert (first["semantics"], first["error_message"]) == (
        "#this",
        "NotFoundFault: nothing is known under 'nothing'",
    )
    assert (last["semantics"], last["access_url"]) == ("#this", None)
    assert (last["error_message"] or "").startswith("UsageFault: this is a name of 5 things: ")
    assert DEMO + "dl2-26004" in str(last["error_message"])


def test_a_post_is_answered_as_a_get(demo: httpx.Client) -> None:
    got = demo.get(LINKS, params={"ID": SPECTRUM})
    posted = demo.post(LINKS, data={"id": SPECTRUM, "ResponseFormat": "votable"})
    assert posted.content == got.content
    both = demo.post(LINKS, params={"ID": SPECTRUM}, data={"ID": DEMO + "dl2-26004"})
    asked = [row["ID"] for row in read_table(both.content).rows]
    assert list(dict.fromkeys(asked)) == [SPECTRUM, DEMO + "dl2-26004"]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("votable", DATALINK),
        ("application/x-votable+xml", "application/x-votable+xml"),
        ("application/x-votable+xml; content=datalink", DATALINK),
        ("Application/X-VOTable+XML;serialization=tabledata", "application/x-votable+xml"),
    ],
)
def test_formats(demo: httpx.Client, asked: str, sent: str) -> None:
    answer = demo.get(LINKS, params={"ID": SPECTRUM, "RESPONSEFORMAT": asked})
    assert (answer.status_code, answer.headers["content-type"]) == (200, sent)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"RESPONSEFORMAT": "csv"}, "UsageFault: RESPONSEFORMAT='csv' is not allowed"),
        ({"COLOUR": "blue"}, "UsageFault: COLOUR='blue' is not allowed"),
        ({"RESPONSEFORMAT": ["votable", "votable"]}, "UsageFault: RESPONSEFORMAT='votable'"),
    ],
)
def test_a_request_that_fails_is_told_in_a_votable(
    demo: httpx.Client, parameters: dict[str, str | list[str]], message: str
) -> None:
    answer = demo.get(LINKS, params=parameters)
    assert (answer.status_code, answer.headers["content-type"]) == (
        400,
        "application/x-votable+xml",
    )
    found = read_table(answer.content)
    [(name, value)] = found.infos
    assert (name, value) == ("QUERY_STATUS", "ERROR")
    assert found.told.startswith(message)


def test_other_methods_and_bodies_are_told_in_a_votable(demo: httpx.Client) -> None:
    for answer in (demo.delete(LINKS), demo.post(LINKS, content=b"x")):
        assert 400 <= answer.status_code < 500
        assert read_table(answer.content).told.startswith("UsageFault: ")


def test_a_server_that_cannot_answer_says_so_in_a_votable(tmp_path: Path) -> None:
    with archive_at(tmp_path) as client:
        told = client.get(LINKS, headers={"Authorization": "Bearer nonsense"})
        assert (told.status_code, told.headers["www-authenticate"][:6]) == (401, "Bearer")
        assert read_table(told.content).told.startswith("DefaultFault: ")
        with sqlite3.connect(tmp_path / "provstore.db") as catalogue:
            catalogue.execute("ALTER TABLE alias RENAME TO gone")
        catalogue.close()
        told = client.get(LINKS, params={"ID": SPECTRUM})
        assert told.status_code == 503
        assert read_table(told.content).told.startswith("TransientFault: ")


@pytest.mark.parametrize(
    ("rights", "auth", "authorized"),
    [("public", "false", "true"), ("secure", "true", None), ("proprietary", "true", None)],
)
def test_who_may_have_a_file(
    archive: httpx.Client, rights: str, auth: str, authorized: str | None
) -> None:
    table = (
        "calib_level,obs_collection,obs_id,obs_publisher_did,access_url,access_estsize,data_rights\n"
        f"4,X,1,ivo://example.org/x#1,https://example.org/1.fits,9223372036854775807,{rights}\n"
        "4,X,2,ivo://example.org/x#2,https://example.org/2.fits,,\n"
    )
    assert archive.put("/api/v1/obscore", content=table.encode()).status_code == 201
    found = links(archive, "ivo://example.org/x#1", "ivo://example.org/x#2")
    one, two = found.having(semantics="#this")
    assert (one["link_auth"], one["link_authorized"]) == (auth, authorized)
    assert (two["link_auth"], two["link_authorized"]) == (None, None)
    assert (one["content_length"], two["content_length"]) == (None, None)
    assert (one["content_type"], one["content_qualifier"]) == (None, None)


def test_too_many_of_one_relation_are_left_to_the_lineage_service(archive: httpx.Client) -> None:
    made = "".join(f"wasGeneratedBy(f{number}, a)" for number in range(1002))
    archive.post("/api/v1/documents", content=prov(f"entity(e) activity(a) used(a, e) {made}"))
    found = links(archive, "http://example.org/e", "http://example.org/f7")
    [row] = found.having(semantics="#derivation")
    assert (row["service_def"], row["access_url"]) == ("lineage", None)
    [siblings] = [row for row in found.having(semantics="#coderived") if row["service_def"]]
    assert siblings["ID"] == "http://example.org/f7"
    assert ("QUERY_STATUS", "OVERFLOW") not in found.infos


def test_too_many_ids_are_said_to_be(demo: httpx.Client) -> None:
    many = [f"nothing{number}" for number in range(1500)]
    answer = demo.post(LINKS, data={"ID": [SPECTRUM, *many]})
    found = read_table(answer.content)
    assert answer.status_code == 200
    assert found.infos[-1] == ("QUERY_STATUS", "OVERFLOW")
    asked = list(dict.fromkeys(row["ID"] for row in found.rows))
    assert asked == [SPECTRUM, *many[:99]]
    assert len(found.having(ID=SPECTRUM)) == 11


@pytest.mark.parametrize(
    "name",
    [
        "é <b>&\"'</b>",
        "' OR 1=1 --",
        "%_%",
        "a\nb\tc",
        "x" * 10_000,
        "../../etc/passwd",
        "\N{GRINNING FACE}",
        "]]>",
    ],
)
def test_hostile_names_are_told_back_as_they_came(demo: httpx.Client, name: str) -> None:
    answer = demo.post(LINKS, data={"ID": name})
    [row] = read_table(answer.content).rows
    assert (answer.status_code, row["ID"]) == (200, name)
    assert (row["error_message"] or "").startswith("NotFoundFault: ")


def test_what_xml_forbids_is_escaped_and_said(demo: httpx.Client) -> None:
    found = links(demo, "a\0b", "bell\x07_x0041_")
    assert ("provstore_escaped", "true") in found.infos
    assert [row["ID"] for row in found.rows] == ["a_x0000_b", "bell_x0007__x005F_x0041_"]


def test_an_activity_has_its_provenance_and_no_file(archive: httpx.Client) -> None:
    archive.post("/api/v1/documents", content=prov("entity(e) activity(a) used(a, e)"))
    found = links(archive, "http://example.org/a")
    assert {row["semantics"] for row in found.rows} == {"#documentation"}


def test_links_hold_under_the_address_that_users_know(tmp_path: Path) -> None:
    base = "https://archive.example/prov/"
    with archive_at(tmp_path, base_url=base, allowed_hosts=("127.0.0.1",)) as client:
        told = prov("entity(e) entity(f) wasDerivedFrom(f, e)")
        pusher = token_of(tmp_path, Role.PUSHER)
        assert client.post("/api/v1/documents", content=told, headers=pusher).status_code == 201
        found = links(client, "http://example.org/f")
    [origin] = found.having(semantics="#progenitor")
    parts = urlsplit(str(origin["access_url"]))
    assert (parts.netloc, parts.path) == ("archive.example", "/prov/datalink/links")
    assert parse_qs(parts.query) == {"ID": ["http://example.org/e"]}
    assert {urlsplit(service.params["accessURL"]).netloc for service in found.services} == {
        "archive.example"
    }


def test_records_lead_to_the_links_where_they_are_told_to(tmp_path: Path) -> None:
    night = write_demo(tmp_path / "night")
    with archive_at(tmp_path, access_by_datalink=True) as client:
        for path in night.obscore:
            client.put("/api/v1/obscore", content=path.read_bytes())
        record = client.get("/api/v1/elements", params={"ID": SPECTRUM}).json()["obscore"]
        assert (record["access_format"], record["access_estsize"]) == (DATALINK, None)
        answer = client.get(record["access_url"])
        assert answer.headers["content-type"] == DATALINK
        [this] = read_table(answer.content).having(semantics="#this")
        page = client.get("/dataset", params={"ID": SPECTRUM})
    assert this["access_url"] == HOST + "dl4/crab-spectrum.dl4.fits"
    assert f'href="{HOST}dl4/crab-spectrum.dl4.fits"' in page.text
    [led] = set(re.findall('href="(/datalink/links[^"]*)"', page.text))
    assert parse_qs(urlsplit(led).query) == {"ID": [SPECTRUM]}


def test_records_lead_to_the_file_otherwise(demo: httpx.Client) -> None:
    record = demo.get("/api/v1/elements", params={"ID": SPECTRUM}).json()["obscore"]
    assert record["access_url"] == HOST + "dl4/crab-spectrum.dl4.fits"
    assert (record["access_format"], record["access_estsize"]) == ("application/fits", 700)


def test_the_answer_is_a_valid_votable(demo: httpx.Client) -> None:
    schema = etree.XMLSchema(
        etree.parse(str(files("astropy.io.votable") / "data" / "VOTable.v1.4.xsd"))
    )
    for ids in ([], [SPECTRUM, "nothing", "é\x07"], [f"n{number}" for number in range(101)]):
        answer = demo.get(LINKS, params=[("ID", one) for one in ids])
        schema.assertValid(etree.fromstring(answer.content))
    schema.assertValid(etree.fromstring(demo.get(LINKS, params={"X": "é\x07"}).content))
