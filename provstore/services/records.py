"""ObsCore records that a document tells among the attributes of its entities.

An attribute counts whatever its namespace: pipelines write ``obs_publisher_did``, ``calib_level``
and their like into PROV and into headers of files. Values are in the standard's units, for an
attribute has none. What is incomplete or breaks a rule makes no record and refuses nothing: the
attributes are kept as any others, and a finding says what lacks.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.obscore.cells import value_of
from provstore.importers.obscore.rules import BrokenRuleError, Value, disorders
from provstore.importers.obscore.units import Scale
from provstore.model.document import Document, Telling, place_text
from provstore.model.identifiers import PARAMETER, ivoid, split_iri
from provstore.model.literals import value_text
from provstore.model.obscore import BY_NAME, COLUMNS, ObsCoreRecord, standard_name
from provstore.model.vocabulary import Kind

_DID: Final = "obs_publisher_did"
_OBS_ID: Final = "obs_id"
_PROCESS: Final = "cta_process_id"
"""The observation, in the reference metadata of the CTAO; counts where there is no ``obs_id``."""
_REQUIRED: Final = tuple(column.name for column in COLUMNS if column.required)
_NAMES: Final = frozenset({_DID, _OBS_ID, _PROCESS})
"""Who tells no more than these names a dataset, and does not describe it."""
_AS_TOLD: Final = Scale()

_Columns = dict[str, dict[str, None]]
"""By column, the distinct texts that are told."""


def records_told(document: Document, findings: Findings) -> list[ObsCoreRecord]:
    """The records that the entities of a document tell, each of one entity.

    Parameters
    ----------
    document
        What was read.
    findings
        Takes which entities name a dataset, say more of it, and make no record of it, and why.
    """
    records = []
    lacking: dict[str, list[Telling]] = {}
    for telling, columns in _told(document).items():
        missing = [name for name in _REQUIRED if name not in columns]
        if not missing:
            record = _record(telling, columns, document, findings)
            if record is not None:
                records.append(record)
        elif _DID in columns and columns.keys() - _NAMES:
            lacking.setdefault(", ".join(missing), []).append(telling)
    for missing_names, tellings in lacking.items():
        first = tellings[0]
        message = (
            f"{len(tellings)} entities tell something of an ObsCore dataset and make no record of "
            f"it, since they do not tell {missing_names}; the first is {first.iri}"
        )
        findings.info(
            "obscore/incomplete", _place(first, document), first.iri[:200], message[:1000]
        )
    return records


def _told(document: Document) -> Mapping[Telling, _Columns]:
    """What is told of each entity in columns of ObsCore, in all bundles together."""
    found: dict[Telling, _Columns] = {}
    column_of = _ColumnOf()
    for telling, attributes in document.elements.items():
        if telling.kind is not Kind.ENTITY:
            continue
        told = [(name, value) for iri, value in attributes if (name := column_of[iri]) is not None]
        if not told:
            continue
        # a blank name is another thing in each bundle
        of = telling if telling.iri.startswith("_:") else telling._replace(bundle=None)
        columns = found.setdefault(of, {})
        for name, value in told:
            columns.setdefault(name, {})[value_text(value)] = None
    for telling, columns in found.items():
        if _PROCESS in columns:
            columns.setdefault(_OBS_ID, columns.pop(_PROCESS))
        if _DID not in columns and ivoid(telling.iri) is not None:
            columns.update(_by_its_name(telling.iri, columns))
    return found


def _by_its_name(iri: str, columns: Mapping[str, object]) -> _Columns:
    """The identifier of an entity that is named by it, where all else is told that a record has."""
    is_all = all(name in columns for name in _REQUIRED if name != _DID)
    return {_DID: {iri: None}} if is_all else {}


class _ColumnOf(dict[str, str | None]):
    """By attribute, the column that it is by the local part of its name, or None.

    Each attribute of a document is looked up: a call for each would be a good part of its ingest.
    """

    def __missing__(self, attribute: str) -> str | None:
        name: str | None = standard_name(split_iri(attribute)[1])
        of_a_tool = attribute.startswith(PARAMETER)  # what it was given, not what the data are
        if of_a_tool or (name not in BY_NAME and name != _PROCESS):
            name = None
        self[attribute] = name
        return name


def _record(
    telling: Telling, columns: _Columns, document: Document, findings: Findings
) -> ObsCoreRecord | None:
    values: dict[str, Value] = {}
    broken = False
    for rule, name, text, message in _problems(columns, values):
        broken = True
        findings.warning(
            rule,
            _place(telling, document),
            text,
            f"{telling.iri}: {name} = {text[:80]!r} {message}; no ObsCore record is made of it",
        )
    return None if broken else ObsCoreRecord(values, told_of=(telling.iri, telling.bundle))


def _problems(columns: _Columns, values: dict[str, Value]) -> Iterator[tuple[str, str, str, str]]:
    """Rule, column, text and reason of what is wrong; fills ``values`` with what is right."""
    for name, texts in columns.items():
        first = next(iter(texts))
        if len(texts) > 1:
            yield "obscore/several-values", name, first, f"is one of {len(texts)} values"
            continue
        try:
            value = value_of(first, BY_NAME[name], _AS_TOLD)
        except BrokenRuleError as error:
            yield error.rule, name, first, str(error)
        else:
            values[name] = value
    for low, _, message in disorders(values):
        yield "obscore/bounds", low, str(values[low]), message


def _place(telling: Telling, document: Document) -> str:
    return place_text(document.places.get(telling, ""))
