"""The nodes of relations: what ``prov:qualifiedUsage`` and its like lead to (PROV-O, 3.3)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.statements import Statements
from provstore.model.identifiers import Iri, unquoted_name
from provstore.model.literals import XSD_DATETIME, Literal, Value
from provstore.model.prov_o import (
    AT_TIME,
    ATTRIBUTE_OF,
    FORMS,
    INSERTED_PAIR,
    KIND_BY_CLASS,
    NODE_CLASSES,
    QUALIFIED,
    RDF_TYPE,
    RELATING,
    STATEMENT_NAME,
    Form,
)
from provstore.model.vocabulary import (
    DICTIONARY_MEMBER,
    INFLUENCED,
    INSERTED_FROM,
    PROV_TIME,
    PROV_TYPE,
)

Node = list[tuple[str, Value]]
"""What is said of one subject: properties and values, in the order told."""
Said = set[tuple[int, str, str]]
"""Type of relation, first and second end."""

_MOST_SHARED: Final = 1000
"""Subjects of a node, times what is said of it."""
_PAIR: Final = FORMS[DICTIONARY_MEMBER.number]


@cache
def attribute_name(key: str) -> str:
    """The attribute that a property stands for; one in the namespace of names is itself."""
    return ATTRIBUTE_OF.get(key) or unquoted_name(key)


@cache
def _slots(form: Form) -> Mapping[str, int]:
    return form.slots()


class _Content:
    """What a node says, by what it means."""

    def __init__(self, name: str, form: Form, findings: Findings) -> None:
        self._name = name
        self._form = form
        self._slots = _slots(form)
        self._findings = findings
        self.ends: dict[int, dict[str, None]] = {}
        self.attributes: dict[tuple[str, Value], None] = {}
        self.time: str | None = None
        self.statement: str | None = None
        self.pairs: list[str] = []
        if form.subtype is not None:
            self.attributes[PROV_TYPE, Iri(form.subtype)] = None

    def read(self, node: Node) -> "_Content":
        for key, value in node:
            if isinstance(value, Iri):
                self._resource(key, value)
            elif key == AT_TIME:
                self._time(value.lexical)
            else:
                self.attributes[PROV_TYPE if key == RDF_TYPE else attribute_name(key), value] = None
        return self

    def end(self, slot: int) -> str | None:
        found = self.ends.get(slot)
        return next(iter(found)) if found else None

    def _resource(self, key: str, value: Iri) -> None:
        slot = self._slots.get(key)
        if slot is not None:
            self._end(slot, key, value)
        elif key == RDF_TYPE:
            if not _is_class_of(value, self._form):
                self.attributes[PROV_TYPE, value] = None
        elif key == STATEMENT_NAME:
            self.statement = str(value)
        elif key == INSERTED_PAIR:
            self.pairs.append(value)
        elif key not in RELATING:
            self.attributes[attribute_name(key), value] = None

    def _end(self, slot: int, key: str, value: Iri) -> None:
        known = self.ends.setdefault(slot, {})
        if value in known:
            return
        if known and slot > 1:
            self._told_twice(key, value)
            self.attributes[key, value] = None
        else:
            known[value] = None

    def _time(self, text: str) -> None:
        """The time of a relation; where it has none, or has one already, an attribute."""
        if self.time is not None and text != self.time:
            self._told_twice(AT_TIME, text)
        if self.time is None and self._form.kind.has_time:
            self.time = text
            self._findings.check_time(text, self._name)
        elif text != self.time:
            self.attributes[PROV_TIME, Literal(text, XSD_DATETIME)] = None

    def _told_twice(self, key: str, value: str) -> None:
        message = f"{self._form.kind.name} has one {key}; the others are kept as attributes"
        self._findings.warning("rdf/told-twice", self._name, value, message)


class NodeReader:
    """Reads the nodes of relations of one graph."""

    def __init__(
        self, nodes: Mapping[str, Node], statements: Statements, findings: Findings
    ) -> None:
        self._nodes = nodes
        self._statements = statements
        self._findings = findings
        self._forms: dict[str, Form] = {}
        self._uses: Counter[str] = Counter()
        """How often each pair of an insertion is named."""
        self.said: Said = set()
        """What the nodes say of two ends: short-cuts repeat it."""

    def slots_of(self, name: str) -> frozenset[str] | None:
        """The properties that tell the ends of this node; None where it is no relation's."""
        form = self._forms.get(name)
        return None if form is None else frozenset(_slots(form)) | {AT_TIME, INSERTED_PAIR}

    def read(self) -> None:
        """State the relations that nodes tell, those without a first end among them."""
        owned = self._owned()
        for name, node in self._nodes.items():
            form = None if name in owned or name in self._forms else _class_of(node)
            if form is not None:
                self._relation(name, None, form)
        for name, owners in owned.items():
            if self._is_shared(name, len(owners)):
                continue
            for owner, form in owners.items():
                self._relation(name, owner, form)

    def _owned(self) -> dict[str, dict[str, Form]]:
        """Nodes to the subjects that they belong to, and how their relation is told.

        The pairs of insertions are no relations of their own: they are put among the forms.
        """
        found: dict[str, dict[str, Form]] = {}
        for subject, node in self._nodes.items():
            for key, value in node:
                form = QUALIFIED.get(key)
                if form is not None and isinstance(value, Iri):
                    owners = found.setdefault(value, {})
                    owners[subject] = _more_special(owners.get(subject), form)
                elif key == INSERTED_PAIR and isinstance(value, Iri):
                    self._forms[value] = _PAIR
                    self._uses[value] += 1
        return found

    def _is_shared(self, name: str, count: int) -> bool:
        """Whether a node with much to say belongs to many: what it says would be told of each.

        A relation has one first end (PROV-CONSTRAINTS 24 and those after it), so that none of ours
        is shared; and what is made of a document stays as large as the document.
        """
        size = len(self._nodes.get(name, ()))
        return self._is_too_much(name, count, size, "subjects")

    def _is_too_much(self, name: str, count: int, size: int, what: str) -> bool:
        if count == 1 or count * size <= _MOST_SHARED:
            return False
        message = f"{count} {what} share this node, of which {size} things are said"
        self._findings.error("rdf/shared-node", name, count, message)
        return True

    def _relation(self, name: str, subject: str | None, told_as: Form) -> None:
        node = self._nodes.get(name, [])
        form = _known_better(told_as, node)
        self._forms[name] = form
        content = _Content(name, form, self._findings).read(node)
        others: Sequence[str | None] = [*content.ends.get(1, ())] or [None]
        if len(others) > 1:
            message = f"one node names {len(others)} second ends; each is a relation of its own"
            self._findings.warning("rdf/several-ends", name, form.kind.name, message)
            if self._is_too_much(name, len(others), len(content.attributes), "second ends"):
                return
        rest = [content.end(slot) for slot in range(2, len(form.kind.ends))]
        for other in others:
            self._statements.relation(
                form.kind,
                (subject, other, *rest),
                place=name,
                name=content.statement or name,
                time=content.time,
                attributes=tuple(content.attributes),
            )
            if subject is not None and other is not None:
                self.said.add((form.kind.number, subject, other))
                self.said.add((told_as.kind.number, subject, other))
        for pair in content.pairs:
            if self._is_shared(pair, self._uses[pair]):
                return
            self._pair(pair, subject, others[0])

    def _pair(self, name: str, dictionary: str | None, old: str | None) -> None:
        """A pair of an insertion is a membership of the new dictionary (PROV-DICTIONARY, 3)."""
        content = _Content(name, _PAIR, self._findings).read(self._nodes.get(name, []))
        mark = () if old is None else ((INSERTED_FROM, Iri(old)),)
        self._statements.relation(
            DICTIONARY_MEMBER,
            (dictionary, content.end(1)),
            place=name,
            name=content.statement or name,
            attributes=(*content.attributes, *mark),
        )


def _known_better(form: Form, node: Node) -> Form:
    """The property above all others says less than the class of the node (PROV-O, 3.3)."""
    if form.kind is not INFLUENCED:
        return form
    found = _class_of(node)
    return form if found is None or found.kind.ivoa_marker else found


def _more_special(known: Form | None, form: Form) -> Form:
    """Of two properties that lead to one node the more special one: reasoners add the others."""
    if known is None or known.kind is INFLUENCED:
        return form
    return form if known.kind is form.kind and form.subtype is not None else known


def _class_of(node: Node) -> Form | None:
    """How the relation of a node is told that its class alone makes one."""
    found: Form | None = None
    for key, value in node:
        if key == RDF_TYPE and isinstance(value, Iri):
            form = NODE_CLASSES.get(value)
            if form is not None and (found is None or found.kind is INFLUENCED):
                found = form
    return found


def _is_class_of(value: Iri, form: Form) -> bool:
    """Whether a class says of a node no more than the kind of its relation, or of another thing."""
    if value in KIND_BY_CLASS:
        return True
    known = NODE_CLASSES.get(value)
    if known is None or known.subtype is not None:
        return False
    return known.kind is form.kind or known.kind is INFLUENCED
