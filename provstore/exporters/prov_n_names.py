r"""Names as PROV-N says them (Recommendation, 3.7.1), quoted where it cannot."""

import re
from collections.abc import Iterable
from typing import Final

from provstore.exporters.names import NAME_CHAR, NAME_START, Names, usable_prefixes
from provstore.model.identifiers import QUOTED, quoted_name

PROVEXT: Final = "http://openprovenance.org/prov/extension#"
"""Of ProvToolbox; its newer versions have another URI and read this one too."""
_OTHERS: Final = "/@~&+*?#$!"  # PN_CHARS_OTHERS without escapes
_ESCAPED: Final = "='(),-:;[]."  # PN_CHARS_ESC
_NOT_PLAIN: Final = re.compile(
    rf"%(?![0-9A-Fa-f]{{2}})|\A[^{NAME_START}0-9%{_OTHERS}]|[^{NAME_CHAR}.%{_OTHERS}]|\.\Z"
)
_NOT_IN_NAMESPACE: Final = re.compile(r'[<>"{}|^`\\\x00-\x20]')
_COMMENTS: Final = ("//", "/*")


class SayableNames:
    """Turns IRIs into names of PROV-N, and remembers which prefixes it used.

    Parameters
    ----------
    told
        The prefixes of the document or bundle, with their namespaces.
    """

    def __init__(self, told: Iterable[tuple[str, str]]) -> None:
        self._names = Names(_with_quoted(told).items())
        self._known: dict[str, str] = {}
        self.used: dict[str, str] = {}
        """What has to be declared; grows as names are made."""

    def __call__(self, iri: str) -> str:
        """The name of an IRI; a bare name stays one."""
        known = self._known.get(iri)
        if known is None:
            plain = None if iri.startswith(("_:", QUOTED)) else self._plain(iri)
            known = self._known[iri] = self._quoted(iri) if plain is None else plain
        return known

    def inside(self, bundle: str, told: Iterable[tuple[str, str]]) -> "SayableNames":
        """Names for a bundle's content, under which its own name means what it means out here."""
        prefix = self(bundle).partition(":")[0]
        namespace = self.used.get(prefix)
        return SayableNames({**dict(told), **({prefix: namespace} if namespace else {})}.items())

    def _plain(self, iri: str) -> str | None:
        """A name that means the IRI itself; None where there is none."""
        name = self._names(iri)
        prefix, colon, local = name.partition(":")
        namespace = self._names.used.get(prefix) if colon else None
        if namespace is None:
            return None if name.startswith(_COMMENTS) or name == "_" else _escaped(name)
        escaped = _escaped(local)
        if escaped is None or _NOT_IN_NAMESPACE.search(namespace):
            return None
        self.used[prefix] = namespace
        return f"{prefix}:{escaped}"

    def _quoted(self, iri: str) -> str:
        """The name that stands for one that PROV-N cannot say; every one can be quoted."""
        prefix, _, local = self._names(quoted_name(iri)).partition(":")
        self.used[prefix] = self._names.used[prefix]
        return f"{prefix}:{_escaped(local)}"


def _escaped(local: str) -> str | None:
    r"""A local part with ``\`` where it needs one; None where that does not help."""
    if _NOT_PLAIN.search(local) is None:
        return local
    if any(found.group() not in _ESCAPED for found in _NOT_PLAIN.finditer(local)):
        return None
    return _NOT_PLAIN.sub(lambda match: "\\" + match.group(), local)


def _with_quoted(told: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The prefixes, and beside each one for the quoted names of its namespace.

    Quoting goes character by character, so that a quoted namespace begins the quoted names in it.
    """
    declared = dict(told)
    usable = usable_prefixes(declared.items())
    quoted = {f"{prefix}-quoted": quoted_name(uri) for prefix, uri in usable.items()}
    return {"provext": PROVEXT, "quoted": QUOTED, **quoted, **declared}
