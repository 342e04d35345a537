"""JSON-LD: PROV-JSONLD by its own reader, all other JSON-LD as the RDF that it is.

A document whose ``@context`` is that of openprovenance.org (known here, never fetched) with
prefixes beside it is PROV-JSONLD. Any other is expanded with the contexts that it holds itself and
read as PROV-O. A context that stands elsewhere is refused wherever it is named: what the document
says could not be known without fetching it (JSON-LD 1.1, 3.1).
"""

import re
from collections.abc import Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.json_ld.contexts import (
    check_remote_contexts,
    declared_prefixes,
    is_prov_jsonld,
    local_prefixes,
)
from provstore.importers.json_ld.cost import check_cost
from provstore.importers.json_ld.prov_jsonld import read_bundle, read_graph
from provstore.importers.json_ld.quads import quads_of
from provstore.importers.prov_json.importer import SECTION_FIRST
from provstore.importers.rdf.prov_o import document_of_quads
from provstore.importers.strict_json import Json, JsonText, pointer, wrong_type
from provstore.model.document import Document
from provstore.model.identifiers import Prefixes

_KEYWORD_FIRST: Final = re.compile(r'[\[{\s]*"@(?:context|graph|id|type|base|version)"\s*:')
_CONTEXT: Final = re.compile(r'"@context"\s*:')
_DOCUMENT_KEYS: Final = frozenset({"@context", "@graph", "@type"})


class JsonLd:
    """The importer of PROV-JSONLD and of PROV-O in JSON-LD."""

    name = "json-ld"
    media_types: Sequence[str] = ("application/ld+json",)

    def sniff(self, head: bytes) -> bool:
        """Whether this is JSON that begins with a keyword of JSON-LD, or has a context."""
        text = sniffed_text(head)
        if not text.startswith(("{", "[")):
            return False
        if _KEYWORD_FIRST.match(text):
            return True
        return _CONTEXT.search(text) is not None and SECTION_FIRST.match(text) is None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part; a text that is not JSON gives none."""
        text = decode_text(data, findings)
        if text is None:
            return []
        content = JsonText(text, findings).only_value()
        findings.refuse_if_any()
        if not isinstance(content, dict | list):
            wrong_type(findings, "", content, "an object, or a list of objects")
            return []
        document = _document(content, text, findings)
        return [] if document is None else [Part(document, 0, len(data))]


def _document(
    content: dict[str, Json] | list[Json], text: str, findings: Findings
) -> Document | None:
    if isinstance(content, dict) and is_prov_jsonld(content.get("@context")):
        return _prov_jsonld(content, findings)
    check_remote_contexts(content, findings)
    check_cost(content, findings)
    findings.refuse_if_any()
    quads = quads_of(content, findings)
    findings.refuse_if_any()
    return document_of_quads(quads, local_prefixes(content), findings, source=text.encode())


def _prov_jsonld(content: dict[str, Json], findings: Findings) -> Document:
    declared = declared_prefixes(content.get("@context"), findings, ("@context",))
    document = Document(Prefixes(declared))
    for key in sorted(content.keys() - _DOCUMENT_KEYS):
        message = "a document of PROV-JSONLD has no such key; its statements stand in @graph"
        findings.error("json-ld/keyword", pointer(key), key, message)
    for item, place in read_graph(content.get("@graph"), document, findings, ("@graph",)):
        own = declared_prefixes(item.get("@context", []), findings, (*place, "@context"))
        read_bundle(item, own, document, findings, place)
    return document
