"""What a catalogue holds, with IRIs in the place of numbers, so that two catalogues compare."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, text
from support.engines import connected

from provstore.model.body import decode_body
from provstore.model.records import Attributes
from provstore.stores.catalogue.names import Names

Rows = list[Any]
Content = dict[str, Rows]

STATEMENT_TABLES: Final = (
    "assertion",
    "relation",
    "relation_end",
    "relation_assertion",
    "obscore",
    "prefix",
    "element",
    "body",
    "activity",
    "entity",
    "alias",
    "tie",
    "element_keywords",
    "parameter",
)
"""All that documents say and what follows from it: empty when nothing is said any more."""


def content(folder: Path) -> Content:
    """All statements and all that is derived from them, without numbers and without order."""
    with connected(folder) as connection:
        return _Content(connection).read()


class _Content:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        names = Names(dict(self._rows("SELECT prefix, iri FROM namespace")))
        self._expand = names.expand
        self._iri: dict[int | None, str | None] = {None: None, 0: None}
        self._iri.update(self._rows("SELECT id, iri FROM element"))
        self._body: dict[int, str | None] = {0: None}
        self._body.update(self._rows("SELECT id, attrs FROM body"))
        self._part = {
            number: (namespace, sha)
            for number, namespace, sha in self._rows("SELECT id, namespace, sha FROM part")
        }

    def _rows(self, statement: str) -> Iterable[Any]:
        return map(tuple, self._connection.execute(text(statement)))

    def read(self) -> Content:
        found = {
            "element": self._elements(),
            "assertion": self._assertions(),
            "relation": self._relations(),
            "tie": self._ties(),
            "alias": self._named("SELECT element, kind, value FROM alias"),
            "activity": self._named("SELECT * FROM activity"),
            "entity": self._named("SELECT * FROM entity"),
            "parameter": self._named("SELECT activity, name, value, num FROM parameter"),
            "obscore": self._obscore(),
            "part": list(self._rows("SELECT namespace, sha, subject FROM part WHERE active")),
            "prefix": self._prefixes(),
            "unused body": self._unused_bodies(),
        }
        return {name: sorted(rows, key=repr) for name, rows in found.items()}

    def _attributes(self, text: str | None) -> Attributes:
        return () if text is None else tuple(sorted(decode_body(text, self._expand), key=repr))

    def _elements(self) -> Rows:
        statement = (
            "SELECT iri, declared, inferred, class, name, version, level, level_from, body "
            "FROM element"
        )
        return [
            (*facts, None if body is None else self._attributes(self._body[body]))
            for *facts, body in self._rows(statement)
        ]

    def _assertions(self) -> Rows:
        statement = "SELECT element, kind, part, bundle, body FROM assertion"
        return [
            (
                self._iri[element],
                kind,
                self._part[part],
                self._iri[bundle],
                self._attributes(self._body[body]),
            )
            for element, kind, part, bundle, body in self._rows(statement)
        ]

    def _relations(self) -> Rows:
        ends: dict[int, Rows] = {}
        for number, position, element, ref in self._rows("SELECT * FROM relation_end"):
            ends.setdefault(number, []).append((position, self._iri[element], ref))
        said: dict[int, Rows] = {}
        for part, number in self._rows("SELECT part, relation FROM relation_assertion"):
            said.setdefault(number, []).append(self._part[part])
        statement = (
            "SELECT id, subj, obj, bundle, attrs, kind, role, time, time_utc, iri FROM relation"
        )
        return [
            (
                *facts,
                self._iri[subj],
                self._iri[obj],
                self._iri[bundle],
                self._attributes(attrs),
                sorted(ends.get(number, []), key=repr),
                sorted(said[number]),
            )
            for number, subj, obj, bundle, attrs, *facts in self._rows(statement)
        ]

    def _ties(self) -> Rows:
        """The groups that share a name: which of them is the middle of the star is arbitrary."""
        groups: dict[tuple[int, str], set[str | None]] = {}
        for one, other, kind, value in self._rows("SELECT a, b, kind, value FROM tie"):
            groups.setdefault((kind, value), set()).update((self._iri[one], self._iri[other]))
        return [(name, sorted(map(str, group))) for name, group in groups.items()]

    def _named(self, statement: str) -> Rows:
        return [(self._iri[number], *facts) for number, *facts in self._rows(statement)]

    def _obscore(self) -> Rows:
        return [
            (self._iri[number], self._part[part], *facts)
            for number, part, *facts in self._rows("SELECT * FROM obscore")
        ]

    def _prefixes(self) -> Rows:
        return list(
            self._rows(
                "SELECT p.prefix, p.iri, d.source, d.sha FROM prefix p "
                "JOIN document d ON d.id = p.document"
            )
        )

    def _unused_bodies(self) -> Rows:
        used = {number for (number,) in self._rows("SELECT body FROM assertion")}
        used.update(number for (number,) in self._rows("SELECT body FROM element"))
        return [text for number, text in self._body.items() if number not in {0, *used}]
