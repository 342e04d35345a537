"""The formats that answers are written in: one table, from which names and media types derive.

A new format is one more entry of `FORMATS`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from provstore.errors import BadParameterError
from provstore.exporters.accept import Range, media_ranges, preference
from provstore.exporters.csv import write_csv
from provstore.exporters.document_lineage import lineage_of
from provstore.exporters.dot import write_dot
from provstore.exporters.flavour import Model
from provstore.exporters.json import write_json
from provstore.exporters.network import write_graphml, write_node_link
from provstore.exporters.png import write_png
from provstore.exporters.prov_json import write_prov_json
from provstore.exporters.prov_jsonld import write_prov_jsonld
from provstore.exporters.prov_n import write_prov_n
from provstore.exporters.prov_votable import write_prov_votable
from provstore.exporters.prov_xml import write_prov_xml
from provstore.exporters.svg import Link, write_svg
from provstore.exporters.turtle import write_trig, write_turtle
from provstore.model.answer_document import document_of, without_parameters
from provstore.model.document import Document
from provstore.model.lineage import Lineage


class Style(NamedTuple):
    """How pictures are drawn."""

    attributes: bool
    link: Link | None


StatementWriter = Callable[[Document, Model], Iterator[bytes]]
"""Writes PROV statements, in either flavour."""
GraphWriter = Callable[[Lineage, Style], Iterator[bytes]]
"""Writes nodes and edges; the flavour makes no difference to it."""


class Writers(NamedTuple):
    """What a format does with the two kinds of input."""

    lineage: Callable[[Lineage, Model, Style], Iterator[bytes]]
    document: Callable[[Document, Model, Style], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Format:
    """One format."""

    name: str
    """As in ``format=`` and ``--to``."""
    media_type: str
    """Of the answer, with the parameters that it needs."""
    writers: Writers
    aliases: tuple[str, ...] = ()
    """Other names, and media types that mean it too; without regard to case."""
    suffixes: tuple[str, ...] = ()
    """Of files that hold it."""
    lossless: bool = False
    """Whether our importer of the same name reads back the document that was written."""

    @property
    def media_types(self) -> tuple[str, ...]:
        """All its media types, lower case and without parameters; the first is the usual one."""
        names = (self.media_type, *self.aliases)
        return tuple(_bare(name) for name in names if "/" in name)


def _bare(name: str) -> str:
    """A name or media type as it compares."""
    return name.partition(";")[0].strip().lower()


def _statements(write: StatementWriter) -> Writers:
    """A PROV format: an answer is written as the document that says the same."""
    return Writers(
        lambda lineage, model, _style: write(document_of(lineage), model),
        lambda document, model, _style: write(document, model),
    )


def _graph(write: GraphWriter) -> Writers:
    """A table or picture: a document is shown as the answer that holds all of it."""
    return Writers(
        lambda lineage, _model, style: write(lineage, style),
        lambda document, _model, style: write(lineage_of(document), style),
    )


def _rows(lineage: Lineage, _style: Style) -> Iterator[bytes]:
    return write_csv(lineage)


def _answer(lineage: Lineage, _style: Style) -> Iterator[bytes]:
    return write_json(lineage)


def _svg(lineage: Lineage, style: Style) -> Iterator[bytes]:
    return write_svg(lineage, attributes=style.attributes, link=style.link)


def _png(lineage: Lineage, style: Style) -> Iterator[bytes]:
    return write_png(lineage, attributes=style.attributes)


def _graphml(lineage: Lineage, _style: Style) -> Iterator[bytes]:
    return write_graphml(lineage)


def _node_link(lineage: Lineage, _style: Style) -> Iterator[bytes]:
    return write_node_link(lineage)


def _dot(lineage: Lineage, style: Style) -> Iterator[bytes]:
    return write_dot(lineage, attributes=style.attributes)


FORMATS: Final = (
    Format("json", "application/json", _graph(_answer)),
    Format(
        "prov-json",
        "application/json",
        _statements(write_prov_json),
        aliases=("application/provenance+json", "text/json"),
        suffixes=(".json",),
        lossless=True,
    ),
    Format(
        "json-ld",
        "application/ld+json",
        _statements(write_prov_jsonld),
        aliases=("prov-jsonld", "jsonld"),
        suffixes=(".jsonld",),
        lossless=True,
    ),
    Format(
        "prov-n",
        "text/provenance-notation; charset=utf-8",
        _statements(write_prov_n),
        aliases=("provn",),
        suffixes=(".provn",),
        lossless=True,
    ),
    Format(
        "prov-xml",
        "application/provenance+xml",
        _statements(write_prov_xml),
        aliases=("application/xml", "text/xml"),
        suffixes=(".xml", ".provx"),
        lossless=True,
    ),
    Format(
        "votable",
        "application/x-votable+xml",
        _statements(write_prov_votable),
        aliases=("prov-votable",),
        suffixes=(".vot", ".votable"),
        lossless=True,
    ),
    Format(
        "turtle",
        "text/turtle; charset=utf-8",
        _statements(write_turtle),
        aliases=("ttl", "application/x-turtle"),
        suffixes=(".ttl",),
        lossless=True,
    ),
    Format(
        "trig",
        "application/trig",
        _statements(write_trig),
        aliases=("application/x-trig",),
        suffixes=(".trig",),
        lossless=True,
    ),
    Format("csv", "text/csv; charset=utf-8; header=present", _graph(_rows), suffixes=(".csv",)),
    Format("svg", "image/svg+xml", _graph(_svg), aliases=("prov-svg",), suffixes=(".svg",)),
    Format("png", "image/png", _graph(_png), aliases=("prov-png",), suffixes=(".png",)),
    Format("graphml", "application/graphml+xml", _graph(_graphml), suffixes=(".graphml",)),
    Format("node-link", "application/vnd.networkx+json", _graph(_node_link)),
    Format(
        "dot",
        "text/vnd.graphviz; charset=utf-8",
        _graph(_dot),
        aliases=("prov-dot",),
        suffixes=(".dot", ".gv"),
    ),
)
"""Every format, the one that is meant where several share a media type first."""

_BY_NAME: Final = {
    _bare(name): known
    for known in reversed(FORMATS)
    for name in (known.name, known.media_type, *known.aliases)
}
_BY_SUFFIX: Final = {suffix: known for known in FORMATS for suffix in known.suffixes}


def format_of(name: str, parameter: str = "format") -> Format:
    """The format of this name or media type, whatever its case.

    Raises
    ------
    BadParameterError
        There is none; it names ``parameter`` and lists the names.
    """
    known = _BY_NAME.get(_bare(name))
    if known is None:
        raise BadParameterError(parameter, name, "one of " + ", ".join(f.name for f in FORMATS))
    return known


def format_of_file(path: str) -> Format:
    """The format that a file's suffix means; ``.json`` is PROV-JSON.

    Raises
    ------
    BadParameterError
        No format has this suffix; the error lists those that there are.
    """
    name = path.lower()
    for suffix, known in _BY_SUFFIX.items():
        if name.endswith(suffix):
            return known
    raise BadParameterError("file", path, "a file that ends in " + ", ".join(_BY_SUFFIX))


def negotiate(accept: str | None, default: Format | str) -> Format:
    """The format that an ``Accept`` header wants most.

    Among formats that are wanted equally, ``default`` wins, then the one that stands first in the
    header. Where the header takes none of our formats, or is none, the default is sent, as the
    standard allows (RFC 9110, 12.5.1). So it is where ``text/html`` is named: that is a browser,
    and browsers ask for any XML before JSON although people cannot read either better.
    """
    fallback = format_of(default) if isinstance(default, str) else default
    ranges = media_ranges(accept or "*/*")
    if preference(ranges, "text/html").is_named:
        return fallback
    best, best_rank = fallback, preference(ranges, fallback.media_types[0])
    for media_type, known in _in_order_of(ranges):
        rank = preference(ranges, media_type)
        if rank.quality and rank > best_rank:
            best, best_rank = known, rank
    return best


def _in_order_of(ranges: Sequence[Range]) -> Iterator[tuple[str, Format]]:
    for wanted in ranges:
        for known in FORMATS:
            yield from ((name, known) for name in known.media_types if wanted.covers(name))


def write_lineage(  # noqa: PLR0913  what a client may ask for
    lineage: Lineage,
    name: Format | str,
    *,
    model: str = Model.W3C,
    parameters: bool = True,
    attributes: bool = True,
    link: Link | None = None,
) -> Iterator[bytes]:
    """An answer in a format, as chunks of bytes.

    Parameters
    ----------
    lineage
        The answer.
    name
        A format, its name or its media type.
    model
        ``W3C`` or ``IVOA``: the flavour of PROV formats.
    parameters
        False leaves out parameters and configuration files.
    attributes
        False draws pictures with names alone.
    link
        In pictures that can link, each box leads to the URL of its identifier.

    Raises
    ------
    BadParameterError
        ``name`` or ``model`` is none of those allowed; nothing was written yet.
    """
    wanted, flavour = _format(name), Model.of(model)
    shown = lineage if parameters else without_parameters(lineage)
    return wanted.writers.lineage(shown, flavour, Style(attributes, link))


def write_document(
    document: Document,
    name: Format | str,
    *,
    model: str = Model.W3C,
    attributes: bool = True,
    link: Link | None = None,
) -> Iterator[bytes]:
    """A document in a format, as chunks of bytes; tables and pictures show all that it tells.

    The parameters are those of `write_lineage`.

    Raises
    ------
    BadParameterError
        ``name`` or ``model`` is none of those allowed; nothing was written yet.
    """
    wanted, flavour = _format(name), Model.of(model)
    return wanted.writers.document(document, flavour, Style(attributes, link))


def _format(name: Format | str) -> Format:
    return format_of(name) if isinstance(name, str) else name
