"""What names mean where they stand in a PROV-XML document."""

from collections.abc import Mapping
from typing import Final

from lxml import etree

from provstore.importers.base import Findings
from provstore.importers.prov_xml.escapes import Unescape
from provstore.importers.strict_xml import place_of
from provstore.model.identifiers import Prefixes, UnknownPrefixError, unquoted_name

_BLANKS: Final = " \t\r\n"

Declared = Mapping[etree._Element, Mapping[str, str]]  # noqa: SLF001  its only name in lxml
"""The namespaces that elements below the root declare: prefix to URI."""


class Escapes:
    """How the document at hand escapes names; says once that it does."""

    def __init__(self, unescape: Unescape, findings: Findings, message: str) -> None:
        self._unescape = unescape
        self._findings = findings
        self._message = message

    def meant(self, local: str, element: etree._Element) -> str:
        """The local part as meant."""
        found = self._unescape(local) if "_" in local else local
        if found != local:
            place = place_of(element)
            self._findings.info_once("prov-xml/escaped-names", place, local, self._message)
        return found


class Names:
    """The names of a document or of an element in it, under the namespaces declared there.

    Parameters
    ----------
    declared
        Prefix to URI; the default namespace under the empty prefix.
    escapes
        Of the document.
    findings
        Takes an error for each name that has no meaning.
    outer
        Names of the element around; None for the document.
    """

    def __init__(
        self,
        declared: Mapping[str, str],
        escapes: Escapes,
        findings: Findings,
        outer: "Names | None" = None,
    ) -> None:
        self.prefixes: Prefixes = Prefixes(declared, parent=outer.prefixes if outer else None)
        self._escapes = escapes
        self._findings = findings
        self.known: dict[str, str] = {}
        """Names met so far to their IRIs; read directly where speed counts."""

    def inside(self, declared: Mapping[str, str]) -> "Names":
        """Names in an element that declares more."""
        return Names(declared, self._escapes, self._findings, self)

    def iri(self, name: str, element: etree._Element) -> str:
        """The IRI of a name; where it has none, an error at the element and the name itself.

        A qualified name is ``xsd:QName`` (PROV-XML, 2.4): the default namespace holds for it, and
        white space around it means nothing (XML Schema part 2, 3.2.18). What is none is read as in
        the other formats: IRIs, blank and bare names stay as they are.
        """
        found = self.known.get(name)
        if found is None:
            meant = self._meant(name.strip(_BLANKS), element)
            if meant is None:
                return name
            found = self.known[name] = unquoted_name(meant)
        return found

    def _meant(self, name: str, element: etree._Element) -> str | None:
        if not name:
            self._error("prov-xml/empty-name", name, "the name is empty", element)
            return None
        prefix, colon, local = name.partition(":")
        if not colon:
            return (self.prefixes.namespace("") or "") + self._escapes.meant(name, element)
        namespace = None if local.startswith("//") else self.prefixes.namespace(prefix)
        if namespace is not None and prefix not in {"_", ""}:
            return namespace + self._escapes.meant(local, element)
        try:
            return self.prefixes.expand(name)
        except UnknownPrefixError as error:
            message = f"the prefix {error.prefix[:100]!r} is not declared"
            self._error("prov-xml/unknown-prefix", name, message, element)
            return None

    def _error(self, rule: str, name: str, message: str, element: etree._Element) -> None:
        self._findings.error(rule, place_of(element), name, message)
