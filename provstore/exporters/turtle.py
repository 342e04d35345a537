"""Documents as PROV-O (W3C Recommendation of 30 April 2013), in Turtle and TriG.

A relation that has its two ends only is a short-cut; one with more has a node beside it, as PROV-O
recommends (section 3.3). What RDF would make one is kept apart: see `provstore.model.prov_o`.
Names that are no IRIs are written by `quoted_name`. Turtle has no bundles: TriG does.
"""

from collections.abc import Iterator

from provstore.errors import BadParameterError
from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, scopes
from provstore.exporters.turtle_scope import ScopeWriter
from provstore.exporters.turtle_terms import Terms
from provstore.model.document import Document
from provstore.model.identifiers import PROV
from provstore.model.prov_o import EMPTY_BUNDLE


def write_turtle(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as Turtle in chunks of UTF-8.

    Parameters
    ----------
    document
        What to write.
    model
        ``W3C`` marks the relations of the IVOA on influences, ``IVOA`` gives them the properties
        that voprov 0.1 has for them.

    Raises
    ------
    BadParameterError
        The document has bundles; nothing was written yet.
    """
    if any(scope.bundle is not None for scope in scopes(document)):
        raise BadParameterError("format", "turtle", "trig: the document has bundles")
    return encoded(_pieces(document, model))


def write_trig(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as TriG in chunks of UTF-8, each bundle a named graph; as `write_turtle`."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    main, *bundles = scopes(document)
    prefixes = dict(main.prefixes)
    for scope in bundles:
        prefixes = {**dict(scope.prefixes), **prefixes}
    terms = Terms(prefixes.items())
    told = list(ScopeWriter(main, terms, model).blocks())
    inner: list[tuple[str, list[str]]] = []
    for scope in bundles:
        name = terms.node(scope.bundle or "")
        blocks = list(ScopeWriter(scope, terms, model).blocks())
        if blocks:
            inner.append((name, blocks))
        else:
            told.append(f"{name} a {terms.iri(EMPTY_BUNDLE)} .\n")
    yield f"@prefix prov: <{PROV}> .\n"
    for prefix, uri in terms.used.items():
        if prefix != "prov":
            yield f"@prefix {prefix}: <{uri}> .\n"
    yield from told
    for name, blocks in inner:
        yield f"{name} {{\n"
        yield from blocks
        yield "}\n"
