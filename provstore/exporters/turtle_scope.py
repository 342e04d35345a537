"""The statements of a document, or of one of its bundles, as blocks of Turtle."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from provstore.exporters.flavour import Model, Scope, anonymous_and_referred
from provstore.exporters.turtle_terms import Terms
from provstore.model.document import Telling
from provstore.model.identifiers import PROV, RELATION_KEY, VOPROV, Iri, quoted_name
from provstore.model.literals import XSD_DATETIME, Literal, Value
from provstore.model.prov_o import (
    AS_IN_BUNDLE,
    AS_KIND,
    AT_TIME,
    EMPTY_BUNDLE,
    FORMS,
    HAD_ROLE,
    IMPLIED_KIND,
    INSERTED_PAIR,
    KIND_BY_CLASS,
    MEANINGS_OF_ELEMENTS,
    NODE_CLASSES,
    PROPERTY_OF,
    STATEMENT_NAME,
    SUBTYPES,
    TOLD_AS,
    Form,
    meanings_of_nodes,
)
from provstore.model.records import Attributes, Relation, unite
from provstore.model.vocabulary import (
    DERIVED,
    DICTIONARY_MEMBER,
    ENDED,
    GENERATED,
    INFLUENCED,
    INSERTED,
    INSERTED_FROM,
    INVALIDATED,
    KIND_NAMES,
    MENTIONED,
    PROV_ROLE,
    PROV_TYPE,
    STARTED,
    USED,
    Kind,
)

_SHOWN_KIND: Final = {kind: PROV + name.capitalize() for kind, name in KIND_NAMES.items()}
_LABEL: Final = "_:relation-"
_NODE_ALONE: Final = (USED, GENERATED, DERIVED, STARTED, ENDED, INVALIDATED)
"""Of these the `prov` library reads a short-cut beside a node as one more relation, which a W3C
document must not have. voprov writes both."""
_Pair = tuple[str, str]


class ScopeWriter:
    """Writes one scope.

    Parameters
    ----------
    scope
        What is told in the document outside bundles, or in a bundle.
    terms
        Names of the whole document.
    model
        How the relations of the IVOA are told.
    """

    def __init__(self, scope: Scope, terms: Terms, model: Model) -> None:
        self._scope = scope
        self._terms = terms
        self._model = model
        self._referred = frozenset(anonymous_and_referred(scope))
        self._insertions = self._inserted_pairs()
        self._direct = self._names_that_are_nodes()
        mentions = (r.end(0) for r in scope.relations if r.type is MENTIONED)
        self._mentions = Counter(mentions)
        self._with_node = {
            self._key(relation) for relation in scope.relations if not self._may_be_bare(relation)
        }
        self._properties: dict[tuple[int, str], str] = {}

    def blocks(self) -> Iterator[str]:
        """The statements, each with the full stop and the end of its line."""
        yield from self._elements()
        pairs = {id(relation) for told in self._insertions.values() for relation in told}
        for relation in self._scope.relations:
            if id(relation) not in pairs:
                yield self._relation(relation)

    # elements

    def _elements(self) -> Iterator[str]:
        several: dict[str, list[tuple[Kind, Attributes]]] = {}
        counts = Counter(telling.iri for telling, _ in self._scope.elements)
        for telling, attributes in self._in_flavour():
            if counts[telling.iri] == 1:
                yield self._element(telling, attributes)
            else:
                several.setdefault(telling.iri, []).append((telling.kind, attributes))
        for iri, tellings in several.items():
            yield self._of_several_kinds(iri, tellings)

    def _in_flavour(self) -> Iterator[tuple[Telling, Attributes]]:
        """The elements, agents with their type in the vocabulary of the flavour too."""
        told = self._scope.elements
        agents = [pair for pair in told if pair[0].kind is Kind.AGENT]
        typed = Scope(self._scope.bundle, self._scope.prefixes, agents).statements(self._model)
        for telling, attributes in told:
            is_agent = telling.kind is Kind.AGENT
            yield telling, next(typed).attributes if is_agent else attributes

    def _element(self, telling: Telling, attributes: Attributes) -> str:
        types = self._kind_types(telling.kind)
        told = []
        for name, value in attributes:
            if name == PROV_TYPE and _is_class(value, telling.kind):
                types.append(self._terms.value(value))
            else:
                told.append(f"{self._property(name)} {self._terms.value(value)}")
        return (
            " ;\n    ".join([f"{self._terms.node(telling.iri)} a {', '.join(types)}", *told])
            + " .\n"
        )

    def _of_several_kinds(self, iri: str, tellings: list[tuple[Kind, Attributes]]) -> str:
        """All that is told of it, for anyone; and for us, as what it is told."""
        types: list[str] = []
        united: Attributes = ()
        nodes: list[str] = []
        for kind, attributes in tellings:
            types += self._kind_types(kind)
            united = unite(united, attributes)
            pairs = (f"{self._property(n)} {self._terms.value(v)}" for n, v in attributes)
            inner = [f"{self._terms.iri(AS_KIND)} {self._terms.iri(_SHOWN_KIND[kind])}", *pairs]
            nodes.append(f"{self._terms.iri(TOLD_AS)} [ {' ; '.join(inner)} ]")
        head = f"{self._terms.node(iri)} a {', '.join(types)}"
        if not united:
            return head + " .\n"
        pairs = (f"{self._property(n)} {self._terms.value(v)}" for n, v in united)
        return " ;\n    ".join([head, *pairs, *nodes]) + " .\n"

    def _kind_types(self, kind: Kind) -> list[str]:
        name = _SHOWN_KIND[kind]
        if self._model is Model.W3C:
            return [self._terms.iri(name)]
        return [self._terms.iri(VOPROV + name[len(PROV) :]), self._terms.iri(name)]

    def _property(self, name: str, form: Form | None = None) -> str:
        """The property of an attribute; hidden where a reader would take it for something else."""
        key = (form.kind.number if form else 0, name)
        known = self._properties.get(key)
        if known is None:
            known = self._properties[key] = self._new_property(name, form)
        return known

    def _new_property(self, name: str, form: Form | None) -> str:
        if form is not None and name == PROV_ROLE:
            return self._terms.iri(HAD_ROLE)
        meanings = MEANINGS_OF_ELEMENTS if form is None else meanings_of_nodes(form)
        if name in meanings:
            return f"<{quoted_name(name)}>"
        return self._terms.iri(PROPERTY_OF.get(name, name))

    # relations

    def _form(self, relation: Relation) -> Form:
        if relation.type.ivoa_marker and self._model is Model.W3C:
            return FORMS[INFLUENCED.number]
        return FORMS[relation.type.number]

    def _key(self, relation: Relation) -> tuple[int, str | None, str | None]:
        return self._form(relation).kind.number, relation.end(0), relation.end(1)

    def _may_be_bare(self, relation: Relation) -> bool:
        """Whether it says no more than a short-cut does."""
        form = self._form(relation)
        if relation.attributes or relation.iri is not None or relation.time is not None:
            return False
        if form.shortcut is None or form.kind is not relation.type or None in relation.ends[:2]:
            return False
        if relation.type is MENTIONED:
            return self._mentions[relation.end(0)] == 1 and len(relation.ends) > 1
        if any(relation.ends[2:]) or len(relation.ends) < 2:  # noqa: PLR2004  the two ends of a short-cut
            return False
        if relation.type is INSERTED and self._insertions.get(_ends(relation)):
            return False
        return not (self._referred and relation.key in self._referred)

    def _relation(self, relation: Relation) -> str:
        form = self._form(relation)
        first, second = relation.end(0), relation.end(1)
        if self._may_be_bare(relation) and self._key(relation) not in self._with_node:
            return self._bare(relation, form)
        node, inside = self._node(relation), self._inside(relation, form)
        if first is None:
            return f"[ {inside} ] .\n" if node is None else f"{node} {inside} .\n"
        head = self._terms.node(first)
        if second is not None and form.shortcut is not None and self._has_both(form):
            head += f" {self._terms.iri(form.shortcut)} {self._terms.node(second)} ;\n   "
        head += f" {self._terms.iri(form.qualified)}"
        return (
            f"{head} [ {inside} ] .\n" if node is None else f"{head} {node} .\n{node} {inside} .\n"
        )

    def _has_both(self, form: Form) -> bool:
        """Whether a short-cut stands beside a node; PROV-O (3.3) allows either, or both."""
        return self._model is Model.IVOA or form.kind not in _NODE_ALONE

    def _bare(self, relation: Relation, form: Form) -> str:
        first, second, *rest = relation.ends
        node = self._terms.node
        told = f"{node(first or '')} {self._terms.iri(form.shortcut or '')} {node(second or '')}"
        bundle = rest[0] if rest else None
        if bundle is not None:
            told += f" ; {self._terms.iri(AS_IN_BUNDLE)} {node(bundle)}"
        return told + " .\n"

    def _node(self, relation: Relation) -> str | None:
        """The name of a relation's node; None where nothing refers to it."""
        if relation.iri is not None:
            return self._terms.node(relation.iri) if relation.iri in self._direct else None
        if self._referred and relation.key in self._referred:
            return self._label(relation.key)
        return None

    @staticmethod
    def _label(key: str) -> str:
        return _LABEL + key[len(RELATION_KEY) :]

    def _inside(self, relation: Relation, form: Form, without: Attributes = ()) -> str:
        """What stands in the node of a relation."""
        terms = self._terms
        types, told = [terms.iri(form.node_class)], []
        if form.kind is not relation.type:
            types.append(terms.iri(VOPROV + relation.type.ivoa_marker))
        if relation.iri is not None and (without or relation.iri not in self._direct):
            told.append(f"{terms.iri(STATEMENT_NAME)} {terms.node(relation.iri)}")
        for name, iri in zip(form.ends, relation.ends[1:], strict=False):
            if iri is not None:
                end = self._label(iri) if iri in self._referred else terms.node(iri)
                told.append(f"{terms.iri(name)} {end}")
        if relation.time is not None:
            told.append(f"{terms.iri(AT_TIME)} {terms.value(Literal(relation.time, XSD_DATETIME))}")
        for name, value in relation.attributes:
            if name == PROV_TYPE and _is_class_of_relation(value, relation):
                types.append(terms.value(value))
            elif (name, value) not in without:
                told.append(f"{self._property(name, form)} {terms.value(value)}")
        told += self._pairs(relation)
        return " ; ".join([f"a {', '.join(types)}", *told])

    # names and insertions

    def _names_that_are_nodes(self) -> frozenset[str]:
        """Identifiers of relations that are nothing else in the scope."""
        scope = self._scope
        counts = Counter(r.iri for r in scope.relations if r.iri is not None)
        others = {telling.iri for telling, _ in scope.elements}
        others.update(r.ends[0] or "" for r in scope.relations if r.type is MENTIONED and r.ends)
        return frozenset(n for n, count in counts.items() if count == 1 and n not in others)

    def _inserted_pairs(self) -> dict[_Pair, list[Relation]]:
        """Memberships that an insertion of the scope tells, by its ends."""
        found: dict[_Pair, list[Relation]] = {}
        relations = self._scope.relations
        if not any(r.type is INSERTED for r in relations):
            return found
        carriers = {r.ends[:2] for r in relations if r.type is INSERTED}
        for relation in relations:
            if relation.type is DICTIONARY_MEMBER:
                marks = [value for name, value in relation.attributes if name == INSERTED_FROM]
                ends = (relation.end(0), marks[0] if len(marks) == 1 else None)
                if isinstance(ends[1], Iri) and ends in carriers and ends[0] is not None:
                    found.setdefault((ends[0], str(ends[1])), []).append(relation)
        return found

    def _pairs(self, relation: Relation) -> Iterator[str]:
        """The set of an insertion: told once, by the first relation of these ends."""
        if relation.type is not INSERTED or None in relation.ends[:2] or len(relation.ends) < 2:  # noqa: PLR2004  the two dictionaries
            return
        form = FORMS[DICTIONARY_MEMBER.number]
        for pair in self._insertions.get(_ends(relation), ()):
            mark = tuple(told for told in pair.attributes if told[0] == INSERTED_FROM)
            yield f"{self._terms.iri(INSERTED_PAIR)} [ {self._inside(pair, form, mark)} ]"


def _ends(relation: Relation) -> _Pair:
    return (relation.end(0) or "", relation.end(1) or "")


def _is_class(value: Value, kind: Kind) -> bool:
    """Whether a ``prov:type`` of an element can be its class without saying more."""
    return (
        isinstance(value, Iri)
        and value not in KIND_BY_CLASS
        and value not in NODE_CLASSES
        and value != EMPTY_BUNDLE
        and IMPLIED_KIND.get(value, kind) == kind
    )


def _is_class_of_relation(value: Value, relation: Relation) -> bool:
    """Whether a ``prov:type`` of a relation can be the class of its node."""
    if not isinstance(value, Iri) or value in IMPLIED_KIND or value == EMPTY_BUNDLE:
        return False
    return value not in NODE_CLASSES or (relation.type is DERIVED and value in SUBTYPES)
