"""Reference metadata of the CTAO in the header of a file -> one step of lineage.

Read are FITS headers, the root attributes of HDF5 files, the ``meta`` of ECSV tables, YAML, JSON
and text dumps of FITS headers; versions 1 and 2, flat and as trees. The data are never looked at.
A table of datasets (ObsCore) is told to go elsewhere.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from provstore.errors import RefusedDocumentError
from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.ctapipe.importer import CtapipeLog
from provstore.importers.metadata.fits import (
    is_fits,
    is_fits_dump,
    read_fits,
    read_fits_dump,
)
from provstore.importers.metadata.gadf_keywords import (
    FITS_PREFIXES,
    OBSCORE,
    keyword_attributes,
)
from provstore.importers.metadata.hdf5 import is_hdf5, read_hdf5
from provstore.importers.metadata.header_text import (
    has_metadata,
    is_ecsv,
    is_json_metadata,
    is_yaml_metadata,
    read_ecsv,
    read_json,
    read_yaml_headers,
)
from provstore.importers.metadata.headers import Header, Headers, is_obscore, looks_like_obscore
from provstore.importers.metadata.keys import Keys, keys_of
from provstore.importers.metadata.reference import PRODUCT_ID
from provstore.importers.metadata.step import add_step
from provstore.importers.statements import Statements
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, Prefixes, ivoid
from provstore.model.literals import value_text
from provstore.model.vocabulary import RELATION_BY_NAME, Kind

_HEAD: Final = 65_536
_HIERARCH: Final = re.compile(r"HIERARCH +CTA ")
_PROV_JSON: Final = frozenset(
    {"prefix", "bundle", "entity", "activity", "agent", *RELATION_BY_NAME}
)

_DATASET: Final = OBSCORE + "obs_publisher_did"

_Reader = Callable[[bytes, Findings], Headers]


class CtaMetadata:
    """The importer of reference metadata in headers of files."""

    name = "cta-metadata"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether this is a file of a kind that carries metadata, and one that has them.

        HDF5 files and ECSV tables are taken whatever they say: no other importer reads them. Tables
        of datasets are not.
        """
        if is_hdf5(head):
            return True
        text = sniffed_text(head)
        if is_ecsv(head):
            return not looks_like_obscore(head) or is_yaml_metadata(text.replace("\n# ", "\n"))
        if is_fits(head) or is_fits_dump(text):
            return _HIERARCH.search(text) is not None
        return is_json_metadata(text, _PROV_JSON) or is_yaml_metadata(text)

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """All that the headers tell, as one part."""
        headers = _reader_of(data[:_HEAD])(data, findings)
        findings.refuse_if_any()
        return [Part(document_of(headers, findings), 0, len(data))]


def _reader_of(head: bytes) -> _Reader:
    """The reader for what the file is by its first bytes, whether it has metadata or not."""
    if is_fits(head):
        return read_fits
    if is_hdf5(head):
        return read_hdf5
    if is_ecsv(head):
        return read_ecsv
    text = sniffed_text(head)
    if is_fits_dump(text):
        return read_fits_dump
    return read_json if text.startswith(("{", "[")) else read_yaml_headers


def document_of(headers: Headers, findings: Findings) -> Document:
    """The statements of all headers of a file; an error where they have no metadata."""
    document = Document(Prefixes({**OWN_PREFIXES, **FITS_PREFIXES}))
    products = _products(headers.headers, findings)
    if not products and not headers.logs:
        if not _add_dataset(headers.headers, document, findings):
            refuse_without_metadata(headers.columns, findings)
        return document
    statements = Statements(document, findings)
    for index, keys in enumerate(products):
        also = keyword_attributes(headers.headers, findings) if index == 0 else ()
        add_step(keys, also, statements, findings)
    statements.finish()
    _absorb_logs(headers.logs, document, findings)
    return document


def _add_dataset(headers: Sequence[Header], document: Document, findings: Findings) -> bool:
    """State what headers without reference metadata tell of a dataset of ObsCore, if they do."""
    attributes = keyword_attributes(headers, findings)
    dids = [value_text(value) for name, value in attributes if name == _DATASET]
    is_named = len(dids) == 1 and ivoid(dids[0]) is not None
    if is_named:
        document.add_element(Kind.ENTITY, dids[0], attributes)
    return is_named


def refuse_without_metadata(columns: frozenset[str], findings: Findings) -> None:
    """Note that a file tells nothing, and where it belongs if it is a table of datasets."""
    if is_obscore(columns):
        message = "this is a table of datasets, no provenance: send it to PUT /api/v1/obscore"
        findings.error("obscore/not-a-document", "", "obs_publisher_did", message)
    else:
        message = "the header has no reference metadata of the CTAO (CTA PRODUCT ID and its like)"
        findings.error("cta/no-metadata", "", "", message)


def _products(headers: Sequence[Header], findings: Findings) -> list[Keys]:
    """The metadata of each product; what a header without an id says is of the first."""
    found = [keys_of(header, findings) for header in headers if has_metadata(header.keys)]
    products = found[:1]
    for keys in found[1:]:
        if keys.file is not None or PRODUCT_ID in keys.flat:
            products.append(keys)
        else:
            products[0].unite(keys)
    return products


def _absorb_logs(logs: Mapping[str, str], document: Document, findings: Findings) -> None:
    """Take in the logs that a file carries along, each an activity as ctapipe writes them."""
    for place, text in logs.items():
        noticed = Findings()
        try:
            for part in CtapipeLog().read(text.encode(), noticed):
                document.absorb(part.document)
        except RefusedDocumentError:
            message = "the log cannot be read, for the reasons that are told with it"
            findings.error("cta/bad-log", place, text, message)
        for finding in noticed.items:
            findings.add(
                finding.severity,
                finding.rule,
                f"{place}{finding.place}" if finding.place.startswith("/") else place,
                finding.value,
                finding.message,
            )
