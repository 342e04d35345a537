"""Identifiers: namespaces, qualified names, and which names are local to their source.

An identifier is kept as its full IRI. Expansion of a qualified name and compaction of an IRI stand
here and nowhere else.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, unquote, urlsplit

PROV: Final = "http://www.w3.org/ns/prov#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
VOPROV: Final = "http://www.ivoa.net/documents/ProvenanceDM/index.html#"
"""The spelling that voprov and OPUS write; no IVOA document fixes one."""
IVO: Final = "http://www.ivoa.net/documents/rer/ivo/"
PROVSTORE: Final = "urn:x-provstore:"
"""Names that provstore itself gives: inferred facts, dataset facts in PROV answers."""
PARAMETER: Final = "urn:x-provstore:parameter:"
"""Attributes of an activity that are parameters of a tool, one name per parameter path."""
CTA: Final = "urn:x-provstore:cta:"
"""CTAO reference metadata; the local part is the flat key, ``CTA PRODUCT ID``."""
RELATION_KEY: Final = "urn:x-provstore:relation:"
"""Stands for an anonymous relation that another statement refers to."""
BLANK: Final = "urn:x-provstore:blank:"
"""Stands for a blank name where a name of its own is needed."""
QUOTED: Final = "urn:x-provstore:name:"
"""Stands, percent-encoded, for a name that a format cannot say: see `quoted_name`."""
LOCAL: Final = "urn:provstore:"
"""``urn:provstore:<source>:<id>``: a local id, qualified by who wrote it."""

MOST_BYTES: Final = 2000
"""Most bytes (UTF-8) of a name that is looked up: an entry of an index of PostgreSQL has 2,704, and
what qualifies a local or blank name stands before it there."""
MOST_BYTES_OF_A_MARK: Final = 500
"""Most bytes of a prefix or a blank name, which stand beside another name in the same entry."""

WELL_KNOWN: Final[Mapping[str, str]] = {
    "prov": PROV,
    "xsd": XSD,
    "voprov": VOPROV,
    "ivo": IVO,
    "foaf": "http://xmlns.com/foaf/0.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
}
"""Prefixes that a document may use without declaring them."""

OWN_PREFIXES: Final[Mapping[str, str]] = {
    "provstore": PROVSTORE,
    "param": PARAMETER,
    "cta": CTA,
}
"""Prefixes that provstore writes for its own namespaces."""

_VOPROV_SPELLINGS: Final = frozenset(
    {
        VOPROV,
        "http://www.ivoa.net/documents/ProvenanceDM/ns/voprov/",
        "http://www.ivoa.net/documents/ProvenanceDM/voprov/",
        "http://www.ivoa.net/documents/ProvenanceDM#",
        "http://www.ivoa.net/documents/dm/provdm/voprov/",
        "http://www.ivoa.net/ns/voprov#",
        "http://www.ivoa.net/ns/voprov/",
        "http://wiki.ivoa.net/twiki/bin/view/IVOA/ProvenanceDataModel/ns/",
        "voprov:",
    }
)
"""Namespace URIs seen for voprov in files of OPUS, voprov, django-prov_vo and logprov."""

_XSD_SPELLINGS: Final = frozenset(
    {XSD, "http://www.w3.org/2001/XMLSchema", "http://www.w3.org/2000/10/XMLSchema#"}
)

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\Z")
# RFC 3986 calls any `scheme:` absolute; real files use `id:` and `param:` as namespaces. Only these
# schemes name something without an authority part.
_GLOBAL_SCHEMES: Final = frozenset(
    {"ark", "doi", "file", "hdl", "info", "mailto", "ni", "orcid", "pid", "tag", "urn", "uuid"}
)
LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names under which a host reaches itself: what stands there is another thing on each host."""


class Iri(str):
    """An IRI as the *value* of an attribute, told apart from text by its type."""

    __slots__ = ()


class UnknownPrefixError(ValueError):
    """A qualified name whose prefix is neither declared nor well known."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        super().__init__(prefix)


def canonical_namespace(uri: str) -> str:
    """The one spelling of a namespace: voprov and xsd are met under several."""
    if uri in _VOPROV_SPELLINGS:
        return VOPROV
    return XSD if uri in _XSD_SPELLINGS else uri


class Prefixes:
    """Declared prefixes of a document or bundle; a bundle's fall back to its document's.

    The default namespace stands under the empty prefix.
    """

    __slots__ = ("_cache", "_parent", "declared")

    def __init__(
        self, declared: Mapping[str, str] | None = None, parent: "Prefixes | None" = None
    ) -> None:
        self.declared = {p: canonical_namespace(u) for p, u in (declared or {}).items()}
        self._parent = parent
        self._cache: dict[str, str] = {}

    def namespace(self, prefix: str) -> str | None:
        """The namespace of ``prefix``, or None."""
        found = self.declared.get(prefix)
        if found is None and self._parent is not None:
            return self._parent.namespace(prefix)
        return WELL_KNOWN.get(prefix) if found is None else found

    def expand(self, name: str) -> str:
        """The IRI of a qualified name, bare name, blank name or IRI.

        A name that is already absolute (``ivo://…``, ``https://…``, ``urn:…``) stays as it is; so
        does a bare name where no default namespace is declared: it is local to its source.
        ``ivo:`` with a local part that starts with ``//`` is the IVOID itself, however ``ivo`` is
        declared (drafts of 2017 wrote IVOIDs as qualified names).

        Raises
        ------
        UnknownPrefixError
            ``name`` has a prefix that is not declared and does not look like a scheme.
        """
        known = self._cache.get(name)
        if known is None:
            known = self._cache[name] = self._expand(name)
        return known

    def _expand(self, name: str) -> str:
        prefix, colon, local = name.partition(":")
        if not colon:
            return self._expand_bare(name)
        if prefix == "_":
            return name
        if prefix == "ivo" and local.startswith("//"):
            return name
        namespace = self.namespace(prefix)
        if namespace is not None:
            return namespace + local
        if is_absolute(name):
            return name
        if "/" in prefix or " " in prefix:  # a path or a sentence that happens to hold a colon
            return self._expand_bare(name)
        raise UnknownPrefixError(prefix)

    def _expand_bare(self, name: str) -> str:
        default = self.namespace("")
        return name if default is None else default + name

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """All declarations in force, the inner ones winning."""
        merged = dict(self._parent) if self._parent is not None else {}
        merged.update(self.declared)
        return iter(merged.items())


class Compactor:
    """Turns IRIs into qualified names under a fixed set of prefixes, minting ``ns1``… as needed.

    ``minted`` collects the prefixes that were made up, so that a writer can declare all it uses.
    Finding the longest namespace takes a look-up per length that a namespace has, not one per
    namespace: a document may have as many of them as it has names.
    """

    __slots__ = ("_cache", "_lengths", "_number", "_prefix_of", "minted", "prefixes")

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = {p: u for p, u in prefixes.items() if p}
        self.minted: dict[str, str] = {}
        self._cache: dict[str, str] = {}
        self._number = 1
        # of several prefixes of a namespace the first of the alphabet is written
        self._prefix_of = {u: p for p, u in sorted(self.prefixes.items(), reverse=True) if u}
        self._lengths = sorted({len(uri) for uri in self._prefix_of}, reverse=True)

    def compact(self, iri: str) -> str:
        """A qualified name of ``iri``; a bare name or a blank name stays as it is."""
        known = self._cache.get(iri)
        if known is None:
            known = self._cache[iri] = self._compact(iri)
        return known

    def _compact(self, iri: str) -> str:
        if iri.startswith("_:"):
            return iri
        known = self._longest_namespace(iri)
        if known is not None:
            return f"{self._prefix_of[known]}:{iri[len(known) :]}"
        namespace, _ = split_iri(iri)
        if canonical_namespace(namespace) != namespace:  # a reader would take it for the other
            namespace = namespace[:-1]
        while not fits(namespace):  # any start of an IRI may stand for it
            namespace = namespace[: len(namespace) // 2]
        if not namespace:
            head, colon, _ = iri.partition(":")
            if not colon or "/" in head or " " in head:  # `Prefixes.expand` leaves these alone
                return iri
            namespace = head + colon
        prefix = self._mint(namespace)
        return f"{prefix}:{iri[len(namespace) :]}"

    def _longest_namespace(self, iri: str) -> str | None:
        """The longest namespace in use that ``iri`` starts with."""
        known = self._prefix_of
        for length in self._lengths:
            start = iri[:length]
            if start in known:
                return start
        return None

    def _mint(self, namespace: str) -> str:
        while (prefix := f"ns{self._number}") in self.prefixes:
            self._number += 1
        self._take(prefix, namespace)
        return prefix

    def _take(self, prefix: str, namespace: str) -> None:
        self.prefixes[prefix] = self.minted[prefix] = namespace
        self._prefix_of[namespace] = prefix
        if len(namespace) not in self._lengths:
            self._lengths = sorted((*self._lengths, len(namespace)), reverse=True)


def fits(name: str, most: int = MOST_BYTES) -> bool:
    """Whether a name has at most ``most`` bytes (UTF-8), so that it can be looked up by."""
    longest = 4  # bytes of one character
    return len(name) * longest <= most or len(name.encode()) <= most


def split_iri(iri: str) -> tuple[str, str]:
    """Namespace and local part: cut after the last ``#``, else ``/``, else ``:``."""
    for mark in "#/:":
        head, found, tail = iri.rpartition(mark)
        if found and _SCHEME.match(head + found):
            return head + found, tail
    return "", iri


def is_absolute(name: str) -> bool:
    """Whether a name says by itself, anywhere in the world, what it names."""
    match = _SCHEME.match(name)
    if match is None:
        return False
    rest = name[match.end() :]
    if rest.startswith("//"):
        return len(rest) > 2  # noqa: PLR2004  the two slashes themselves
    return match.group()[:-1].lower() in _GLOBAL_SCHEMES and bool(rest)


def local_name(iri: str) -> str | None:
    """The id as its writer meant it if ``iri`` is local to its source, else None.

    Local are: what is not absolute; what stands in a *default* namespace that is voprov's own (OPUS
    writes so); what lives under localhost or ``file:``. A bare UUID is not local.
    """
    if iri.startswith(VOPROV):
        return iri[len(VOPROV) :]
    if not is_absolute(iri):
        return None if is_uuid(iri) else iri
    if iri.startswith("file:"):
        return iri
    # most IRIs hold none of the names: taking each apart would cost more than storing it
    if any(name in iri for name in LOOPBACK_HOSTS) and _host(iri) in LOOPBACK_HOSTS:
        return iri
    return None


def _host(iri: str) -> str | None:
    try:
        parts = urlsplit(iri)
    except ValueError:  # an unclosed bracket in the host: data, not ours to judge
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def is_uuid(name: str) -> bool:
    """Whether ``name`` is a bare UUID."""
    return _UUID.match(name) is not None


def global_iri(iri: str, namespace: str) -> str:
    """The identifier under which an id of a document is stored.

    Parameters
    ----------
    iri
        As expanded by its document.
    namespace
        The name of the source, or a checksum where there is none; no colon in it.
    """
    if is_uuid(iri):
        return "urn:uuid:" + iri.lower()
    name = local_name(iri)
    return iri if name is None else f"{LOCAL}{namespace}:{name}"


def written_name(iri: str) -> str | None:
    """The id as it was written, of an IRI that `global_iri` made; else None."""
    if not iri.startswith(LOCAL):
        return None
    _, colon, name = iri[len(LOCAL) :].partition(":")
    return name if colon else None


def quoted_name(name: str) -> str:
    """A name that any format can say, for one that it cannot: blank, relative, or no IRI at all.

    Readers undo it with `unquoted_name`; to other software it is an opaque URN.
    """
    return QUOTED + quote(name, safe="")


def unquoted_name(iri: str) -> str:
    """The name that `quoted_name` was given; any other IRI as it is."""
    if not iri.startswith(QUOTED):
        return iri
    name = unquote(iri[len(QUOTED) :], errors="replace")
    return name if "\0" not in name and quoted_name(name) == iri else iri


class StrongName(NamedTuple):
    """A name that is the same thing wherever it is met."""

    kind: str
    """``ivoid``, ``product_id`` or ``doi``."""
    value: str
    """Canonical text; equal texts are one node."""


_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)(10\.\S+)\Z", re.IGNORECASE)


def ivoid(text: str) -> StrongName | None:
    """An IVOID; its authority compares without case (IVOA Identifiers 2.0, section 2.1)."""
    if text[:6].lower() != "ivo://":
        return None
    authority, slash, rest = text[6:].partition("/")
    name, mark, fragment = authority.partition("#")
    return StrongName("ivoid", f"ivo://{name.lower()}{mark}{fragment}{slash}{rest}")


def doi(text: str) -> StrongName | None:
    """A DOI in any of its spellings; DOIs compare without case (DOI Handbook 2.4)."""
    match = _DOI.match(text)
    bare = match.group(1) if match else text if text.startswith("10.") and "/" in text else None
    return None if bare is None else StrongName("doi", bare.lower())


def product_id(text: str) -> StrongName | None:
    """A ``CTA PRODUCT ID``: a UUID, bare or as ``urn:uuid:``."""
    bare = text.removeprefix("urn:uuid:").strip().lower()
    return StrongName("product_id", bare) if is_uuid(bare) else None


def strong_names_of_iri(iri: str) -> Iterable[StrongName]:
    """The strong names that an IRI is by itself."""
    if iri.startswith("urn:uuid:"):
        found = product_id(iri)
    elif iri[:6].lower() == "ivo://":
        found = ivoid(iri)
    elif "10." in iri:
        found = doi(iri) if not iri.startswith("10.") else None
    else:
        found = None
    return () if found is None else (found,)
