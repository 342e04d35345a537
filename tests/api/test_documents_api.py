"""Push, ledger, raw bytes, findings, retraction over HTTP."""

import gzip
import hashlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from support.engines import settings
from support.served import archive_at, token_of

from provstore.model.access import Role
from provstore.stores.catalogue.database import Database

pytestmark = pytest.mark.usefixtures("engine")

DOCUMENTS = "/api/v1/documents"
RECEIPT_KEYS = {
    *("id", "sha256", "bytes", "format", "source", "received", "status", "replaces"),
    *("replaced_by", "new", "known", "findings", "url"),
}


def document(*names: str, prefix: str = "ex") -> bytes:
    """A PROV-JSON document that declares entities."""
    told = {
        "prefix": {"ex": "https://example.org/"},
        "entity": {f"{prefix}:{name}": {} for name in names},
    }
    return json.dumps(told).encode()


def push(client: httpx.Client, data: bytes, **parameters: str) -> dict[str, Any]:
    answer = client.post(DOCUMENTS, content=data, params=parameters)
    assert answer.status_code == 201, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def test_a_push_is_answered_with_a_receipt_under_its_fixed_names(archive: httpx.Client) -> None:
    data = document("a", "b")
    answer = archive.post(f"{DOCUMENTS}?source=site-1", content=data)
    receipt = answer.json()
    assert answer.status_code == 201
    assert set(receipt) >= RECEIPT_KEYS
    assert receipt["sha256"] == hashlib.sha256(data).hexdigest()
    assert receipt["bytes"] == len(data)
    assert (receipt["format"], receipt["source"]) == ("prov-json", "site-1")
    assert (receipt["status"], receipt["replaces"]) == ("accepted", None)
    assert receipt["new"] == {"elements": 2, "relations": 0}
    assert receipt["known"] == {"elements": 0, "relations": 0}
    assert receipt["url"] == answer.headers["location"]
    assert archive.get(receipt["url"]).json() == receipt


def test_the_same_bytes_again_are_answered_with_the_first_receipt(archive: httpx.Client) -> None:
    first = push(archive, document("a"))
    again = archive.post(DOCUMENTS, content=document("a"))
    assert again.status_code == 200
    assert again.json() == first
    assert again.headers["location"] == first["url"]


def test_gzip_makes_no_other_document(archive: httpx.Client) -> None:
    first = push(archive, document("a"))
    packed = gzip.compress(document("a"))
    again = archive.post(DOCUMENTS, content=packed, headers={"Content-Encoding": "gzip"})
    assert (again.status_code, again.json()) == (200, first)


@pytest.mark.parametrize(
    "media_type",
    [None, "application/json", "application/x-www-form-urlencoded", "text/plain; charset=utf-8"],
)
def test_content_decides_whatever_the_declared_type(
    archive: httpx.Client, media_type: str | None
) -> None:
    headers = {} if media_type is None else {"Content-Type": media_type}
    answer = archive.post(DOCUMENTS, content=document("a"), headers=headers)
    assert answer.status_code == 201


def test_a_dry_run_stores_nothing(archive: httpx.Client) -> None:
    answer = archive.post(f"{DOCUMENTS}?dry_run=true", content=document("a"))
    assert answer.status_code == 200
    assert answer.json() == {"findings": []}
    assert archive.get(DOCUMENTS).json()["total"] == 0


@pytest.mark.parametrize("dry_run", ["0", "1"])
def test_a_refused_document_gets_all_its_findings(archive: httpx.Client, dry_run: str) -> None:
    data = document("a", prefix="undeclared")[:-1] + b', "activity": {"nowhere:b": {}}}'
    answer = archive.post(f"{DOCUMENTS}?dry_run={dry_run}", content=data)
    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["status"], problem["code"]) == (422, "document-refused")
    assert {f["rule"] for f in problem["findings"]} == {"prov-json/unknown-prefix"}
    assert len(problem["findings"]) == 2
    for finding in problem["findings"]:
        assert set(finding) == {"severity", "rule", "place", "value", "message"}
        assert finding["place"].startswith(("/entity/", "/activity/"))
    assert archive.get(DOCUMENTS).json()["total"] == 0


def test_refusals_are_listed_apart(archive: httpx.Client) -> None:
    archive.post(DOCUMENTS, content=document("a", prefix="undeclared"))
    push(archive, document("a"))
    refused = archive.get(f"{DOCUMENTS}?status=refused").json()
    assert (refused["total"], refused["next"]) == (1, None)
    assert refused["items"][0]["status"] == "refused"
    assert refused["items"][0]["findings"][0]["rule"] == "prov-json/unknown-prefix"


def test_a_refusal_is_found_again_under_its_address(archive: httpx.Client) -> None:
    archive.post(DOCUMENTS, content=document("a", prefix="undeclared"))
    (refused,) = archive.get(f"{DOCUMENTS}?status=refused").json()["items"]
    address = urlsplit(refused["url"]).path
    assert archive.get(address).json() == refused
    assert archive.get(f"{address}/findings").json()["items"] == refused["findings"]
    assert archive.get(f"{address}/raw").status_code == 404  # bytes that were refused are not kept
    assert archive.delete(address).status_code == 409
    assert archive.get(f"{DOCUMENTS}/refused-77").status_code == 404


def test_what_no_importer_knows_is_refused(archive: httpx.Client) -> None:
    answer = archive.post(DOCUMENTS, content=b"\x89PNG\r\n")
    assert answer.status_code == 415
    assert answer.json()["code"] == "unknown-format"


@pytest.mark.parametrize("dry_run", ["false", "true"])
def test_a_format_that_there_is_not_is_a_bad_value_whatever_is_known(
    archive: httpx.Client, dry_run: str
) -> None:
    push(archive, document("a"))
    asked = {"format": "mist", "dry_run": dry_run}
    answer = archive.post(DOCUMENTS, content=document("a"), params=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-parameter")
    told = answer.json()["detail"]
    assert told.startswith("format='mist' is not allowed: auto, ")
    assert "ctapipe" in told
    assert "prov-json" in told


def follow(client: httpx.Client, url: str | None) -> list[dict[str, Any]]:
    """The pages of a list, from ``url`` to the one without a next."""
    pages = []
    while url is not None:
        pages.append(client.get(url).json())
        url = pages[-1]["next"]
    return pages


def test_the_ledger_is_read_page_by_page(archive: httpx.Client) -> None:
    ids = [push(archive, document(f"e{number}"), source="site")["id"] for number in range(5)]
    push(archive, document("e"), source="other")
    pages = follow(archive, f"{DOCUMENTS}?limit=2&source=site")
    assert [page["total"] for page in pages] == [5, 5, 5]
    assert [item["id"] for page in pages for item in page["items"]] == ids[::-1]


def test_the_ledger_is_filtered_by_state_and_source(archive: httpx.Client) -> None:
    first = push(archive, document("a"), source="one")
    second = push(archive, document("a"), source="two")
    archive.delete(first["url"])
    for query, expected in (
        ("status=accepted", [second["id"]]),
        ("status=retracted", [first["id"]]),
        ("source=one", [first["id"]]),
        ("source=one&status=accepted", []),
    ):
        items = archive.get(f"{DOCUMENTS}?{query}").json()["items"]
        assert [item["id"] for item in items] == expected


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("status=lost", "status"),
        ("cursor=x", "cursor"),
        ("order=desc", "order"),
    ],
)
def test_bad_parameters_of_the_ledger_are_named(
    archive: httpx.Client, query: str, name: str
) -> None:
    answer = archive.get(f"{DOCUMENTS}?{query}")
    assert answer.status_code == 400
    assert answer.json()["detail"].startswith(f"{name}=")


def test_findings_are_read_page_by_page(archive: httpx.Client) -> None:
    # a usage without an activity is kept, and noticed
    used = {f"_:u{n}": {"prov:entity": f"ex:e{n}"} for n in range(5)}
    data = json.dumps({"prefix": {"ex": "https://example.org/"}, "used": used}).encode()
    receipt = push(archive, data)
    missing = [f for f in receipt["findings"] if f["rule"] == "prov/missing-end"]
    assert len(missing) == 5
    pages = follow(archive, f"{DOCUMENTS}/{receipt['id']}/findings?limit=2")
    assert {page["total"] for page in pages} == {len(receipt["findings"])}
    assert [item for page in pages for item in page["items"]] == receipt["findings"]
    assert archive.get(f"{DOCUMENTS}/{receipt['id']}/findings?cursor=-1").status_code == 400


def test_raw_bytes_are_those_that_came_and_no_browser_shows_them(archive: httpx.Client) -> None:
    data = b'{"prefix": {"ex": "https://example.org/"},\r\n  "entity": {"ex:<script>": {}}}\n'
    answer = archive.get(f"{push(archive, data)['url']}/raw")
    assert answer.content == data
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_retracted_document_is_gone_and_its_receipt_stays(archive: httpx.Client) -> None:
    receipt = push(archive, document("a"))
    answer = archive.delete(receipt["url"])
    assert (answer.status_code, answer.json()["status"]) == (200, "retracted")
    assert archive.get(receipt["url"]).json()["status"] == "retracted"
    found = archive.get("/api/v1/elements", params={"ID": "https://example.org/a"})
    assert found.status_code == 404
    assert archive.delete(receipt["url"]).status_code == 409


def test_a_correction_takes_the_place_of_what_it_replaces(archive: httpx.Client) -> None:
    old = push(archive, document("a"))
    new = push(archive, document("b"), replaces=old["id"])
    assert new["replaces"] == old["id"]
    told = archive.get(old["url"]).json()
    assert (told["status"], told["replaced_by"]) == ("retracted", new["id"])


@pytest.mark.parametrize("query", ["replaces=99", "replaces=99&dry_run=1"])
def test_a_correction_of_nothing_is_refused(archive: httpx.Client, query: str) -> None:
    answer = archive.post(f"{DOCUMENTS}?{query}", content=document("a"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-receipt")


@pytest.mark.parametrize("path", ["99", "99/raw", "99/findings", "x", "%27%20OR%201=1", "1e3"])
def test_an_unknown_receipt_is_not_found(archive: httpx.Client, path: str) -> None:
    answer = archive.get(f"{DOCUMENTS}/{path}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-receipt")


def test_a_large_document_is_promised_and_then_judged(tmp_path: Path) -> None:
    with archive_at(tmp_path, async_document_bytes=10) as client:
        answer = client.post(DOCUMENTS, content=document("a"))
        assert answer.status_code == 202
        assert answer.json()["status"] == "pending"
        url = answer.headers["location"]
        end = time.monotonic() + 20
        while client.get(url).json()["status"] == "pending":
            assert time.monotonic() < end
            time.sleep(0.05)
        receipt = client.get(url).json()
        assert (receipt["status"], receipt["new"]["elements"]) == ("accepted", 1)


def test_a_large_document_that_is_refused_is_in_the_log_of_refusals(tmp_path: Path) -> None:
    with archive_at(tmp_path, async_document_bytes=10) as client:
        promised = client.post(DOCUMENTS, content=document("a", prefix="undeclared"))
        assert promised.status_code == 202
        for _ in range(200):
            judged = client.get(promised.headers["location"]).json()
            if judged["status"] != "pending":
                break
            time.sleep(0.05)
        refused = client.get(f"{DOCUMENTS}?status=refused").json()
    assert judged["status"] == "refused"
    assert refused["total"] == 1
    told = [{name: item[name] for name in ("sha256", "findings")} for item in refused["items"]]
    assert told == [{"sha256": judged["sha256"], "findings": judged["findings"]}]


def test_a_body_over_the_limit_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    with archive_at(tmp_path, max_document_bytes=1000) as client:
        answer = client.post(DOCUMENTS, content=document(*map(str, range(1000))))
        assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
        assert client.get("/health").json()["documents"] == 0


def test_a_writer_that_stays_busy_is_said_with_a_time_to_come_again(tmp_path: Path) -> None:
    with archive_at(tmp_path, writer_timeout_s=0.2) as client:
        other = Database(settings(tmp_path).catalogue_url)
        with other.writing():
            answer = client.post(DOCUMENTS, content=document("a"))
        other.close()
        assert (answer.status_code, answer.json()["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        assert "sqlite" not in answer.text.lower()


def test_a_token_that_is_bound_to_a_source_pushes_under_it_alone(tmp_path: Path) -> None:
    with archive_at(tmp_path) as client:
        bound = token_of(tmp_path, Role.PUSHER, "site-1")
        other = token_of(tmp_path, Role.PUSHER, "site-2")
        receipt = client.post(DOCUMENTS, content=document("a"), headers=bound).json()
        assert receipt["source"] == "site-1"
        refused = client.post(f"{DOCUMENTS}?source=site-2", content=document("b"), headers=bound)
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
        raw = f"{urlsplit(receipt['url']).path}/raw"
        assert client.get(raw, headers=bound).content == document("a")
        assert client.get(raw, headers=other).status_code == 403
        assert client.get(raw).status_code == 401


def test_obscore_records_are_loaded(archive: httpx.Client) -> None:
    did = "ivo://example.org/events?1"
    table = (
        "obs_publisher_did,obs_id,obs_collection,dataproduct_type,calib_level,target_name,"
        "facility_name,instrument_name\n"
        f"{did},1,CTA,event,2,Crab Nebula,CTAO,CTA-N\n"
    )
    answer = archive.put("/api/v1/obscore?name=obscore.csv", content=table)
    assert answer.status_code == 201, answer.text
    assert set(answer.json()) >= RECEIPT_KEYS
    element = archive.get("/api/v1/elements", params={"ID": did}).json()
    assert element["obs_publisher_did"] == did
    assert element["target_name"] == "Crab Nebula"
    assert archive.put("/api/v1/obscore?name=obscore.csv", content=table).status_code == 200
