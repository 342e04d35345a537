"""Documents from one format into another; nothing is stored."""

from collections.abc import Iterator
from dataclasses import dataclass

from provstore.errors import Finding
from provstore.exporters.flavour import Model
from provstore.exporters.registry import Format, write_document
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document
from provstore.model.document import Document


@dataclass(frozen=True, slots=True)
class Converted:
    """A document in another format."""

    format: str
    """Name of the format that it was read as."""
    findings: list[Finding]
    """What was noticed while it was read."""
    chunks: Iterator[bytes]
    """The document as it is written, in chunks."""


def convert(
    data: bytes,
    to: Format | str,
    *,
    model: str = Model.W3C,
    format: str | None = None,  # noqa: A002  the users' word
    media_type: str | None = None,
) -> Converted:
    """Read a document and write it in another format.

    Identifiers stay as they are written: they are made global only where something is stored. The
    parts of a log become one document.

    Parameters
    ----------
    data
        Its bytes, content encoding undone.
    to
        A format of `provstore.exporters.registry`, or its name.
    model
        ``W3C`` or ``IVOA``: the flavour of PROV formats.
    format, media_type
        What the bytes are said to be; the content decides where they are absent or wrong.

    Raises
    ------
    RefusedDocumentError
        The document cannot be read truthfully; it carries all findings.
    UnknownFormatError, BadParameterError
        No importer is for these bytes; a name is none of those allowed.
    """
    parsed = read_document(data, format=format, media_type=media_type)
    chunks = write_document(_whole(parsed), to, model=model)
    return Converted(parsed.format, parsed.findings, chunks)


def _whole(parsed: Parsed) -> Document:
    if len(parsed.parts) == 1:
        return parsed.parts[0].document
    whole = Document()
    for number, part in enumerate(parsed.parts, 1):
        whole.absorb(part.document.with_blank_names(f"p{number}."))
    return whole
