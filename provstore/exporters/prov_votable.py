"""Documents as PROV-VOTable: a table for each kind of record, as the draft of 2017 laid it out.

The draft (PROV-VOTABLE in the history of the Provenance DM, never adopted) has fixed columns for
each class and no place for anything else. Its columns are filled here for people and other
programs, and two more tables hold what they cannot say: `attribute` has every attribute of every
record with its datatype and language, `namespace` the prefixes. A column ``record`` ties attributes
to records. Names are IRIs in full, so that no cell depends on a prefix. VOTable 1.4, TABLEDATA.

Where a text has a character that XML forbids, all cells are escaped as ``_xHHHH_`` (ISO/IEC
9075-14, 9.1), and an ``INFO`` named ``provstore_escaped`` says so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, Statement, scopes
from provstore.exporters.names import usable_prefixes
from provstore.exporters.xml_text import escaped_text, is_plain, is_sayable, xml_attribute, xml_text
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.literals import QUALIFIED_NAME, Literal, Value, value_text
from provstore.model.records import Attributes, first_text
from provstore.model.vocabulary import (
    KIND_NAMES,
    PROV_END_TIME,
    PROV_LABEL,
    PROV_LOCATION,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TIME,
    Kind,
)

_HEAD: Final = """<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results" utype="voprov:Provenance">
<INFO name="QUERY_STATUS" value="OK"/>
"""
_ESCAPED: Final = '<INFO name="provstore_escaped" value="true"/>\n'
_TAIL: Final = "</RESOURCE>\n</VOTABLE>\n"


class _Column(NamedTuple):
    name: str
    utype: str
    ucd: str = ""
    datatype: str = "unicodeChar"

    def field(self) -> str:
        size = ' arraysize="*"' if self.datatype == "unicodeChar" else ""
        ucd = f" ucd={xml_attribute(self.ucd)}" if self.ucd else ""
        return (
            f"<FIELD name={xml_attribute(self.name)} utype={xml_attribute(self.utype)}{ucd}"
            f' datatype="{self.datatype}"{size}/>\n'
        )


_RECORD: Final = _Column("record", "provstore:record", "meta.record", "long")
_BUNDLE: Final = _Column("inBundle", "provstore:inBundle", "meta.id.parent")


class _Fact(NamedTuple):
    """A column that repeats an attribute under the name that the draft gives it."""

    name: str
    ucd: str
    attributes: tuple[str, ...]


_NAME: Final = _Fact("name", "meta.title", (PROV_LABEL, VOPROV + "name"))
_ROLE: Final = _Fact("role", "meta.code.class", (PROV_ROLE,))
_FACTS: Final[dict[str, tuple[_Fact, ...]]] = {
    KIND_NAMES[Kind.ENTITY]: (
        _NAME,
        _Fact("location", "meta.ref", (PROV_LOCATION, VOPROV + "location")),
        _Fact("generatedAtTime", "time.creation", (VOPROV + "generatedAtTime",)),
    ),
    KIND_NAMES[Kind.ACTIVITY]: (
        _NAME,
        _Fact("startTime", "time.start", (PROV_START_TIME,)),
        _Fact("endTime", "time.end", (PROV_END_TIME,)),
    ),
    KIND_NAMES[Kind.AGENT]: (
        _NAME,
        _Fact("type", "meta.code.class", (VOPROV + "type",)),
        _Fact("email", "meta.email", (VOPROV + "email",)),
    ),
}
"""Of each kind of element; an entity of an IVOA class has those of entities."""


@dataclass(slots=True)
class _Table:
    """The records of one name, and how their rows are made."""

    name: str
    utype: str
    columns: Sequence[_Column]
    rows: list[str] = field(default_factory=list)
    cells: Callable[[Statement], Iterable[str | None]] = lambda _: ()
    """What a statement says in the columns behind the record and its bundle."""


def write_prov_votable(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as a VOTable in chunks of UTF-8, a row on each line."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    row = _Rows()
    tables = _tables(document, model, row)
    yield _HEAD
    if not row.is_sayable:
        yield _ESCAPED
        tables = _tables(document, model, _Rows(escapes=True))
    for table in tables:
        yield from _written(table)
    yield _TAIL


class _Rows:
    """Makes the rows of a document; all of them escape their texts, or none."""

    def __init__(self, *, escapes: bool = False) -> None:
        self._escapes = escapes
        self.is_sayable = True
        """Whether XML has all characters of the rows so far."""

    def __call__(self, cells: Iterable[str | None]) -> str:
        """The row of these cells; an empty one is null."""
        told = "".join(f"<TD>{self._text(cell)}</TD>" if cell else "<TD/>" for cell in cells)
        return f"<TR>{told}</TR>\n"

    def _text(self, cell: str) -> str:
        if self._escapes:
            return xml_text(escaped_text(cell))
        if is_plain(cell):
            return cell
        self.is_sayable = self.is_sayable and is_sayable(cell)
        return xml_text(cell)


def _tables(document: Document, model: Model, row: _Rows) -> list[_Table]:
    """The tables of records, in the order met, then those of bundles, attributes and prefixes."""
    tables: dict[str, _Table] = {}
    attributes: list[str] = []
    number = count(1)
    for scope in scopes(document):
        for statement in scope.statements(model):
            table = tables.get(statement.name)
            if table is None:
                table = tables[statement.name] = _table_of(statement)
            record = str(next(number))
            table.rows.append(row([record, scope.bundle, *table.cells(statement)]))
            attributes.extend(map(row, _attribute_cells(record, statement)))
    bundles = [row([iri]) for iri in document.bundles]
    prefixes = [row(pair) for pair in sorted(usable_prefixes(document.prefixes).items())]
    return [
        *tables.values(),
        _Table("bundle", "provstore:Bundle", _BUNDLES, bundles),
        _Table("attribute", "provstore:Attribute", _ATTRIBUTES, attributes),
        _Table("namespace", "provstore:Namespace", _NAMESPACES, prefixes),
    ]


_BUNDLES: Final = (_Column("id", "provstore:Bundle.id", "meta.id;meta.main"),)
_ATTRIBUTES: Final = (
    _RECORD,
    _Column("name", "provstore:Attribute.name", "meta.id"),
    _Column("value", "provstore:Attribute.value"),
    _Column("datatype", "provstore:Attribute.datatype", "meta.code.class"),
    _Column("language", "provstore:Attribute.language", "meta.code"),
)
_NAMESPACES: Final = (
    _Column("prefix", "provstore:Namespace.prefix", "meta.id"),
    _Column("uri", "provstore:Namespace.uri", "meta.ref.uri"),
)


def _written(table: _Table) -> Iterator[str]:
    yield f"<TABLE name={xml_attribute(table.name)} utype={xml_attribute(table.utype)}>\n"
    for column in table.columns:
        yield column.field()
    yield "<DATA><TABLEDATA>\n"
    yield from table.rows
    yield "</TABLEDATA></DATA>\n</TABLE>\n"


def _utype(name: str) -> str:
    """The class of a record's name, as the draft writes it: ``voprov:WasGeneratedBy``."""
    return f"voprov:{name[0].upper()}{name[1:]}"


def _table_of(statement: Statement) -> _Table:
    relation = statement.relation
    utype = _utype(statement.name)
    own = (_RECORD, _BUNDLE, _Column("id", f"{utype}.id", "meta.id"))
    if relation is None:
        facts = _FACTS.get(statement.name, _FACTS[KIND_NAMES[Kind.ENTITY]])
        shown = (_Column(f.name, f"{utype}.{f.name}", f.ucd) for f in facts)
        columns = (*own, *shown)
        return _Table(
            statement.name, utype, columns, cells=lambda told: _element_cells(told, facts)
        )
    ends = (_Column(end.name, f"{utype}.{end.name}", "meta.id") for end, _ in statement.ends)
    time = (_Column("time", f"{utype}.time", "time.epoch"),) if statement.has_time else ()
    role = _Column(_ROLE.name, f"{utype}.role", _ROLE.ucd)
    return _Table(statement.name, utype, (*own, *ends, *time, role), cells=_relation_cells)


def _element_cells(statement: Statement, facts: Sequence[_Fact]) -> Iterator[str | None]:
    yield statement.iri
    for fact in facts:
        yield first_text(statement.attributes, *fact.attributes)


def _relation_cells(statement: Statement) -> Iterator[str | None]:
    yield statement.iri
    for _, iri in statement.ends:
        yield iri
    if statement.has_time:
        yield statement.time
    yield first_text(statement.attributes, PROV_ROLE)


def _attribute_cells(record: str, statement: Statement) -> Iterator[list[str | None]]:
    for name, value in _all_attributes(statement):
        datatype, language = _typed(value)
        yield [record, name, value_text(value), datatype, language]


def _all_attributes(statement: Statement) -> Attributes:
    """Also the time that a cell cannot say: an empty one, which is no null."""
    if statement.time == "":
        return (*statement.attributes, (PROV_TIME, Literal("")))
    return statement.attributes


def _typed(value: Value) -> tuple[str, str | None]:
    if isinstance(value, Iri):
        return QUALIFIED_NAME, None
    return value.datatype, value.language
