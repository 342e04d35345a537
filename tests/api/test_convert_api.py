"""`POST /api/v1/convert`: any format to any format, nothing stored."""

import gzip

import httpx
import pytest
from support.told import one_step, refused

from provstore.importers.registry import read_document

CONVERT = "/api/v1/convert"


def test_prov_json_is_the_default_and_nothing_is_stored(archive: httpx.Client) -> None:
    answer = archive.post(CONVERT, content=one_step("a"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["provstore-format"] == "prov-json"
    assert answer.headers["provstore-findings"] == "0"
    assert (
        read_document(answer.content).parts[0].document
        == read_document(one_step("a")).parts[0].document
    )
    assert archive.get("/api/v1/documents").json()["total"] == 0


@pytest.mark.parametrize(
    ("parameters", "headers"),
    [
        ({"format": "prov-n"}, {}),
        ({}, {"Accept": "text/provenance-notation"}),
        ({"FORMAT": "text/provenance-notation"}, {"Accept": "application/json"}),
    ],
)
def test_format_or_accept(
    archive: httpx.Client, parameters: dict[str, str], headers: dict[str, str]
) -> None:
    answer = archive.post(CONVERT, content=one_step("a"), params=parameters, headers=headers)
    assert answer.headers["content-type"] == "text/provenance-notation; charset=utf-8"
    assert answer.text.startswith("document\n")


def test_model(archive: httpx.Client) -> None:
    told = b'{"parameter": {"ex:p": {}}, "prefix": {"ex": "http://example.org/"}}'
    as_ivoa = archive.post(CONVERT, content=told, params={"model": "IVOA"}).json()
    as_w3c = archive.post(CONVERT, content=told).json()
    assert set(as_ivoa) == {"prefix", "parameter"}
    assert as_w3c["entity"]["ex:p"]["prov:type"]["$"] == "voprov:Parameter"


def test_gzip(archive: httpx.Client) -> None:
    packed = gzip.compress(one_step("a"))
    answer = archive.post(CONVERT, content=packed, headers={"Content-Encoding": "gzip"})
    assert answer.status_code == 200


def test_a_refused_document_is_told_with_its_findings(archive: httpx.Client) -> None:
    answer = archive.post(CONVERT, content=refused("bad"))
    assert (answer.status_code, answer.json()["code"]) == (422, "document-refused")
    assert answer.json()["findings"][0]["rule"] == "prov-json/unknown-prefix"
    assert archive.get("/api/v1/documents?status=refused").json()["total"] == 0


@pytest.mark.parametrize(
    ("content", "parameters", "status"),
    [
        (b"nothing", {}, 415),
        (b"{}", {"format": "word"}, 400),
        (b"{}", {"from": "word"}, 400),
        (b"{}", {"model": "UML"}, 400),
        (b"{}", {"source": "site"}, 400),
    ],
)
def test_what_is_not_allowed(
    archive: httpx.Client, content: bytes, parameters: dict[str, str], status: int
) -> None:
    assert archive.post(CONVERT, content=content, params=parameters).status_code == status
