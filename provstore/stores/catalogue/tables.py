"""The tables of the catalogue.

Truth: the ledger (`document`, `part`, `document_part`, `refusal`), the prefixes that documents
declared, and what they said (`assertion` with `body`; `relation` with `relation_end` and
`relation_assertion`; `obscore`). Derived, by `provstore.stores.catalogue.derive` alone: the columns
of `element` but its id and IRI, merged bodies, `activity`, `entity`, `alias`, `tie`; by
`provstore.stores.keywords` what elements inherit: `keyword`, `kwset`, `kwset_member`,
`element_keywords`, and with it `parameter`.

Beside them `catalogue` and, where a graph is attached, `projection` and `outbox`: what changed
since the graph was written (`provstore.stores.catalogue.outbox`).

Integer ids are given in order of arrival and never used again (`counter`): lineage reads rows of
neighbouring ids together, and a cold cache then costs a tenth of what random ids cost.
"""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    text,
    true,
)
from sqlalchemy.types import TypeEngine

from provstore.model import obscore as obscore_model
from provstore.model.vocabulary import MEMBERSHIPS, RELATIONS, RelationType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite makes only an INTEGER primary key the row's own number.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=False)


def _element(name: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(name, _Id, ForeignKey("element.id"), nullable=nullable, index=index)


def _part(*, index: bool = False) -> Column[int]:
    return Column("part", _Id, ForeignKey("part.id"), nullable=False, index=index)


counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next", _Id, nullable=False),
)
"""The next id of each table that has one."""

catalogue = Table(
    "catalogue",
    metadata,
    Column("id", Text, primary_key=True),
    Column("position", _Id, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("keyword_rules", Text, nullable=False, server_default=""),
)
"""One row: which catalogue this is, for ever, and of the last transaction that wrote to the outbox
the number of its last row and its stamp, which is random. Two states that have the same stamp are
the same state, also after a restore. `keyword_rules` is the digest of the rules by which keywords
are kept; empty where none are yet."""

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("stamp", BigInteger, nullable=False),
    Column("at", Double, nullable=False),
    Column("what", SmallInteger, nullable=False),
    Column("first", _Id, nullable=False),
    Column("last", _Id, nullable=False),
)
"""What the graph does not show yet: ranges of elements, relations, or elements whose ties changed
(`what`). All rows of one transaction carry its stamp; `at` is in seconds since 1970."""

projection = Table(
    "projection",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("position", _Id, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("holder", Text, nullable=False),
    Column("until", Double, nullable=False),
)
"""One row where a graph is attached: the state that it was last brought to, and which worker has
the lease, until when (seconds since 1970)."""

document = Table(
    "document",
    metadata,
    _id(),
    Column("source", Text, nullable=False),
    Column("sha", Text, nullable=False),
    Column("received", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("replaces", _Id, ForeignKey("document.id")),
    Column("replaced_by", _Id, ForeignKey("document.id")),
    Column("new_elements", Integer, nullable=False, server_default="0"),
    Column("new_relations", Integer, nullable=False, server_default="0"),
    Column("known_elements", Integer, nullable=False, server_default="0"),
    Column("known_relations", Integer, nullable=False, server_default="0"),
    Column("findings", Text, nullable=False, server_default="[]"),
    Column("options", Text, nullable=False, server_default="{}"),
    Index(
        "ix_document_idempotence",
        "source",
        "sha",
        unique=True,
        sqlite_where=text("status IN ('accepted', 'pending')"),
        postgresql_where=text("status IN ('accepted', 'pending')"),
    ),
    Index("ix_document_source_sha", "source", "sha"),
)
"""The ledger: one row per receipt. `source` is empty where none was named; `options` is what a
pending document was pushed with."""

part = Table(
    "part",
    metadata,
    _id(),
    Column("namespace", Text, nullable=False),
    Column("sha", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("subject", Text),
    Column("active", Boolean, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Index("ix_part_identity", "namespace", "sha", unique=True),
    Index("ix_part_subject", "namespace", "subject", sqlite_where=text("subject IS NOT NULL")),
)
"""A self-contained part of documents, stored once however many documents hold it. `namespace`
qualifies its local ids; `raw` is its bytes, zlib. `subject` is the activity whose state it tells:
only the latest part of a subject is active, that is, has its statements in the other tables."""

document_part = Table(
    "document_part",
    metadata,
    Column("document", _Id, ForeignKey("document.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("part", _Id, ForeignKey("part.id"), nullable=True, index=True),
    Column("lead", LargeBinary, nullable=False),
    PrimaryKeyConstraint("document", "seq"),
    sqlite_with_rowid=False,
)
"""The parts of a document in order, each with the bytes before it (zlib); a last row without part
holds the bytes after the last one. Together they are the document as it came."""

refusal = Table(
    "refusal",
    metadata,
    _id(),
    Column("source", Text, nullable=False),
    Column("sha", Text, nullable=False),
    Column("received", Text, nullable=False),
    Column("format", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("findings", Text, nullable=False),
)
"""The log of refusals; the oldest go when it is full."""

token = Table(
    "token",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("role", Text, nullable=False),
    Column("source", Text),
    Column("created", Text, nullable=False),
    Column("revoked", Boolean, nullable=False, server_default=text("false")),
)
"""Who may write; the secret itself is not kept."""

namespace = Table(
    "namespace",
    metadata,
    Column("prefix", Text, primary_key=True),
    Column("iri", Text, nullable=False, unique=True),
)
"""The prefixes of all stored bodies."""

prefix = Table(
    "prefix",
    metadata,
    Column("prefix", Text, nullable=False),
    Column("iri", Text, nullable=False),
    Column("document", _Id, ForeignKey("document.id"), nullable=False, index=True),
    PrimaryKeyConstraint("prefix", "iri", "document"),
    sqlite_with_rowid=False,
)
"""The prefixes that documents declared: a qualified name is looked up under all of them."""

element = Table(
    "element",
    metadata,
    _id(),
    Column("iri", Text, nullable=False, unique=True),
    Column("declared", SmallInteger, nullable=False),
    Column("inferred", SmallInteger, nullable=False),
    Column("class", Text),
    Column("name", Text),
    Column("version", Text),
    Column("level", Text),
    Column("level_from", Text),
    Column("body", _Id),
)
"""Every IRI that a statement names. `declared` and `inferred` are masks of `Kind`, the latter also
with the bit `COLLECTION`."""

body = Table("body", metadata, _id(), Column("attrs", Text, nullable=False))
"""Attributes as JSON text (`provstore.model.body`): one row per distinct telling of an element, and
a merged one where tellings differ. A body belongs to one element; no foreign key names it, since
checking one on delete would need an index on every telling."""

assertion = Table(
    "assertion",
    metadata,
    _element("element"),
    Column("hash", BigInteger, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    _part(index=True),
    Column("bundle", _Id, nullable=False),
    Column("body", _Id, nullable=False),
    PrimaryKeyConstraint("element", "hash", "kind", "part", "bundle"),
    sqlite_with_rowid=False,
)
"""Who said what of an element. The hash of the body stands in the key: a known telling is found by
one probe, however many documents tell it. `bundle` is an element, or 0 for none. Kind 8 declares a
bundle, with 0 as hash and body."""

MEMBERSHIP_NUMBERS: Final = tuple(kind.number for kind in MEMBERSHIPS)
IS_MEMBERSHIP: Final = f"kind IN {MEMBERSHIP_NUMBERS}"
"""Written out, since a partial index is used only where the statement says its condition."""

relation = Table(
    "relation",
    metadata,
    _id(),
    Column("kind", SmallInteger, nullable=False),
    _element("subj", nullable=True),
    _element("obj", nullable=True),
    Column("role", Text),
    Column("time", Text),
    Column("time_utc", Text),
    Column("iri", Text),
    Column("bundle", _Id, nullable=False),
    Column("attrs", Text),
    Index("ix_relation_subj", "subj", "kind", "obj"),
    Index("ix_relation_obj", "obj", "kind", "subj"),
    Index(
        "ix_relation_member",
        "kind",
        sqlite_where=text(IS_MEMBERSHIP),
        postgresql_where=text(IS_MEMBERSHIP),
    ),
    Index(
        "ix_relation_iri",
        "iri",
        sqlite_where=text("iri IS NOT NULL"),
        postgresql_where=text("iri IS NOT NULL"),
    ),
)
"""One row per relation that differs in anything. The indexes from both ends are what walks read;
that of memberships tells whether there are any. `role` holds the role where it is one plain text,
`attrs` the other attributes."""

relation_end = Table(
    "relation_end",
    metadata,
    Column("relation", _Id, ForeignKey("relation.id"), nullable=False),
    Column("position", SmallInteger, nullable=False),
    _element("element", nullable=True, index=True),
    Column("ref", Text),
    PrimaryKeyConstraint("relation", "position"),
    sqlite_with_rowid=False,
)
"""Ends after the second: plan, starter, activity of a derivation. `ref` names a statement."""

relation_assertion = Table(
    "relation_assertion",
    metadata,
    _part(),
    Column("relation", _Id, ForeignKey("relation.id"), nullable=False, index=True),
    PrimaryKeyConstraint("part", "relation"),
    sqlite_with_rowid=False,
)
"""Who said a relation."""

activity = Table(
    "activity",
    metadata,
    Column("element", _Id, ForeignKey("element.id"), primary_key=True, autoincrement=False),
    Column("start_time", Text),
    Column("end_time", Text),
)
"""Times of activities in UTC, of the earliest telling."""

entity = Table(
    "entity",
    metadata,
    Column("element", _Id, ForeignKey("element.id"), primary_key=True, autoincrement=False),
    Column("location", Text),
    Column("generated_at", Text),
    Column("invalidated_at", Text),
)
"""Where an entity is, of the earliest telling; when it was made and ended (UTC), the earliest time
that an attribute or a relation says."""

alias = Table(
    "alias",
    metadata,
    _id(),
    Column("value", Text, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    _element("element", index=True),
    Index("ix_alias_value", "value", "kind"),
)
"""Names of elements. A row of its own id: the key repeated in a second index doubles its size."""

tie = Table(
    "tie",
    metadata,
    _element("a"),
    Column("b", _Id, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("value", Text, nullable=False, index=True),
    PrimaryKeyConstraint("a", "b", "kind", "value"),
    sqlite_with_rowid=False,
)
"""Elements that are one node, by a shared strong name: a star around the lowest id, both ways."""

keyword = Table(
    "keyword",
    metadata,
    _id(),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Index("ix_keyword_name", "name", "value", unique=True),
)
"""The distinct values of each provenance keyword. Row `INCOMPLETE` is the mark of a record that
stops short, which is inherited as keywords are."""

INCOMPLETE: Final = 1
"""The mark's row in `keyword`; its name is empty, which no keyword's is."""

kwset = Table(
    "kwset",
    metadata,
    _id(),
    Column("hash", BigInteger, nullable=False, unique=True),
    Column("members", Text, nullable=False),
)
"""Sets of keyword values, each stored once: `members` are numbers of `keyword`, ascending, as JSON.
Row `EMPTY_SET` is the empty set."""

EMPTY_SET: Final = 1

kwset_member = Table(
    "kwset_member",
    metadata,
    Column("kw", _Id, nullable=False),
    Column("kwset", _Id, nullable=False),
    PrimaryKeyConstraint("kw", "kwset"),
    sqlite_with_rowid=False,
)
"""Which sets have a value: read by searches."""

element_keywords = Table(
    "element_keywords",
    metadata,
    Column("element", _Id, primary_key=True, autoincrement=False),
    Column("own", _Id, nullable=False),
    Column("kwset", _Id, nullable=False),
)
"""What the node of an element says itself, and what it has with all that it inherits: every element
has a row. No foreign keys: checking three for each element of a document takes PostgreSQL longer
than writing it."""

parameter = Table(
    "parameter",
    metadata,
    Column("activity", _Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("num", Double),
    PrimaryKeyConstraint("activity", "name", "value"),
    Index("ix_parameter_value", "name", "value", "activity"),
    Index("ix_parameter_num", "name", "num"),
    sqlite_with_rowid=False,
)
"""The parameters of activities, found by name and value, or by name and number
(`provstore.stores.catalogue.parameters`). No foreign key, as for `element_keywords`."""

_OBSCORE_TYPES: dict[str, type[TypeEngine[Any]]] = {
    **dict.fromkeys(("text", "timestamp", "region", "intervals"), Text),
    **dict.fromkeys(("integer", "long"), BigInteger),
    "real": Double,
}

FACETS: Final = (
    *("obs_collection", "dataproduct_type", "dataproduct_subtype", "calib_level", "data_rights"),
    *("target_class", "instrument_name", "sub_array_name", "pointing_mode", "target_name"),
)
"""Columns whose values pages count: in one index, which is read without the rows. Those with most
values are last: what stands before a column there is counted with it."""
_LATEST: Final[Mapping[str, Any]] = {
    "sqlite_where": text("latest = 1"),
    "postgresql_where": text("latest"),
}

obscore = Table(
    "obscore",
    metadata,
    _element("element"),
    _part(index=True),
    Column("product_id", Text),
    *(
        Column(column.name, _OBSCORE_TYPES[column.type], nullable=not column.required)
        for column in obscore_model.COLUMNS
    ),
    Column("latest", Boolean, nullable=False, server_default=true()),
    PrimaryKeyConstraint("element", "part"),
    Index("ix_obscore_obs_id", "obs_id"),
    # with the level, as searches compare it: a target has far more events than products
    Index(
        "ix_obscore_target_name",
        *("target_name", "latest", text("lower(dataproduct_subtype)"), "element"),
    ),
    Index("ix_obscore_obs_publisher_did", "obs_publisher_did"),
    # with `latest` itself, and what else is asked beside: SQLite would read each row for it
    Index("ix_obscore_datasets", "obs_publisher_did", "element", "part", "latest", **_LATEST),
    Index("ix_obscore_facets", *FACETS, "element", "latest", **_LATEST),
)
"""ObsCore records as told, for all their tables. `latest` is derived: of several of one dataset the
latest counts (`provstore.stores.catalogue.latest`)."""

footprint = Table(
    "footprint",
    metadata,
    _id(),
    _element("element"),
    _part(index=True),
    *(Column(name, Double, nullable=False) for name in ("x", "y", "z", "reach", "core")),
    Index("ix_footprint_record", "element", "part"),
)
"""Where each record is on the sky, one row per record that says it: a point (unit vector) and two
circles around it, as tangents of half their radii. The record's region is in the circle `reach` and
has the circle `core` (`provstore.model.shapes.Cap`); of a circle and of a position they are one.

On PostgreSQL `ix_footprint_cap` indexes the circles `reach`, on SQLite the R*Tree `footprint_box`,
which triggers keep; both are written out in the migration, since they are no tables of SQL."""

observed = Table(
    "observed",
    metadata,
    _element("element"),
    _part(index=True),
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    Column("scale", SmallInteger, nullable=False),
    PrimaryKeyConstraint("element", "part", "first"),
    Index("ix_observed_time", "scale", "first", "last"),
    sqlite_with_rowid=False,
)
"""When each record was observed: intervals in microseconds since MJD 0, both ends included. `scale`
is the class of its length, so that a search reads from that much before its own start."""

COLLECTION: Final = 8
"""Beside the kinds in a mask: the element has members, so it is a collection (PROV-DM 5.6.1)."""


def _implied(relation_type: RelationType) -> tuple[int, ...]:
    first, *others = (int(end.implies) for end in relation_type.ends)
    return (first | COLLECTION if relation_type in MEMBERSHIPS else first, *others)


ENDS_BY_KIND = {r.number: _implied(r) for r in RELATIONS}
"""Per stored kind of relation, the mask of kinds that each end implies."""
