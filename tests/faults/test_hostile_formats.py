"""Hostile documents of every format over HTTP: refused with a finding, nothing fetched, in bounds.

Where a document names an address, it is that of a listener on loopback: nobody may knock there.
"""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Final

import pytest
from faults.test_hostile_input import in_bounded_memory, nothing_stored
from support.processes import Client
from support.server import Server

BUDGET_S: Final = 20.0
"""Longest that a refusal may take on a busy machine; each takes a fraction of a second."""

BILLION_LAUGHS: Final = (
    '<?xml version="1.0"?><!DOCTYPE prov:document [<!ENTITY a0 "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    + ']><prov:document xmlns:prov="http://www.w3.org/ns/prov#">'
    '<prov:entity prov:id="prov:x"><prov:label>&a9;</prov:label></prov:entity></prov:document>'
)
PROV_XML: Final = '<prov:document xmlns:prov="http://www.w3.org/ns/prov#"'
TTL: Final = "@prefix prov: <http://www.w3.org/ns/prov#> .\n"


def _external_entity(url: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE prov:document [<!ENTITY e SYSTEM "{url}/entity">]>'
        f'{PROV_XML}><prov:entity prov:id="prov:x"><prov:label>&e;</prov:label></prov:entity>'
        "</prov:document>"
    )


def _external_dtd(url: str) -> str:
    return f'<?xml version="1.0"?><!DOCTYPE prov:document SYSTEM "{url}/x.dtd">{PROV_XML}/>'


def _rdf_xml_with_dtd(url: str) -> str:
    return (
        f'<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY e SYSTEM "{url}/entity">]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:prov="http://www.w3.org/ns/prov#">'
        '<prov:Entity rdf:about="urn:x:1"><prov:value>&e;</prov:value></prov:Entity></rdf:RDF>'
    )


def _remote_context(url: str) -> str:
    return f'{{"@context": "{url}/context.jsonld", "@id": "urn:x:1", "@type": "prov:Entity"}}'


def _remote_context_inside(url: str) -> str:
    return (
        '{"@context": {"prov": "http://www.w3.org/ns/prov#"}, "@id": "urn:x:1", '
        f'"prov:wasDerivedFrom": {{"@context": "{url}/c.jsonld", "@id": "urn:x:2"}}}}'
    )


def _python_call(url: str) -> str:
    return (
        "INFO provLogger __PROV__2026-01-01T00:00:00.000000__PROV__"
        "{'activity_id': __import__('urllib.request').request.urlopen('" + url + "'), "
        "'name': 'x', 'session_tag': 'a:1'}\n"
    )


HOSTILE: Final[dict[str, tuple[Callable[[str], str | bytes], str]]] = {
    "billion laughs": (lambda _: BILLION_LAUGHS, "xml/doctype"),
    "external entity": (_external_entity, "xml/doctype"),
    "external document type": (_external_dtd, "xml/doctype"),
    "RDF/XML with entities": (_rdf_xml_with_dtd, "xml/doctype"),
    "deep XML": (
        lambda _: (
            f"{PROV_XML}>{'<prov:entity>' * 10_000}{'</prov:entity>' * 10_000}</prov:document>"
        ),
        "xml/",
    ),
    "deep Turtle": (lambda _: f"{TTL}[] prov:used {'[ prov:used ' * 10_000}", ""),
    "deep JSON-LD": (
        lambda _: '{"@context": {"p": "urn:p:"}, "p:x": ' + '{"p:x":' * 10_000 + "1" + "}" * 10_001,
        "json/too-deep",
    ),
    "deep YAML": (lambda _: "CTA REFERENCE VERSION: " + "[" * 10_000, "yaml/"),
    "deep literal": (
        lambda _: f"INFO x __PROV__2026-01-01T00:00:00__PROV__{{'session_tag': {'[' * 10_000}",
        "",
    ),
    "invalid UTF-8 in PROV-N": (
        lambda _: b"document\n  entity(\xff)\nendDocument\n",
        "text/encoding",
    ),
    "invalid UTF-8 in Turtle": (lambda _: TTL.encode() + b"<urn:\xff> a prov:Entity .", ""),
    "a call in a log": (_python_call, "lstosa/"),
    "remote context": (_remote_context, "json-ld/"),
    "remote context inside": (_remote_context_inside, "json-ld/"),
}
"""What is sent, given the address of the listener, and how the rule begins that refuses it."""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """Somebody on loopback who waits to be asked for something."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        listening.setblocking(False)  # noqa: FBT003  its only way to be called
        yield listening


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_documents_are_refused(
    server: Server, client: Client, listener: socket.socket, case: str
) -> None:
    make, rule = HOSTILE[case]
    told = make(f"http://127.0.0.1:{listener.getsockname()[1]}")
    data = told if isinstance(told, bytes) else told.encode()
    started = time.monotonic()
    with nothing_stored(server, client), in_bounded_memory(server):
        problem = client.push(data).problem(422, "document-refused")
    assert time.monotonic() - started < BUDGET_S
    errors = [one["rule"] for one in problem["findings"] if one["severity"] == "error"]
    assert [found for found in errors if found.startswith(rule)], errors
    with pytest.raises(BlockingIOError):
        listener.accept()
