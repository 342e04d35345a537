"""Headers of FITS files of gamma-ray astronomy (GADF, gammapy, H.E.S.S.) -> one entity, one step.

A header tells of which observation a file is, who wrote it and with what; and nothing is told that
it does not say: without ``CREATOR`` there is no activity. The versions of earlier steps
(``CAL_VER``, ``ANA_VER``, ``DST_VER``) stay attributes. Inputs are told by the convention of the
CADC: ``PRVn`` and ``OBSn``, counted by ``PRVCNT`` and ``OBSCNT``.

A header does not have the name of its file, and an observation has many files: so the file is named
after telescope, observation and class with a checksum of its header, local to the source. The same
header as a text dump gives the same name.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.element_sections import ElementSection
from provstore.importers.metadata.fits import (
    is_fits,
    is_fits_dump,
    read_fits,
    read_fits_dump,
)
from provstore.importers.metadata.gadf_keywords import (
    CLASSES,
    CREATION_TIMES,
    CREATOR,
    FITS_PREFIXES,
    HISTORY,
    OBSERVATION,
    ORIGIN,
    keyword_attributes,
)
from provstore.importers.metadata.header_text import has_metadata
from provstore.importers.metadata.headers import (
    Header,
    Headers,
    is_obscore,
    looks_like_obscore,
    names_dataset,
)
from provstore.importers.metadata.importer import document_of, refuse_without_metadata
from provstore.importers.metadata.parameters import compact
from provstore.importers.metadata.reference import activity_description, utc_time
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Integer, Json, Real, pointer, shown
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, PROV, VOPROV, Iri, Prefixes
from provstore.model.literals import Literal
from provstore.model.records import Attributes
from provstore.model.times import is_time
from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTRIBUTED,
    DERIVED,
    DESCRIBED,
    GENERATED,
    PROV_TYPE,
    Kind,
    RelationType,
)

_TELLING: Final = (*OBSERVATION, CREATOR, ORIGIN, "HDUCLASS", HISTORY, "PRVCNT", "OBSCNT")
"""One of these makes a header worth keeping."""
_INPUTS: Final = {"PRV": "PRVCNT", "OBS": "OBSCNT"}
_VERSION: Final = re.compile(r"(?<![ /_])[ /_]++v?([0-9]++(?:\.[0-9]++)++\S*+)")
"""Behind the name of a program: ``gammapy 1.2``, ``ctools/2.0.0``."""
_ENTITY: Final = ElementSection(Kind.ENTITY)


class Gadf:
    """The importer of FITS headers without reference metadata."""

    name = "gadf"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether this is a FITS file, or a dump of its headers, and no table of datasets."""
        is_header = is_fits(head) or is_fits_dump(sniffed_text(head))
        return is_header and not looks_like_obscore(head)

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """All that the headers tell, as one part."""
        headers = (read_fits if is_fits(data[:100]) else read_fits_dump)(data, findings)
        findings.refuse_if_any()
        return [Part(_document(headers, findings), 0, len(data))]


def _document(headers: Headers, findings: Findings) -> Document:
    if any(
        has_metadata(header.keys) for header in headers.headers
    ):  # far behind, where recognising did not look
        return document_of(headers, findings)
    document = Document(Prefixes({**OWN_PREFIXES, **FITS_PREFIXES}))
    if is_obscore(headers.columns):
        refuse_without_metadata(headers.columns, findings)
    elif not any(_is_telling(header.keys) for header in headers.headers):
        message = "no header says of which observation the file is, nor who wrote it"
        findings.error("fits/nothing-told", "", ", ".join(_TELLING), message)
    else:
        _File(headers.headers, Statements(document, findings), findings).tell()
    return document


def _is_telling(keys: Mapping[str, Json]) -> bool:
    return names_dataset(keys) or any(key in keys for key in _TELLING)


class _File:
    """States what is told of one file."""

    def __init__(
        self, headers: Sequence[Header], statements: Statements, findings: Findings
    ) -> None:
        self._headers = headers
        self._statements = statements
        self._findings = findings
        self._main = _main(headers)
        self._place = self._main.place
        self._iri = self._name()

    def _name(self) -> str:
        keys = self._main.keys
        words = (keys.get("TELESCOP"), keys.get("OBS_ID"), keys.get(CLASSES[0]))
        said = "-".join(shown(word) for word in words if word not in {None, ""})
        told = compact([_sorted(header.keys) for header in self._headers])
        return f"fits/{said}-{hashlib.sha256(told.encode()).hexdigest()[:32]}"

    def tell(self) -> None:
        """The file, who wrote it with what, and what it was made of."""
        attributes = (*self._times(), *keyword_attributes(self._headers, self._findings))
        self._statements.element(_ENTITY, self._iri, attributes, place=self._place)
        origin = _text(self._main.keys, ORIGIN)
        if origin:
            agent = self._agent(origin, "Organization")
            self._relate(ATTRIBUTED, (self._iri, agent))
        creator = _text(self._main.keys, CREATOR)
        activity = self._add_activity(creator) if creator else None
        for header in self._headers:
            for source, place in _inputs(header, self._findings):
                self._statements.element(_ENTITY, source, place=place)
                self._statements.relation(DERIVED, (self._iri, source, activity), place=place)
        self._statements.finish()

    def _times(self) -> Attributes:
        for key in CREATION_TIMES:
            told = _text(self._main.keys, key)
            if told and is_time(told):
                return ((VOPROV + "generatedAtTime", utc_time(told)),)
            if told:
                self._findings.check_time(told, self._place + pointer(key))
        return ()

    def _add_activity(self, creator: str) -> str:
        """The run of the program that wrote the file; of it only the program is known."""
        iri = f"{self._iri}#writing"
        self._statements.element(ElementSection(Kind.ACTIVITY), iri, place=self._place)
        self._relate(GENERATED, (self._iri, iri))
        self._relate(ASSOCIATED, (iri, self._agent(creator, "SoftwareAgent")))
        versioned = _name_and_version(creator)
        if versioned is not None:
            name, version = versioned
            description, told = activity_description(name, name, version)
            self._statements.element(_ENTITY, description, told, place=self._place)
            self._relate(DESCRIBED, (iri, description))
        return iri

    def _agent(self, name: str, kind: str) -> str:
        iri = f"{'software' if kind == 'SoftwareAgent' else 'organization'}/{name}"
        attributes = ((PROV_TYPE, Iri(PROV + kind)), (VOPROV + "name", Literal(name)))
        self._statements.element(ElementSection(Kind.AGENT), iri, attributes, place=self._place)
        return iri

    def _relate(self, kind: RelationType, ends: tuple[str, str]) -> None:
        self._statements.relation(kind, ends, place=self._place)


def _main(headers: Sequence[Header]) -> Header:
    """The header that tells most plainly what the file is: of an observation, else of a class."""
    for key in ("OBS_ID", CREATOR, CLASSES[0], ORIGIN, "TELESCOP"):
        for header in headers:
            if header.keys.get(key) is not None:
                return header
    return headers[0]


def _sorted(keys: Mapping[str, Json]) -> Json:
    return {key: keys[key] for key in sorted(keys)}


def _text(keys: Mapping[str, Json], key: str) -> str | None:
    """The text of a keyword; the first, where it stands there with several."""
    told = keys.get(key)
    value = told[0] if isinstance(told, list) and told else told
    return value.strip() if isinstance(value, str) and value.strip() else None


def _inputs(header: Header, findings: Findings) -> Iterator[tuple[str, str]]:
    """What the file was made of, with the place of each, where the header counts it."""
    for stem, counter in _INPUTS.items():
        count = header.keys.get(counter)
        if not isinstance(count, Integer):
            continue
        named = re.compile(rf"{stem}[1-9][0-9]*\Z")
        found = [key for key in header.keys if named.match(key)]
        if int(count.lexical) != len(found):
            message = f"{counter} counts {count.lexical} of them, the header has {len(found)}"
            findings.warning("fits/count", header.place + pointer(counter), stem, message)
        for key in found:
            told = header.keys[key]
            if isinstance(told, str | Integer | Real) and told != "":
                yield shown(told), header.place + pointer(key)


def _name_and_version(creator: str) -> tuple[str, str] | None:
    """Of a program that tells both; the version is what ends the text."""
    for found in _VERSION.finditer(creator):
        if found.end() == len(creator) and found.start() > 0:
            return creator[: found.start()], found[1]
    return None
