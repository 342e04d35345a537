"""PROV-VOTable: provenance as tables, in the layout of the draft of 2017 and in our own.

The draft has a table for each class and relation, named by ``utype`` (``voprov:Activity``) or name,
and a column for each attribute, with the prefix of its table (``a_startTime``). Its one-valued
columns for what is a relation (``e_usedEntity``, ``a_informant``, …) are read as that relation.
What `provstore.exporters.prov_votable` writes has a table `attribute` besides, which says all
attributes with their types; then the columns that repeat them are passed over.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from lxml import etree

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.element_sections import ELEMENT_SECTIONS
from provstore.importers.prov_votable.draft import DraftReader
from provstore.importers.prov_votable.tables import Row, Table, read_tables
from provstore.importers.prov_xml.escapes import unescaped
from provstore.importers.statements import Statements
from provstore.importers.strict_xml import read_xml, sniffed_root
from provstore.model.document import Document
from provstore.model.identifiers import Iri, Prefixes
from provstore.model.literals import QUALIFIED_NAME, Literal, Value, text_literal
from provstore.model.vocabulary import PROV_TIME, RELATION_BY_NAME, RelationType

_ATTRIBUTE: Final = "attribute"
_BUNDLE: Final = "bundle"
_NAMESPACE: Final = "namespace"
_OWN: Final = frozenset({_ATTRIBUTE, _BUNDLE, _NAMESPACE})
_RECORD: Final = "record"
_IN_BUNDLE: Final = "inBundle"
_OF_PROVENANCE: Final = re.compile(
    r"""<(?:\w+:)?(?:TABLE\b[^>]*\sutype\s*=\s*["'](?:vo)?prov:"""
    r"""|RESOURCE\b[^>]*\s(?:type\s*=\s*["']provenance["']|utype\s*=\s*["']voprov:Provenance["']))""",
    re.IGNORECASE,
)


class ProvVOTable:
    """The importer of PROV-VOTable."""

    name = "votable"
    media_types: Sequence[str] = ("application/x-votable+xml",)

    def sniff(self, head: bytes) -> bool:
        """Whether this is a VOTable with a table or resource of provenance."""
        text = sniffed_text(head)
        return sniffed_root(text) == "VOTABLE" and _OF_PROVENANCE.search(text) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """Read the document as one part."""
        root = read_xml(data, findings)
        if root is None:
            return []
        tables = read_tables(root, findings)
        findings.refuse_if_any()
        return [Part(_document(tables, root, findings), 0, len(data))]


def _document(tables: Sequence[Table], root: etree._Element, findings: Findings) -> Document:
    told = [table for table in tables if _is_taken(table, findings)]
    if any(table.record == _ATTRIBUTE for table in told):
        is_escaped = root.find(".//{*}INFO[@name='provstore_escaped']") is not None
        return _OwnLayout(_unescaped(tables) if is_escaped else tables, findings).document()
    declared = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    document = Document(Prefixes(declared))
    statements = Statements(document, findings)
    reader = DraftReader(statements, findings, document.prefixes)
    for table in told:
        if table.record in ELEMENT_SECTIONS:
            reader.elements(table)
        else:
            reader.relations(RELATION_BY_NAME[table.record], table)
    statements.finish()
    return document


def _unescaped(tables: Sequence[Table]) -> Sequence[Table]:
    """The tables with the characters that XML forbids in their cells again."""
    for table in tables:
        table.rows = [
            row._replace(cells={name: unescaped(cell) for name, cell in row.cells.items()})
            for row in table.rows
        ]
    return tables


def _is_taken(table: Table, findings: Findings) -> bool:
    """Whether a table is about provenance; a table of provenance of an unknown kind is an error."""
    if table.record in ELEMENT_SECTIONS or table.record in RELATION_BY_NAME or table.record in _OWN:
        return True
    message = "no kind of record has this name"
    if table.is_provenance:
        findings.error("votable/unknown-table", table.place, table.record, message)
    else:
        message += "; the table is passed over"
        findings.info("votable/unknown-table", table.place, table.record, message)
    return False


class _OwnLayout:
    """Reads what `provstore.exporters.prov_votable` writes."""

    def __init__(self, tables: Sequence[Table], findings: Findings) -> None:
        self._findings = findings
        by_name = {table.record: table for table in tables}
        self._records = [table for table in tables if table.record not in _OWN]
        self._places: dict[str, str] = {}
        """Where the first attribute of each record stands."""
        self._attributes = self._read_attributes(_rows(by_name, _ATTRIBUTE))
        pairs = (row.cells for row in _rows(by_name, _NAMESPACE))
        prefixes = {cells.get("prefix", ""): cells.get("uri", "") for cells in pairs}
        self._document = Document(Prefixes(prefixes))
        self._scopes: dict[str | None, Statements] = {}
        for row in _rows(by_name, _BUNDLE):
            self._document.add_bundle(row.cells.get("id", ""))

    def document(self) -> Document:
        """The whole document; records in their order, so that statements keep theirs."""
        rows = [(table, row) for table in self._records for row in table.rows]
        for table, row in sorted(rows, key=lambda pair: self._number(pair[1])):
            kind = RELATION_BY_NAME.get(table.record)
            if kind is None:
                self._element(table, row)
            else:
                self._relation(kind, row)
        for statements in self._scopes.values():
            statements.finish()
        self._check_owners({row.cells.get(_RECORD, "") for _, row in rows})
        return self._document

    def _check_owners(self, records: set[str]) -> None:
        for record, place in self._places.items():
            if record not in records:
                message = "an attribute of a record that is in no table"
                self._findings.error("votable/attribute", place, record, message)

    def _number(self, row: Row) -> int:
        text = row.cells.get(_RECORD, "")
        if text.isascii() and text.isdigit() and len(text) <= len(str(2**63)):
            return int(text)
        self._findings.error("votable/record", row.place, text, "a record has no number")
        return 0

    def _scope(self, row: Row) -> Statements:
        bundle = row.cells.get(_IN_BUNDLE)
        known = self._scopes.get(bundle)
        if known is None:
            if bundle is not None:
                self._document.add_bundle(bundle)
            known = Statements(self._document, self._findings, bundle)
            self._scopes[bundle] = known
        return known

    def _told(self, row: Row) -> dict[tuple[str, Value], None]:
        return self._attributes.get(row.cells.get(_RECORD, ""), {})

    def _element(self, table: Table, row: Row) -> None:
        iri = row.cells.get("id", "")
        if not iri:
            message = f"a row of {table.record} has no id"
            self._findings.error("votable/no-identifier", row.place, table.record, message)
        section = ELEMENT_SECTIONS[table.record]
        self._scope(row).element(section, iri, tuple(self._told(row)), place=row.place)

    def _relation(self, kind: RelationType, row: Row) -> None:
        attributes = tuple(self._told(row))
        time = row.cells.get("time") if kind.has_time else None
        if kind.has_time and time is None:
            # an empty time is no null, and a cell cannot tell them apart
            empty = (PROV_TIME, Literal(""))
            time = "" if empty in attributes else None
            attributes = tuple(pair for pair in attributes if pair != empty)
        self._scope(row).relation(
            kind,
            [row.cells.get(end.name) for end in kind.ends],
            place=row.place,
            name=row.cells.get("id"),
            time=time,
            attributes=attributes,
        )

    def _read_attributes(self, rows: Iterable[Row]) -> dict[str, dict[tuple[str, Value], None]]:
        found: dict[str, dict[tuple[str, Value], None]] = {}
        for row in rows:
            cells = row.cells
            if _RECORD not in cells or "name" not in cells or "datatype" not in cells:
                message = "an attribute needs record, name and datatype"
                self._findings.error("votable/attribute", row.place, "", message)
                continue
            self._places.setdefault(cells[_RECORD], row.place)
            found.setdefault(cells[_RECORD], {})[cells["name"], _value(cells)] = None
        return found


def _value(cells: Mapping[str, str]) -> Value:
    text, language = cells.get("value", ""), cells.get("language")
    if language is not None:
        return text_literal(text, language)
    if cells["datatype"] == QUALIFIED_NAME:
        return Iri(text)
    return Literal(text, cells["datatype"])


def _rows(tables: Mapping[str, Table], name: str) -> Sequence[Row]:
    table = tables.get(name)
    return () if table is None else table.rows
