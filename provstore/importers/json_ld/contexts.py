"""Contexts of JSON-LD: which are known, which stand elsewhere, and the prefixes they declare."""

from collections.abc import Iterator
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.json_ld.terms import CONTEXT_URLS, TYPE_TERMS
from provstore.importers.qualified_names import declared_namespace
from provstore.importers.strict_json import Json, pointer, shown, wrong_type

Place = tuple[str | int, ...]

_EMBEDDED: Final = len(TYPE_TERMS) // 2
"""An object that defines more terms of PROV-JSONLD than this is its context, written out."""
_IGNORED: Final = frozenset({"@version", "@base"})


def is_prov_jsonld(context: Json) -> bool:
    """Whether a context is, or has in it, the one of PROV-JSONLD."""
    return any(_is_known(entry) for entry in _entries(context))


def _entries(context: Json) -> list[Json]:
    return context if isinstance(context, list) else [context]


def _is_known(entry: Json) -> bool:
    if isinstance(entry, dict):
        terms = (term for term in TYPE_TERMS if isinstance(entry.get(term), dict))
        return sum(1 for _ in terms) > _EMBEDDED
    return isinstance(entry, str) and entry in CONTEXT_URLS


def declared_prefixes(context: Json, findings: Findings, place: Place) -> dict[str, str]:
    """The prefixes beside the context of PROV-JSONLD; ``@vocab`` is the default namespace."""
    declared: dict[str, str] = {}
    for index, entry in enumerate(_entries(context)):
        where = (*place, index) if isinstance(context, list) else place
        if _is_known(entry):
            continue
        if isinstance(entry, str):
            _refuse_remote(entry, findings, where)
        elif isinstance(entry, dict):
            declared.update(_declarations(entry, findings, where))
        else:
            wrong_type(findings, pointer(*where), entry, "the URL of a context, or prefixes")
    return declared


def _declarations(
    entry: dict[str, Json], findings: Findings, place: Place
) -> Iterator[tuple[str, str]]:
    for prefix, uri in entry.items():
        where = pointer(*place, prefix)
        if prefix == "@base" and uri is not None:
            message = "names without a prefix stay as they are written, whatever this base is"
            findings.warning("json-ld/base", where, shown(uri), message)
        if prefix in _IGNORED:
            continue
        if not isinstance(uri, str) or (prefix.startswith("@") and prefix != "@vocab"):
            message = "beside the context of PROV-JSONLD stand prefixes only, each with its URI"
            findings.error("json-ld/term-definition", where, shown(uri), message)
            continue
        name = "" if prefix == "@vocab" else prefix
        yield name, declared_namespace(prefix, uri, findings, where, format_name="json-ld")


def local_prefixes(content: Json) -> dict[str, str]:
    """The terms of the outermost contexts of any JSON-LD that stand for an IRI."""
    found: dict[str, str] = {}
    for item in content if isinstance(content, list) else [content]:
        for entry in _entries(item.get("@context")) if isinstance(item, dict) else ():
            if isinstance(entry, dict):
                pairs = ((term, _target(told)) for term, told in entry.items())
                found.update((term, uri) for term, uri in pairs if uri and term[:1] != "@")
    return found


def _target(told: Json) -> str | None:
    """The IRI of a term that may be a prefix: it ends as namespaces do (JSON-LD 1.1, 4.2.2)."""
    uri = told.get("@id") if isinstance(told, dict) else told
    return (
        uri if isinstance(uri, str) and uri.endswith((":", "/", "?", "#", "[", "]", "@")) else None
    )


def check_remote_contexts(content: Json, findings: Findings) -> None:
    """Note each context that stands elsewhere, also those inside of terms and nodes."""
    stack: list[Iterator[tuple[Json, Place]]] = [iter([(content, ())])]
    while stack:
        item, place = next(stack[-1], (None, None))
        if place is None:
            stack.pop()
            continue
        if isinstance(item, dict):
            _check_object(item, findings, place)
        if isinstance(item, dict | list):
            stack.append(_inside(item, place))


def _inside(item: dict[str, Json] | list[Json], place: Place) -> Iterator[tuple[Json, Place]]:
    pairs = item.items() if isinstance(item, dict) else enumerate(item)
    return ((told, (*place, key)) for key, told in pairs)


def _check_object(item: dict[str, Json], findings: Findings, place: Place) -> None:
    imported = item.get("@import")
    if isinstance(imported, str):
        _refuse_remote(imported, findings, (*place, "@import"))
    if "@context" not in item:
        return
    context = item["@context"]
    for index, entry in enumerate(_entries(context)):
        if isinstance(entry, str):
            where = (
                (*place, "@context", index) if isinstance(context, list) else (*place, "@context")
            )
            _refuse_remote(entry, findings, where)


def _refuse_remote(url: str, findings: Findings, place: Place) -> None:
    message = (
        "this context stands elsewhere, and nothing is fetched; known is the one of PROV-JSONLD "
        "as the context of the whole document, any other must be written out in the document"
    )
    findings.error("json-ld/remote-context", pointer(*place), url, message)
