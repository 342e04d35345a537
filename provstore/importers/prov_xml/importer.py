"""PROV-XML (W3C Working Group Note of 30 April 2013), with what IVOA software writes in it.

Read from the tree of the hardened parser, without the `prov` library: that keeps the lexical forms
and the place of every finding. Beyond the Note, these are read:

- the layout of voprov up to 0.0.4 and of OPUS: everything in a namespace of voprov, with records
  for the classes and relations of the IVOA model;
- names with characters that XML forbids, in the two ways that are met (`escapes`);
- identifiers that are no qualified names, ``voprov`` without a declaration;
- references in a second element, as ProvToolbox 2 writes the members of collections;
- what our own writer puts behind a record because the schema has no place in it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from lxml import etree

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.prov_xml.escapes import (
    evidence_of,
    has_toolbox_layout,
    may_be_toolbox,
    toolbox_unescaped,
    unescaped,
)
from provstore.importers.prov_xml.names import Declared, Escapes, Names
from provstore.importers.prov_xml.records import RecordReader, Source, details_of
from provstore.importers.prov_xml.values import ValueReader, is_named
from provstore.importers.statements import Statements
from provstore.importers.strict_xml import (
    local_name,
    namespace,
    place_of,
    read_xml,
    sniffed_root,
    xml_attributes,
)
from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Prefixes, canonical_namespace

_NAMESPACES: Final = frozenset({PROV, VOPROV})
_DECLARED: Final = re.compile(r"""\sxmlns(?::[^\s=]+)?\s*=\s*["']([^"'<]*)["']""")
_NAMES_PLAIN: Final = "_xHHHH_ in a name is read as the character of that code (ISO/IEC 9075-14)"
_NAMES_TOOLBOX: Final = (
    "names are read as ProvToolbox writes them: __ is an underscore, _ and two digits a character"
)
_NAMES_LEFT: Final = (
    "names with __ or with _ and two digits are read as they stand: not all are as ProvToolbox"
    " writes names"
)


class ProvXml:
    """The importer of PROV-XML."""

    name = "prov-xml"
    media_types: Sequence[str] = ("application/provenance+xml", "application/xml", "text/xml")

    def sniff(self, head: bytes) -> bool:
        """Whether the first element is a ``document``, and PROV or voprov is declared."""
        text = sniffed_text(head)
        if sniffed_root(text) != "document":
            return False
        return any(canonical_namespace(uri) in _NAMESPACES for uri in _DECLARED.findall(text))

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part; what is not XML gives none."""
        root = read_xml(data, findings)
        if root is None:
            return []
        if (
            local_name(root) != "document"
            or canonical_namespace(namespace(root)) not in _NAMESPACES
        ):
            message = "the first element must be document, in the namespace of PROV or voprov"
            findings.error("prov-xml/root", place_of(root), root.tag, message)
            return []
        return [Part(_Reader(data, root, findings).document, 0, len(data))]


class _Reader:
    """Reads one document."""

    def __init__(self, data: bytes, root: etree._Element, findings: Findings) -> None:
        self._findings = findings
        self._declared = _declared_below(data, root)
        self._escapes = _escapes(data, root, findings, declared_within=bool(self._declared))
        prefixes = _namespaces(root.nsmap)
        self._names = Names(prefixes, self._escapes, findings)
        values = ValueReader(self._escapes, findings)
        self._source = Source(values, findings, self._declared, f"{{{namespace(root)}}}ref")
        self.document = Document(Prefixes(prefixes))
        self._note_identifier(root)
        self._read(root, None, self._names)
        self._take_prefixes()

    def _read(self, scope: etree._Element, bundle: str | None, names: Names) -> None:
        statements = Statements(self.document, self._findings, bundle)
        reader = RecordReader(statements, self._source, names)
        for record in scope:
            if not reader.read(record):
                self._other(record, bundle)
        statements.finish()

    def _other(self, element: etree._Element, bundle: str | None) -> None:
        """What stands among the records and is none."""
        name, place = local_name(element), place_of(element)
        of_prov = _is_of_prov(element)
        if of_prov and name == "bundleContent":
            self._bundle(element, bundle)
        elif of_prov and name == "other":
            if details_of(element) is None and len(element):
                message = "what stands in prov:other is no provenance and is left out"
                self._findings.info("prov-xml/other", place, local_name(element[0]), message)
        else:
            message = "no kind of record of PROV or voprov has this name"
            self._findings.error("prov-xml/unknown-element", place, element.tag, message)

    def _bundle(self, element: etree._Element, outer: str | None) -> None:
        place = place_of(element)
        if outer is not None:
            message = "a bundle cannot hold bundles (PROV-DM 5.4.1)"
            self._findings.error("prov-xml/nested-bundle", place, outer, message)
            return
        declared = self._declared.get(element, {})
        names = self._names.inside(declared) if declared else self._names
        name = next((value for key, value in xml_attributes(element) if is_named(key, "id")), None)
        if name is None:
            message = "a bundle has an identifier (PROV-DM 5.4.1)"
            self._findings.error("prov-xml/no-identifier", place, "bundleContent", message)
            return
        iri = names.iri(name, element)
        self.document.add_bundle(iri, declared)
        self._read(element, iri, names)

    def _note_identifier(self, root: etree._Element) -> None:
        for key, value in xml_attributes(root):
            if is_named(key, "id"):
                message = "a document has no identifier in PROV; it is left out"
                self._findings.info("prov-xml/document-identifier", place_of(root), value, message)

    def _take_prefixes(self) -> None:
        """Prefixes that single records declare are the document's too, where it has no such one."""
        known = self.document.prefixes.declared
        for declared in self._declared.values():
            for prefix, uri in declared.items():
                if prefix:
                    known.setdefault(prefix, canonical_namespace(uri))


def _is_of_prov(element: etree._Element) -> bool:
    return canonical_namespace(namespace(element)) in _NAMESPACES


def _namespaces(nsmap: Mapping[str | None, str]) -> dict[str, str]:
    return {prefix or "": uri for prefix, uri in nsmap.items()}


def _declared_below(data: bytes, root: etree._Element) -> Declared:
    """What each element below the root declares; nothing in most documents, seen at a glance."""
    if data.count(b"xmlns") == len(root.nsmap):
        return {}
    found: dict[etree._Element, dict[str, str]] = {}
    waiting: dict[str, str] = {}
    for event, told in etree.iterwalk(root, events=("start", "start-ns")):
        if event == "start-ns":
            prefix, uri = told
            waiting[prefix or ""] = uri
        elif waiting:
            found[told] = waiting
            waiting = {}
    found.pop(root, None)
    return found


def _escapes(
    data: bytes, root: etree._Element, findings: Findings, *, declared_within: bool
) -> Escapes:
    """How the document writes names that are no NCName."""
    if may_be_toolbox(data, root):
        evidence = evidence_of(root)
        if evidence.is_toolbox(layout=has_toolbox_layout(root, declared_within=declared_within)):
            return Escapes(toolbox_unescaped, findings, _NAMES_TOOLBOX)
        if evidence.example:
            findings.info("prov-xml/escaped-names", "", evidence.example, _NAMES_LEFT)
    return Escapes(unescaped, findings, _NAMES_PLAIN)
