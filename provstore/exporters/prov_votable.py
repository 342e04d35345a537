"""Documents as PROV-VOTable: a table for each kind of record, as the draft of 2017 laid it out.

The draft (PROV-VOTABLE in the history of the Provenance DM, never adopted) has fixed columns for
each class and no place for anything else. Its columns are filled here for people and other
programs, and two more tables hold what they cannot say: `attribute` has every attribute of every
record with its datatype and language, `namespace` the prefixes. A column ``record`` ties attributes
to records. Names are IRIs in full, so that no cell depends on a prefix.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, NamedTuple

from provstore.exporters.chunks import encoded
from provstore.exporters.flavour import Model, Statement, scopes
from provstore.exporters.names import usable_prefixes
from provstore.exporters.votable import END, ESCAPED, START, Column, Rows, info, table
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

_RESOURCE: Final = '<RESOURCE type="results" utype="voprov:Provenance">\n'
_HEAD: Final = START + _RESOURCE + info("QUERY_STATUS", "OK")
_TAIL: Final = "</RESOURCE>\n" + END


_RECORD: Final = Column("record", "provstore:record", "meta.record", "long")
_BUNDLE: Final = Column("inBundle", "provstore:inBundle", "meta.id.parent")


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
    columns: Sequence[Column]
    rows: list[str] = field(default_factory=list)
    cells: Callable[[Statement], Iterable[str | None]] = lambda _: ()
    """What a statement says in the columns behind the record and its bundle."""


def write_prov_votable(document: Document, model: Model = Model.W3C) -> Iterator[bytes]:
    """The document as a VOTable in chunks of UTF-8, a row on each line."""
    return encoded(_pieces(document, model))


def _pieces(document: Document, model: Model) -> Iterator[str]:
    row = Rows()
    tables = _tables(document, model, row)
    yield _HEAD
    if not row.is_sayable:
        yield ESCAPED
        tables = _tables(document, model, Rows(escapes=True))
    for one in tables:
        yield from table(one.name, one.columns, one.rows, one.utype)
    yield _TAIL


def _tables(document: Document, model: Model, row: Rows) -> list[_Table]:
    """The tables of records, in the order met, then those of bundles, attributes and prefixes."""
    tables: dict[str, _Table] = {}
    attributes: list[str] = []
    number = count(1)
    for scope in scopes(document):
        for statement in scope.statements(model):
            told = tables.get(statement.name)
            if told is None:
                told = tables[statement.name] = _table_of(statement)
            record = str(next(number))
            told.rows.append(row([record, scope.bundle, *told.cells(statement)]))
            attributes.extend(map(row, _attribute_cells(record, statement)))
    bundles = [row([iri]) for iri in document.bundles]
    prefixes = [row(pair) for pair in sorted(usable_prefixes(document.prefixes).items())]
    return [
        *tables.values(),
        _Table("bundle", "provstore:Bundle", _BUNDLES, bundles),
        _Table("attribute", "provstore:Attribute", _ATTRIBUTES, attributes),
        _Table("namespace", "provstore:Namespace", _NAMESPACES, prefixes),
    ]


_BUNDLES: Final = (Column("id", "provstore:Bundle.id", "meta.id;meta.main"),)
_ATTRIBUTES: Final = (
    _RECORD,
    Column("name", "provstore:Attribute.name", "meta.id"),
    Column("value", "provstore:Attribute.value"),
    Column("datatype", "provstore:Attribute.datatype", "meta.code.class"),
    Column("language", "provstore:Attribute.language", "meta.code"),
)
_NAMESPACES: Final = (
    Column("prefix", "provstore:Namespace.prefix", "meta.id"),
    Column("uri", "provstore:Namespace.uri", "meta.ref.uri"),
)


def _utype(name: str) -> str:
    """The class of a record's name, as the draft writes it: ``voprov:WasGeneratedBy``."""
    return f"voprov:{name[0].upper()}{name[1:]}"


def _table_of(statement: Statement) -> _Table:
    relation = statement.relation
    utype = _utype(statement.name)
    own = (_RECORD, _BUNDLE, Column("id", f"{utype}.id", "meta.id"))
    if relation is None:
        facts = _FACTS.get(statement.name, _FACTS[KIND_NAMES[Kind.ENTITY]])
        shown = (Column(f.name, f"{utype}.{f.name}", f.ucd) for f in facts)
        columns = (*own, *shown)
        return _Table(
            statement.name, utype, columns, cells=lambda told: _element_cells(told, facts)
        )
    ends = (Column(end.name, f"{utype}.{end.name}", "meta.id") for end, _ in statement.ends)
    time = (Column("time", f"{utype}.time", "time.epoch"),) if statement.has_time else ()
    role = Column(_ROLE.name, f"{utype}.role", _ROLE.ucd)
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
