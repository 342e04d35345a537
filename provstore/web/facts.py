"""What is known of one element, ready to be shown: names, level, attributes, ObsCore columns."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from provstore.model.answers import ElementAnswer
from provstore.model.identifiers import OWN_PREFIXES, WELL_KNOWN, XSD, Compactor
from provstore.model.lineage import Node
from provstore.model.literals import XSD_STRING
from provstore.model.obscore import COLUMNS, Column
from provstore.model.vocabulary import KIND_NAMES, PROV_END_TIME, PROV_START_TIME

LEVEL_SOURCES: Final[Mapping[str, str]] = {
    "obscore": "told by its ObsCore record",
    "reference-metadata": "told by the reference metadata of the file",
    "description": "told by its description",
    "rule": "by a rule of the settings",
}
"""Where a data level is told, in words."""

_ALIAS_WORDS: Final[Mapping[str, str]] = {
    "iri": "IRI",
    "ivoid": "IVOID",
    "product_id": "CTA PRODUCT ID",
    "doi": "DOI",
    "checksum": "Checksum",
    "written": "Id as written",
    "url": "Access URL",
    "path": "Path",
    "name": "File name",
    "obs_id": "obs_id",
}
_HC_EV_M: Final = 1.239841984332e-6
"""Energy of a photon times its wavelength, in eV m (CODATA 2018, exact)."""
_ENERGY_UNITS: Final = ((1e12, "TeV"), (1e9, "GeV"), (1e6, "MeV"), (1e3, "keV"), (1.0, "eV"))
_IN_EV: Final = frozenset(column.name for column in COLUMNS if column.unit == "eV")
_MJD_EPOCH: Final = datetime(1858, 11, 17, tzinfo=UTC)
_MJD_YEAR_10000: Final = 2_973_483


class Name(NamedTuple):
    """One identifier, and the sorts of name that it is."""

    kinds: Sequence[str]
    value: str


class Fact(NamedTuple):
    """One ObsCore column of a dataset."""

    column: Column
    value: str
    reading: str
    """The same in other words: an energy, a date; empty where it needs none."""
    link: str | None
    """Where the value is the address of a web page or file."""


class Attribute(NamedTuple):
    """One attribute as it was told."""

    name: str
    value: str
    datatype: str
    """Short; empty for plain text and for names."""


def kind_word(node: Node) -> str:
    """What a node is in one word: its IVOA class where it has one, else its PROV kind."""
    if node.level is not None and node.kind == "entity":
        return "dataset"
    if node.cls.lower() in KIND_NAMES.values():
        return node.kind
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in node.cls)
    return words.strip()


def names_of(answer: ElementAnswer) -> list[Name]:
    """All identifiers of an element, each once, ``obs_publisher_did`` first."""
    did = answer.node.obs_publisher_did
    kinds: dict[str, list[str]] = {} if did is None else {did: ["obs_publisher_did"]}
    for alias in answer.aliases:
        kinds.setdefault(alias.value, []).append(_ALIAS_WORDS[alias.kind])
    return [Name(sorts, value) for value, sorts in kinds.items()]


def times_of(answer: ElementAnswer) -> list[tuple[str, str]]:
    """When an activity began and ended, as written."""
    words = {PROV_START_TIME: "Started", PROV_END_TIME: "Ended"}
    told = [(a["name"], a["value"]) for a in answer.attributes]
    return [(word, value) for iri, word in words.items() for name, value in told if name == iri]


def attributes_of(answer: ElementAnswer, prefixes: Mapping[str, str]) -> list[Attribute]:
    """The attributes with short names; a name that no prefix shortens stays an IRI."""
    names = Compactor({**prefixes, **WELL_KNOWN, **OWN_PREFIXES})
    return [
        Attribute(_short(names, a["name"]), a["value"], _datatype(names, a))
        for a in answer.attributes
    ]


def _short(names: Compactor, iri: str) -> str:
    name = names.compact(iri)
    return iri if name.partition(":")[0] in names.minted else name


def _datatype(names: Compactor, attribute: Mapping[str, Any]) -> str:
    if attribute["language"] is not None:
        return str(attribute["language"])
    datatype = attribute["datatype"]
    if datatype in {None, XSD_STRING}:
        return ""
    return str(datatype).removeprefix(XSD) if datatype.startswith(XSD) else _short(names, datatype)


def obscore_facts(record: Mapping[str, Any] | None) -> list[Fact]:
    """The columns of an ObsCore record that have a value, in the order of the standard."""
    return [] if record is None else list(_facts(record))


def _facts(record: Mapping[str, Any]) -> Iterator[Fact]:
    for column in COLUMNS:
        value = record.get(column.name)
        if value is not None:
            yield Fact(column, str(value), _reading(column.name, value), web_address(value))


def _reading(name: str, value: object) -> str:
    if not isinstance(value, int | float):
        return ""
    if name in {"t_min", "t_max"}:
        return utc_of(value)
    if name in {"em_min", "em_max"}:
        return _energy(_HC_EV_M / value) if value > 0 else ""
    return _energy(value) if name in _IN_EV else ""


def utc_of(mjd: object) -> str:
    """A time in MJD as a date; empty for what is none, or far from all observations."""
    if not isinstance(mjd, int | float) or not 0 <= mjd < _MJD_YEAR_10000:
        return ""
    moment = _MJD_EPOCH + timedelta(days=mjd)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _energy(energy: float) -> str:
    """An energy in eV, in the unit in which it has the fewest digits."""
    size, unit = next((u for u in _ENERGY_UNITS if energy >= u[0] * 0.9995), _ENERGY_UNITS[-1])
    return f"{energy / size:.3g} {unit}"


def web_address(value: object) -> str | None:
    """The value if it is an address that a browser may be sent to."""
    if not isinstance(value, str):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:  # an unclosed bracket in the host: text, not an address
        return None
    return value if parts.scheme in {"http", "https"} and parts.netloc else None
