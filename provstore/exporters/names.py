"""Qualified names of one scope of an answer, and the prefixes that they need."""

import re
from collections.abc import Iterable
from typing import Final, Self

from provstore.model.identifiers import (
    BLANK,
    OWN_PREFIXES,
    PROV,
    VOPROV,
    XSD,
    Compactor,
    quoted_name,
    unquoted_name,
)

NAME_START: Final = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
"""Letters that start a name, for a regular expression: NameStartChar of XML 1.0 (5th edition, 2.3)
without the colon, PN_CHARS_U of PROV-N (3.7.1)."""
NAME_CHAR: Final = NAME_START + "0-9\u00b7\u0300-\u036f\u203f-\u2040-"
"""What a name may go on with, the full stop aside."""

_FIXED: Final = {"prov": PROV, "xsd": XSD, "voprov": VOPROV}
# `ivo:` + `//...` is an IVOID and never a qualified name; `default` is how PROV-JSON spells the
# default namespace; the others belong to XML.
_UNUSABLE: Final = frozenset({"ivo", "default", "xml", "xmlns", "xsi"}) | _FIXED.keys()
_PREFIX: Final = re.compile(r"[A-Za-z](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?\Z")


def usable_prefixes(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The declared prefixes that every PROV format can write, with those of fixed meaning.

    No default namespace is among them: a name without a prefix stays one, and stays local to its
    source, because no answer declares a default namespace.
    """
    usable = {p: u for p, u in told if u and p not in _UNUSABLE and _PREFIX.match(p)}
    return {**OWN_PREFIXES, **usable, **_FIXED}


def named(iri: str) -> str:
    """The IRI that stands for a blank name in a format that has none; any other stays."""
    return BLANK + iri[2:] if iri.startswith("_:") else iri


class Names:
    """Turns IRIs into qualified names and remembers which prefixes it used."""

    __slots__ = ("_compactor", "_known", "used")

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        self._compactor = Compactor(usable_prefixes(told))
        self._known: dict[str, str] = {}
        self.used: dict[str, str] = {"prov": PROV, "xsd": XSD}
        """What has to be declared; grows as names are made."""

    def __call__(self, iri: str) -> str:
        """The qualified name of ``iri``; a bare name or a blank name stays as it is."""
        return self._known.get(iri) or self._name(iri)

    def inside(self, bundle: str, told: Iterable[tuple[str, str]]) -> Self:
        """Names for a bundle's content, under which its own name means what it means out here.

        Readers differ in whether they read the name of a bundle with its prefixes or with those of
        the document.
        """
        prefix = self(bundle).partition(":")[0]
        namespace = self.used.get(prefix)
        return type(self)({**dict(told), **({prefix: namespace} if namespace else {})}.items())

    def _name(self, iri: str) -> str:
        name = self._known[iri] = self._qualified(iri)
        return name

    def _qualified(self, iri: str) -> str:
        name = self._compactor.compact(iri)
        prefix = name.partition(":")[0]
        if prefix not in self.used:
            namespace = self._compactor.prefixes.get(prefix)
            if namespace is not None:
                self.used[prefix] = namespace
        return name


class QuotingNames(Names):
    """Names for a format whose readers undo `quoted_name`; what is quoted is quoted again."""

    __slots__ = ()

    def quoted(self, name: str) -> str:
        """The qualified name of a name that is to be read as nothing but itself."""
        return self._qualified(quoted_name(name))

    def _name(self, iri: str) -> str:
        is_quoted = unquoted_name(iri) != iri
        name = self._known[iri] = self.quoted(iri) if is_quoted else self._qualified(iri)
        return name
