"""Keywords of FITS that tell where a file comes from, and the attributes that they become.

Sources: FITS 4.0, section 4.4.2; the data formats of gamma-ray astronomy (GADF) 0.2 and 0.3,
headers of event lists; the keywords of the H.E.S.S. files of 2018.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.metadata.headers import Header, names_dataset
from provstore.importers.metadata.personal import E_MAIL
from provstore.importers.strict_json import Integer, Json, Real, plain_literal, pointer
from provstore.model.identifiers import PROVSTORE
from provstore.model.literals import Literal, Value
from provstore.model.obscore import BY_NAME, standard_name
from provstore.model.records import Attributes

FITS: Final = PROVSTORE + "fits:"
"""Keywords of FITS headers; the local part is the keyword."""
OBSCORE: Final = PROVSTORE + "obscore:"
"""Columns of ObsCore in headers; the local part is the column."""
FITS_PREFIXES: Final[Mapping[str, str]] = {"fits": FITS, "obscore": OBSCORE}

CREATOR: Final = "CREATOR"
"""The program that wrote the file."""
ORIGIN: Final = "ORIGIN"
"""The organization that is responsible for it."""
HISTORY: Final = "HISTORY"
CREATION_TIMES: Final = ("CREATED", "DATE")
OBSERVATION: Final = ("OBS_ID", "OBS_MODE", "OBJECT", "TELESCOP", "INSTRUME")
CLASSES: Final = ("HDUCLAS1", "HDUCLAS2", "HDUCLAS3", "HDUCLAS4")
KEYWORDS: Final = (
    *OBSERVATION,
    CREATOR,
    ORIGIN,
    *CREATION_TIMES,
    "EXTNAME",
    "HDUCLASS",
    "HDUDOC",
    "HDUVERS",
    *CLASSES,
    "EV_CLASS",
    "EVTVER",
    "DST_VER",
    "ANA_VER",
    "CAL_VER",
    "CALDB",
    "IRF",
    "N_TELS",
    "TELLIST",
    "DATE-OBS",
    "TIME-OBS",
    "DATE-BEG",
    "DATE-AVG",
    "DATE-END",
    "TIME-END",
    "TSTART",
    "TSTOP",
    "MJDREFI",
    "MJDREFF",
    "TIMEUNIT",
    "TIMESYS",
    "TIMEREF",
    "ONTIME",
    "LIVETIME",
    "DEADC",
    "RA_OBJ",
    "DEC_OBJ",
    "RA_PNT",
    "DEC_PNT",
    "ALT_PNT",
    "AZ_PNT",
)
"""What is kept of a header; the rest describes columns and pixels, and stays in the file."""


def keyword_attributes(headers: Sequence[Header], findings: Findings) -> Attributes:
    """The attributes of a file: what all its headers say, each value once.

    Lines of ``HISTORY`` with an e-mail address are left out.
    """
    found = [
        pair
        for header in headers
        for pair in (*_attributes(header.keys), *_history(header, findings))
    ]
    return (*dict.fromkeys(found), *_obscore_attributes(headers))


def _obscore_attributes(headers: Sequence[Header]) -> Attributes:
    """What the headers of a file say of it as a dataset of ObsCore, each value once.

    Nothing where none of them names the dataset: ``SITE`` or ``S_RA`` alone may mean anything.
    """
    if not any(names_dataset(header.keys) for header in headers):
        return ()
    found = [
        (OBSCORE + name, plain_literal(value))
        for header in headers
        for keyword, told in header.keys.items()
        if (name := standard_name(keyword)) in BY_NAME and keyword not in KEYWORDS
        for value in (told if isinstance(told, list) else [told])
        if isinstance(value, str | bool | Integer | Real) and value != ""
    ]
    return tuple(dict.fromkeys(found))


def _attributes(keys: Mapping[str, Json]) -> Iterator[tuple[str, Value]]:
    for keyword in KEYWORDS:
        told = keys.get(keyword)
        for value in told if isinstance(told, list) else [told]:
            if isinstance(value, str | bool | Integer | Real) and value != "":
                yield FITS + keyword, plain_literal(value)


def _history(header: Header, findings: Findings) -> Iterator[tuple[str, Value]]:
    """The lines as one text, in their order."""
    told = header.keys.get(HISTORY)
    lines = [line for line in told if isinstance(line, str)] if isinstance(told, list) else []
    kept = [line for line in lines if not E_MAIL.search(line)]
    if len(kept) < len(lines):
        message = "lines with an e-mail address are left out of the statements"
        place = f"{header.place}{pointer(HISTORY)}"
        findings.info("fits/personal", place, len(lines) - len(kept), message)
    if kept:
        yield FITS + HISTORY, Literal("\n".join(kept))
