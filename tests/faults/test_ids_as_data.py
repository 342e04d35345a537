"""Ids are data: whatever stands in them is stored, found and shown as it is, in every format."""

import csv
import io
import json
import re
from itertools import count
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from support.catalogue import rows
from support.processes import Answer, Client
from support.server import Server

SPACE: Final = "https://example.org/ids/"
NAMES: Final = {
    "quotes": 'it\'s a "name" `so` \'\'\' """',
    "blanks": "  two  blanks\tand a tab ",
    "newlines": "first\nsecond\r\nthird",
    "HTML": "<script>alert(1)</script><img src=x onerror='alert(1)'>&amp;&lt;",
    "SQL": "x'); DROP TABLE document; --",
    "Cypher": "`}) MATCH (n) DETACH DELETE n //",
    "template": "{{ 7 * 7 }}{% raw %}${7*7}#{7*7}",
    "path": "../../../../etc/passwd",
    "URL": "x?ID=other&limit=1#fragment",
    "format": "100% %s {0} %(x)s \\n \\",
    "PROV-N": "a, b) [x='y'] endDocument // :-;=",
    "controls": "bell\x07escape\x1bdelete\x7f",
    "direction": "abc\u202egnp.exe\u200b\ufeff",
    "far planes": "e\u0301\U0001f52d\U000fffff\ufffe",
    "formula": '=cmd|"/C calc"!A0',
}


def _push(client: Client, name: str) -> str:
    """Push what derives from an entity of this name; its IRI."""
    content = {
        "prefix": {"ids": SPACE},
        "entity": {f"ids:{name}": {}, "ids:result": {}},
        "wasDerivedFrom": {
            "_:1": {"prov:generatedEntity": "ids:result", "prov:usedEntity": f"ids:{name}"}
        },
    }
    answer = client.push(json.dumps(content).encode())
    assert answer.status in {200, 201}, answer.body
    return SPACE + name


def _prov_json_ids(answer: Answer) -> set[str]:
    content = answer.json()
    pairs = (name.partition(":") for name in content["entity"])
    return {content["prefix"][prefix] + local for prefix, _, local in pairs}


def _prov_n_ids(answer: Answer) -> set[str]:
    """Names without the escapes of PROV-N and the quoting of those that it cannot say."""
    text = answer.body.decode()
    spaces = dict(re.findall(r"^  prefix (\S+) <(.*)>$", text, re.MULTILINE))
    names = re.findall(r"^  entity\((.*?)(?:, \[.*\])?\)$", text, re.MULTILINE)
    pairs = (name.partition(":") for name in names)
    iris = (spaces[prefix] + re.sub(r"\\(.)", r"\1", name) for prefix, _, name in pairs)
    quoted = "urn:x-provstore:name:"
    return {unquote(iri.removeprefix(quoted)) if iri.startswith(quoted) else iri for iri in iris}


def _prov_xml_ids(answer: Answer) -> set[str]:
    """Names without the escapes of what no XML name can have."""
    prov = "{http://www.w3.org/ns/prov#}"
    found = set()
    for element in etree.fromstring(answer.body).iter(f"{prov}entity"):
        prefix, _, local = str(element.get(f"{prov}id")).partition(":")
        plain = re.sub(r"_x([0-9A-F]{4,8})_", lambda code: chr(int(code[1], 16)), local)
        found.add(str(element.nsmap[prefix]) + plain)
    return found


def _csv_ids(answer: Answer) -> set[str]:
    rows = csv.DictReader(io.StringIO(answer.body.decode(), newline=""))
    return {row["id"] for row in rows}


def _json_ids(answer: Answer) -> set[str]:
    return {node["id"] for node in answer.json()["nodes"]}


READERS: Final = {
    "json": _json_ids,
    "prov-json": _prov_json_ids,
    "prov-n": _prov_n_ids,
    "prov-xml": _prov_xml_ids,
    "csv": _csv_ids,
}


@pytest.mark.parametrize("name", NAMES)
def test_it_is_stored_and_found_as_it_is(server: Server, client: Client, name: str) -> None:
    iri = _push(client, NAMES[name])
    statement = "SELECT count(*) FROM element WHERE iri = :iri"
    assert rows(server.data_dir, statement, iri=iri) == [(1,)]
    for asked in (iri, f"ids:{NAMES[name]}"):
        assert client.lineage(asked).json()["roots"] == [iri]
        assert client.get("/api/v1/elements", [("ID", asked)]).json()["id"] == iri
    impact = client.get("/api/v1/impact", [("ID", iri)]).json()
    assert [item["id"] for item in impact["items"]] == [f"{SPACE}result"]


@pytest.mark.parametrize("form", READERS)
@pytest.mark.parametrize("name", NAMES)
def test_every_format_tells_it_as_it_is(client: Client, name: str, form: str) -> None:
    iri = _push(client, NAMES[name])
    answer = client.lineage(f"{SPACE}result", format=form)
    assert answer.status == 200
    assert iri in READERS[form](answer)


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_shows_it_as_text(client: Client, name: str) -> None:
    iri = _push(client, NAMES[name])
    picture = etree.fromstring(client.lineage(iri, format="svg").body)
    assert {etree.QName(element).localname for element in picture.iter("*")} <= {
        *("svg", "g", "title", "desc", "rect", "path", "text", "tspan", "line", "a"),
    }
    shown = {line for title in picture.iter("{*}title") for line in [title.text or ""]}
    assert any(_visible(iri) in _visible(text) for text in shown)


def _visible(text: str) -> str:
    """Without the characters that XML forbids, for which something else is shown."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\u2400-\u241f\ufffd-\uffff]", "", text)


@pytest.mark.parametrize("name", NAMES)
def test_a_page_shows_it_as_text_and_links_to_it(client: Client, name: str) -> None:
    iri = _push(client, NAMES[name])
    answer = client.get("/dataset", [("ID", iri)])
    assert answer.status == 200
    page = etree.fromstring(answer.body, etree.HTMLParser(encoding="utf-8"))
    assert not list(page.iter("script"))
    assert not [key for element in page.iter("*") for key in element.attrib if key[:2] == "on"]
    assert iri in {_as_written(code.text or "") for code in page.iter("code")}
    links = [urlsplit(str(link.get("href"))) for link in page.iter("a")]
    asked = {path: parse_qs(query)["ID"] for _, _, path, query, _ in links if "ID=" in query}
    assert asked["/provsap"] == asked["/api/v1/lineage"] == [iri]
    assert "unsafe" not in answer.headers["content-security-policy"]


def _as_written(shown: str) -> str:
    """Without the marks that stand for characters that nobody could see."""
    return re.sub("\u27e8U\\+([0-9A-F]{4,6})\u27e9", lambda code: chr(int(code[1], 16)), shown)


NUMBERS = count()
LOCAL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=30)


@settings(max_examples=60)
@given(names=st.lists(LOCAL, min_size=1, max_size=8, unique=True))
def test_any_text_in_an_id_comes_back(module_client: Client, names: list[str]) -> None:
    space = f"https://example.org/any{next(NUMBERS)}/"
    content = {"prefix": {"any": space}, "entity": {f"any:{name}": {} for name in names}}
    iris = {space + name for name in names}
    answer = module_client.push(json.dumps(content).encode())
    assert answer.status == 201, answer.body
    assert answer.json()["new"]["elements"] == len(names)
    assert _json_ids(module_client.lineage(*iris)) == iris
    sap = module_client.get("/provsap", [("ID", iri) for iri in sorted(iris)])
    assert _prov_json_ids(sap) == iris


@settings(max_examples=60)
@given(name=LOCAL.filter(lambda name: ":" not in name and name != "@id"))
def test_any_bare_name_comes_back_under_its_source(module_client: Client, name: str) -> None:
    source = f"any{next(NUMBERS)}"
    answer = module_client.push(json.dumps({"entity": {name: {}}}).encode(), [("source", source)])
    assert answer.status == 201, answer.body
    iri = f"urn:provstore:{source}:{name}"
    assert module_client.lineage(iri).json()["roots"] == [iri]
    assert _prov_json_ids(module_client.get("/provsap", [("ID", iri)])) == {iri}
    assert iri in module_client.lineage(name).json()["roots"]
