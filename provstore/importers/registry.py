"""Which importers there are, and the one way to call them."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from provstore.errors import BadParameterError, UnknownFormatError
from provstore.importers.base import Findings, Importer, Parsed
from provstore.importers.ctapipe.importer import CtapipeLog
from provstore.importers.job_description.importer import JobDescriptions
from provstore.importers.json_ld.importer import JsonLd
from provstore.importers.lengths import note_long_names
from provstore.importers.logs.definition import LogDefinition
from provstore.importers.logs.logprov import LogprovLog
from provstore.importers.logs.lstosa import LstosaLog
from provstore.importers.metadata.gadf import Gadf
from provstore.importers.metadata.importer import CtaMetadata
from provstore.importers.prov_json.importer import ProvJson
from provstore.importers.prov_n.importer import ProvN
from provstore.importers.prov_votable.importer import ProvVOTable
from provstore.importers.prov_xml.importer import ProvXml
from provstore.importers.rdf.importer import NQuads, NTriples, RdfXml, TriG, Turtle
from provstore.importers.seen import described
from provstore.importers.uws.importer import Uws

IMPORTERS: Final[Sequence[Importer]] = (
    Uws(),
    JobDescriptions(),
    CtapipeLog(),
    LstosaLog(),
    LogprovLog(),
    LogDefinition(),
    CtaMetadata(),
    Gadf(),
    ProvVOTable(),
    ProvXml(),
    JsonLd(),
    ProvJson(),
    ProvN(),
    RdfXml(),
    NTriples(),
    NQuads(),
    TriG(),
    Turtle(),
)
"""In the order in which they are asked: the most particular first."""

_HEAD: Final = 65_536
_AUTO: Final = "auto"


def recognise(
    data: bytes,
    format: str | None = None,  # noqa: A002  its name in the API and the commands
    media_type: str | None = None,
) -> Importer:
    """The importer for these bytes.

    Parameters
    ----------
    data
        The whole document, or at least its first 64 kB.
    format
        Name of an importer; None or ``auto`` looks at the content.
    media_type
        What the sender calls it; asked only where the content says nothing.

    Raises
    ------
    UnknownFormatError
        No importer recognises the bytes.
    BadParameterError
        No importer is of that name.
    """
    named = importer_named(format)
    if named is not None:
        return named
    head = data[:_HEAD]
    for importer in IMPORTERS:
        if importer.sniff(head):
            return importer
    declared = _bare(media_type)
    for importer in IMPORTERS:
        if declared in importer.media_types:
            return importer
    raise UnknownFormatError(
        f"no known format is recognised in {described(head)}; known are {_known()}"
    )


def _bare(media_type: str | None) -> str:
    return (media_type or "").partition(";")[0].strip().lower()


def _note_declared(importer: Importer, media_type: str | None, findings: Findings) -> None:
    """Say so where the sender calls the document something else than it is."""
    declared = _bare(media_type)
    others = [other.name for other in IMPORTERS if declared in other.media_types]
    if others and importer.name not in others:
        message = f"sent as {', '.join(others)}, read as {importer.name}: the content decides"
        findings.info("format/declared", "", declared, message)


def importer_named(format: str | None) -> Importer | None:  # noqa: A002  its name in the API and the commands
    """The importer of that name; None where the content decides.

    Raises
    ------
    BadParameterError
        No importer is of that name.
    """
    if format in {None, _AUTO}:
        return None
    for importer in IMPORTERS:
        if importer.name == format:
            return importer
    raise BadParameterError("format", str(format), f"{_AUTO}, {_known()}")


def _known() -> str:
    return ", ".join(sorted(importer.name for importer in IMPORTERS))


def read_document(
    data: bytes,
    *,
    format: str | None = None,  # noqa: A002  its name in the API and the commands
    media_type: str | None = None,
) -> Parsed:
    """Read bytes into documents, with all that was noticed.

    The parameters are those of `recognise`.

    Raises
    ------
    UnknownFormatError, BadParameterError
        No importer is for these bytes, or of that name.
    RefusedDocumentError
        They cannot be stored truthfully; it carries all findings.
    """
    importer = recognise(data, format, media_type)
    findings = Findings()
    _note_declared(importer, media_type, findings)
    with collector_at_rest():
        parts = importer.read(data, findings)
        note_long_names(parts, findings)
    findings.refuse_if_any()
    return Parsed(importer.name, parts, findings.closed())


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Without the search for cycles: documents have none, and walking them takes 40 % of the time.

    It is a switch of the process. Threads may overlap here: whoever found it on turns it on again.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
