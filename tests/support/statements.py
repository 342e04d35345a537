"""Documents from statements in the manner of PROV-N, for tests of what is told."""

import re
from typing import Final

from provstore.model.document import Document
from provstore.model.identifiers import PROV, VOPROV, Iri
from provstore.model.literals import Literal, Value
from provstore.model.records import Attributes, Relation
from provstore.model.vocabulary import (
    PROV_END_TIME,
    PROV_START_TIME,
    RELATION_BY_NAME,
    Kind,
)

_STATEMENT: Final = re.compile(
    r"(?P<name>\w+)\((?:(?P<iri>[^;()]+);)?(?P<arguments>[^()]*)\)(?:\s*\[(?P<pairs>[^\]]*)\])?"
)
_KINDS: Final = {"entity": Kind.ENTITY, "activity": Kind.ACTIVITY, "agent": Kind.AGENT}
_SPACES: Final = {"prov": PROV, "voprov": VOPROV}


def split(text: str) -> list[str]:
    """The statements of a text, each on its own."""
    return [found.group() for found in _STATEMENT.finditer(text)]


def told(text: str, bundle: str | None = None, into: Document | None = None) -> Document:
    """The document of some statements.

    Parameters
    ----------
    text
        ``used(u; a, e, @10)``, ``activity(a, @10, -)``, ``wasStartedBy(a, -, b)``. ``@10`` is ten
        o'clock in UTC of some day, ``-`` what is missing. In ``[prov:type=voprov:Parameter]`` a
        value with one of these two prefixes is an IRI, any other a text.
    bundle
        In which they stand.
    into
        A document to add them to.
    """
    document = Document() if into is None else into
    if bundle is not None:
        document.add_bundle(bundle)
    for found in _STATEMENT.finditer(text):
        arguments = [_argument(part) for part in found["arguments"].split(",")]
        attributes = _attributes(found["pairs"] or "")
        kind = _KINDS.get(found["name"])
        if kind is None:
            document.add_relation(_relation(found, arguments, attributes, bundle))
        else:
            times = zip((PROV_START_TIME, PROV_END_TIME), arguments[1:], strict=False)
            own = tuple((name, Literal(time)) for name, time in times if time is not None)
            document.add_element(kind, str(arguments[0]), (*own, *attributes), bundle)
    return document


def _relation(
    found: re.Match[str], arguments: list[str | None], attributes: Attributes, bundle: str | None
) -> Relation:
    kind = RELATION_BY_NAME[found["name"]]
    ends, rest = arguments[: len(kind.ends)], arguments[len(kind.ends) :]
    if kind.has_time and not rest and (ends[-1] or "").startswith("2026-"):
        ends, rest = ends[:-1], ends[-1:]
    while ends and ends[-1] is None:
        ends.pop()
    time = rest[0] if rest else None
    iri = None if found["iri"] is None else found["iri"].strip()
    return Relation(kind, tuple(ends), time, iri, attributes, bundle)


def _argument(text: str) -> str | None:
    text = text.strip()
    if text.startswith("@"):
        return f"2026-11-28T{text[1:]}:00:00Z"
    return None if text == "-" else text


def _attributes(text: str) -> Attributes:
    pairs = (pair.strip().split("=", 1) for pair in text.split(",") if pair.strip())
    return tuple((_name(name), _value(value)) for name, value in pairs)


def _name(text: str) -> str:
    prefix, _, local = text.partition(":")
    return _SPACES[prefix] + local


def _value(text: str) -> Value:
    return Iri(_name(text)) if text.partition(":")[0] in _SPACES else Literal(text)
