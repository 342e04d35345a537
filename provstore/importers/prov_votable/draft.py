"""The columns of PROV-VOTable as the draft of 2017 has them, record by record.

Source: PROV-VOTABLE and the tables of ProvTAP, in the history of the IVOA Provenance DM.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from provstore.importers.base import Findings
from provstore.importers.element_sections import ELEMENT_SECTIONS
from provstore.importers.prov_votable.tables import Column, Row, Table
from provstore.importers.statements import Statements
from provstore.model.identifiers import PROV, VOPROV, Iri, Prefixes, UnknownPrefixError
from provstore.model.literals import (
    XSD_BOOLEAN,
    XSD_DATETIME,
    XSD_DOUBLE,
    XSD_INT,
    XSD_LONG,
    Literal,
    Value,
)
from provstore.model.vocabulary import (
    CONFIGURED,
    DERIVED,
    DESCRIBED,
    INFORMED,
    MEMBER,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_ROLE,
    PROV_START_TIME,
    RELATED,
    STEP,
    RelationType,
)

_W3C_NAMES: Final[Mapping[str, str]] = {
    "startTime": PROV_START_TIME,
    "endTime": PROV_END_TIME,
    "label": PROV_LABEL,
    "role": PROV_ROLE,
    "agentRole": PROV_ROLE,
    "type": PROV + "type",
    "value": PROV + "value",
    "location": PROV + "location",
}
"""Columns that are attributes of PROV; all others are in the namespace of the IVOA model."""
_VOPROV_TYPES: Final = frozenset({"agent", "activityDescription", "entityDescription"})
"""Records with a type of the IVOA model, which is no ``prov:type`` (Provenance DM 1.0)."""
_DATATYPES: Final[Mapping[str, str]] = {
    "boolean": XSD_BOOLEAN,
    "short": XSD_INT,
    "int": XSD_INT,
    "long": XSD_LONG,
    "float": XSD_DOUBLE,
    "double": XSD_DOUBLE,
}


class _Link(NamedTuple):
    """A column that names another record, and the relation that it stands for."""

    kind: RelationType
    forward: bool = True
    """False where the record itself is the end that is depended on."""


_LINKS: Final[Mapping[str, Mapping[str, _Link]]] = {
    "entity": {
        "hadMember": _Link(MEMBER),
        "description": _Link(DESCRIBED),
        "usedEntity": _Link(DERIVED),
    },
    "activity": {
        "hadStep": _Link(STEP),
        "description": _Link(DESCRIBED),
        "parameter": _Link(CONFIGURED),
        "informant": _Link(INFORMED),
    },
    "parameter": {"description": _Link(DESCRIBED)},
    "activityDescription": {"parameter": _Link(RELATED, forward=False)},
    "usedDescription": {
        "entityDescription": _Link(RELATED, forward=False),
        "activityDescription": _Link(RELATED),
    },
    "wasGeneratedByDescription": {
        "entityDescription": _Link(RELATED, forward=False),
        "activityDescription": _Link(RELATED),
    },
}
_DESCRIPTOR_COLUMNS: Final = frozenset(
    {"usedDescription", "wasGeneratedByDescription", "usageDescription", "generationDescription"}
)
"""Columns of a usage or generation that name its description."""


class DraftReader:
    """Reads tables of the draft into statements.

    Parameters
    ----------
    statements, findings
        Take what is told and noticed.
    prefixes
        What the document declares as XML namespaces: a VOTable has no other way.
    """

    def __init__(self, statements: Statements, findings: Findings, prefixes: Prefixes) -> None:
        self._statements = statements
        self._findings = findings
        self._prefixes = prefixes
        self._unnamed = 0

    def elements(self, table: Table) -> None:
        """A table of elements."""
        section = ELEMENT_SECTIONS[table.record]
        links = _LINKS.get(table.record, {})
        columns = [column for column in table.columns if column.name not in {"id", *links}]
        for row in table.rows:
            iri = self._identifier(table, row)
            attributes = tuple(self._attributes(table.record, columns, row))
            self._statements.element(section, iri, attributes, place=row.place)
            for name, link in links.items():
                if name in row.cells:
                    ends = (iri, self._iri(row.cells[name], row.place))
                    ends = ends if link.forward else ends[::-1]
                    self._statements.relation(link.kind, ends, place=row.place)

    def relations(self, kind: RelationType, table: Table) -> None:
        """A table of relations."""
        ends = [end.name for end in kind.ends]
        formal = {"id", *ends, *(("time",) if kind.has_time else ())}
        columns = [column for column in table.columns if column.name not in formal]
        for row in table.rows:
            cells = row.cells
            self._statements.relation(
                kind,
                [self._iri(cells[end], row.place) if end in cells else None for end in ends],
                place=row.place,
                name=self._iri(cells["id"], row.place) if "id" in cells else None,
                time=cells.get("time") if kind.has_time else None,
                attributes=tuple(self._attributes(table.record, columns, row)),
            )

    def _identifier(self, table: Table, row: Row) -> str:
        """Descriptions of usages have no identifier in the draft: they get a blank name."""
        if "id" in row.cells:
            return self._iri(row.cells["id"], row.place)
        if not table.record.endswith("Description"):
            message = f"a row of {table.record} has no id"
            self._findings.error("votable/no-identifier", row.place, table.record, message)
        self._unnamed += 1
        return f"_:row{self._unnamed}"

    def _attributes(
        self, record: str, columns: list[Column], row: Row
    ) -> Iterator[tuple[str, Value]]:
        for column in columns:
            told = row.cells.get(column.name)
            if told is None:
                continue
            if column.name in _DESCRIPTOR_COLUMNS:
                yield VOPROV + "descriptor", Iri(self._iri(told, row.place))
            else:
                yield _attribute_name(record, column.name), _literal(column, told)

    def _iri(self, name: str, place: str) -> str:
        try:
            return self._prefixes.expand(name)
        except UnknownPrefixError as error:
            message = (
                f"the prefix {error.prefix[:100]!r} is not declared, for which a VOTable has no "
                "place; names are kept as they are written"
            )
            self._findings.info_once("votable/undeclared-prefix", place, name, message)
            return name


def _attribute_name(record: str, column: str) -> str:
    if column == "type" and record in _VOPROV_TYPES:
        return VOPROV + column
    return _W3C_NAMES.get(column, VOPROV + column)


def _literal(column: Column, told: str) -> Literal:
    if column.name in {"startTime", "endTime"}:
        return Literal(told, XSD_DATETIME)
    datatype = _DATATYPES.get(column.datatype)
    return Literal(told) if datatype is None else Literal(told.strip(), datatype)
