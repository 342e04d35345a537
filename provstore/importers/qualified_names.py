"""Qualified names as the PROV formats with declared prefixes mean them."""

from collections.abc import Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.model.identifiers import (
    PROV,
    VOPROV,
    XSD,
    Prefixes,
    UnknownPrefixError,
    canonical_namespace,
    unquoted_name,
)

_FIXED: Final[Mapping[str, str]] = {"prov": PROV, "xsd": XSD, "voprov": VOPROV}
"""Prefixes that mean the same in every document. PROV-N reserves ``prov`` and ``xsd`` (namespace
declarations); more namespaces are met under ``voprov`` than can be listed."""


def declared_namespace(
    prefix: str, uri: str, findings: Findings, place: str, *, format_name: str
) -> str:
    """What a prefix stands for; a finding where it always stands for something else."""
    fixed = _FIXED.get(prefix)
    if fixed is None or canonical_namespace(uri) == fixed:
        return uri
    message = f"the prefix {prefix} always stands for {fixed}"
    findings.warning(f"{format_name}/redeclared-prefix", place, uri, message)
    return fixed


class QualifiedNames:
    """Expands the names of one document or bundle, each of them once.

    Parameters
    ----------
    prefixes
        Those in force.
    findings
        Takes an error for each name that has no meaning.
    format_name
        Of the importer: its rules are ``<name>/unknown-prefix`` and ``<name>/empty-name``.
    """

    def __init__(self, prefixes: Prefixes, findings: Findings, format_name: str) -> None:
        self.prefixes = prefixes
        self._findings = findings
        self._format = format_name
        self._known: dict[str, str] = {}

    def iri(self, name: str, place: str) -> str:
        """The IRI of a name; where it has none, an error at ``place`` and the name itself."""
        known = self._known.get(name)
        if known is not None:
            return known
        if not name:
            self._findings.error(f"{self._format}/empty-name", place, name, "the name is empty")
            return name
        try:
            found = self._known[name] = unquoted_name(self.prefixes.expand(name))
        except UnknownPrefixError as error:
            message = f"the prefix {error.prefix[:100]!r} is not declared"
            self._findings.error(f"{self._format}/unknown-prefix", place, name, message)
            return name
        return found
