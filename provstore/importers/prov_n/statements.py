"""The statements of one scope of PROV-N: their arguments by position, attributes and sets."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple, TypeVar

from provstore.importers.prov_n.forms import FORMS, ElementForm, Form, RelationForm, form_of
from provstore.importers.prov_n.sets import Pair, key_of, keys_of, names_of, pairs_of
from provstore.importers.prov_n.tokens import (
    END,
    HYPHEN,
    IRI_REF,
    MARK,
    NAME,
    QUOTED_NAME,
    TEXT,
    TIME,
    TYPED,
)
from provstore.importers.prov_n.values import Scope, UnexpectedTokenError
from provstore.importers.statements import Statements
from provstore.model.identifiers import Iri
from provstore.model.literals import XSD_DATETIME, XSD_STRING, Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes
from provstore.model.vocabulary import (
    CONFIGURED,
    DICTIONARY_MEMBER,
    INSERTED,
    INSERTED_FROM,
    MEMBER,
    PROV_PAIR_KEY,
    PROV_REMOVED_KEY,
    PROV_TIME,
    REMOVED,
    Kind,
    RelationType,
)

Item = TypeVar("Item")

_MISSING: Final = "-"
_NO_NAME: Final = frozenset({"-", "_"})
"""django-prov_vo wrote ``_`` for relations without a name."""
_WORDS: Final = frozenset({NAME, TIME, HYPHEN, TEXT, QUOTED_NAME, TYPED})
"""Tokens that stand next to each other in an argument: a text with its type, or free text."""
_TIME_TYPES: Final = frozenset({XSD_DATETIME, XSD_STRING})
_DECLARATIONS: Final = frozenset({"prefix", "default"})
_ENDS: Final = frozenset({"endBundle", "endDocument"})
_IN_FREE_TEXT: Final = frozenset({NAME, TIME, HYPHEN, TYPED, IRI_REF})


class _Told(NamedTuple):
    """What stands between the parentheses of a statement, as indexes of tokens."""

    functor: int
    name: int | None
    """The identifier before the semicolon."""
    arguments: list[int]
    """The first token of each."""
    spans: Mapping[int, int]
    """First to last token of those that are more than one."""
    attributes: Attributes
    end: int
    """Behind the closing parenthesis."""


class StatementReader:
    """Reads statements into a document.

    Parameters
    ----------
    scope
        Says what names and values mean.
    statements
        Takes what is told.
    """

    def __init__(self, scope: Scope, statements: Statements) -> None:
        self._scope = scope
        self._tokens = scope.tokens
        self._statements = statements
        self._forms: dict[str, Form | None] = {}
        """Qualified functors met so far."""
        self._activities: set[str] = set()

    def read(self, index: int) -> int:
        """Read the statement that begins there; gives the index behind it.

        Raises
        ------
        UnexpectedTokenError
            It is not one by the grammar; nothing of it is told.
        """
        tokens = self._tokens
        if tokens.kinds[index] != NAME:
            raise UnexpectedTokenError(index, "a statement")
        functor = tokens.texts[index]
        form = FORMS.get(functor) or self._form(functor, index)
        if tokens.texts[index + 1] != "(":
            raise UnexpectedTokenError(index + 1, "( behind the name of a statement")
        if form is None:
            return self._pass_over(index)
        told = self._told(index)
        if isinstance(form, ElementForm):
            self._element(form, told)
        elif form.has_set:
            self._dictionary(form, told)
        else:
            self._relation(form, told)
        return told.end

    def _form(self, functor: str, index: int) -> Form | None:
        if functor in _DECLARATIONS:
            raise UnexpectedTokenError(index, "a statement: prefixes are declared before them")
        if ":" not in functor:
            raise UnexpectedTokenError(index, "the name of a statement")
        if functor not in self._forms:
            self._forms[functor] = form_of(self._scope.iri(index))
        return self._forms[functor]

    def _pass_over(self, index: int) -> int:
        """Leave out a statement that extends PROV in a way that is not known (3.10)."""
        tokens = self._tokens
        message = "statements of this extension are not known; it is not stored"
        place = tokens.place(index)
        self._scope.findings.warning("prov-n/extension", place, tokens.texts[index], message)
        depth = 0
        index += 1
        while True:
            text = tokens.texts[index]
            if text == "(":
                depth += 1
            elif text == ")":
                depth -= 1
            elif tokens.kinds[index] == END:
                raise UnexpectedTokenError(index, "the ) that closes this statement")
            index += 1
            if not depth:
                return index

    def _told(self, functor: int) -> _Told:
        """Take a statement apart at its commas."""
        texts, kinds = self._tokens.texts, self._tokens.kinds
        index = functor + 2
        name: int | None = None
        if texts[index + 1] == ";":
            name, index = index, index + 2
        arguments: list[int] = []
        spans: dict[int, int] = {}
        while True:
            if kinds[index] == MARK:
                if texts[index] == "[" and arguments:
                    attributes, index = self._scope.attributes(index)
                    if texts[index] != ")":
                        raise UnexpectedTokenError(index, ")")
                    return _Told(functor, name, arguments, spans, attributes, index + 1)
                if texts[index] != "{":
                    raise UnexpectedTokenError(index, "an argument")
            arguments.append(index)
            index += 1
            if texts[index] not in {",", ")"} or kinds[index - 1] == MARK:
                first, index = index - 1, self._wide(index - 1)
                spans[first] = index - 1
            if texts[index] == ")":
                return _Told(functor, name, arguments, spans, NO_ATTRIBUTES, index + 1)
            index += 1

    def _wide(self, first: int) -> int:
        """The comma or parenthesis behind an argument of several tokens."""
        texts, kinds = self._tokens.texts, self._tokens.kinds
        index = first
        if texts[first] == "{":
            while texts[index] != "}":
                ends = texts[index + 1] == "(" or texts[index] in _ENDS
                if kinds[index] == END or (kinds[index] == NAME and ends):
                    raise UnexpectedTokenError(index, "the } that closes this set")
                index += 1
            index += 1
        while texts[first] != "{" and kinds[index] in _WORDS and texts[index + 1] != "(":
            if texts[index] in _ENDS and index > first:
                break
            index += 1
        if texts[index] not in {",", ")"}:
            raise UnexpectedTokenError(index, ", or )")
        return index

    def _element(self, form: ElementForm, told: _Told) -> None:
        first, *rest = told.arguments
        if told.name is not None:
            raise UnexpectedTokenError(told.name + 1, ", or )")
        if first in told.spans:
            raise UnexpectedTokenError(first + 1, ", or )")
        iri = self._scope.iri(first)
        attributes = told.attributes
        if rest:
            configured = self._configured(form, iri, rest)
            positions = form.positions[1:] if configured else form.positions
            rest = rest[1:] if configured else rest
            attributes = (*self._by_position(form, positions, rest, told), *attributes)
        if form.section.kind is Kind.ACTIVITY:
            self._activities.add(iri)
        place = self._tokens.place(told.functor)
        self._statements.element(form.section, iri, attributes, place=place)

    def _configured(self, form: ElementForm, iri: str, rest: list[int]) -> bool:
        """Whether an activity stands where voprov has the name of a parameter: django-prov_vo."""
        if form.name != "parameter" or self._tokens.kinds[rest[0]] != NAME:
            return False
        activity = self._scope.iris.get(self._tokens.texts[rest[0]])
        if activity not in self._activities:
            return False
        place = self._tokens.place(rest[0])
        self._statements.relation(CONFIGURED, (activity, iri), place=place)
        return True

    def _by_position(
        self, form: ElementForm, positions: tuple[str, ...], rest: list[int], told: _Told
    ) -> Iterator[tuple[str, Value]]:
        """The attributes of an element that stand behind its identifier."""
        spans = dict(told.spans)
        if len(positions) == 1 and len(rest) > 1 and not form.has_times:
            spans[rest[0]] = spans.get(rest[-1], rest[-1])  # a text with commas in it
            rest = rest[:1]
        if len(rest) > len(positions):
            raise UnexpectedTokenError(rest[len(positions)], "[ or )")
        for name, first in zip(positions, rest, strict=False):
            if self._tokens.texts[first] == _MISSING and first not in spans:
                continue
            last = spans.get(first, first)
            if form.has_times:
                yield name, Literal(self._scope.time(first, last), XSD_DATETIME)
            else:
                yield name, self._free_text(first, last)

    def _free_text(self, first: int, last: int) -> Value:
        """A value by position: a literal, or what voprov writes there without quotes."""
        if self._tokens.kinds[first] not in _IN_FREE_TEXT:
            value, index = self._scope.value(first)
            if index == last + 1:
                return value
        text = self._tokens.between(first, last)
        message = "texts without quotes, as voprov up to 0.0.4 writes them, are read as texts"
        place = self._tokens.place(first)
        self._scope.findings.info_once("prov-n/free-text", place, text, message)
        return Literal(text)

    def _relation(self, form: RelationForm, told: _Told) -> None:
        kind, arguments, attributes = form.kind, told.arguments, told.attributes
        if len(arguments) > form.most:
            raise UnexpectedTokenError(arguments[form.most], ")")
        count = len(kind.ends)
        if kind is MEMBER and len(arguments) > 1 and self._tokens.texts[arguments[1]] == "{":
            self._members(told)
            return
        ends = [self._end(first, told) for first in arguments[:count]]
        time: str | None = None
        if len(arguments) > count and self._tokens.texts[arguments[count]] != _MISSING:
            first = arguments[count]
            last = told.spans.get(first, first)
            if form.position is None:
                time = self._scope.time(first, last)
            else:
                attributes = ((form.position, self._free_text(first, last)), *attributes)
        if attributes and kind.has_time and time is None:
            time, attributes = self._time_of(attributes, told.functor)
        self._statements.relation(
            kind,
            ends,
            name=self._name(told),
            time=time,
            attributes=attributes,
            place=self._tokens.place(told.functor),
        )

    def _end(self, first: int, told: _Told) -> str | None:
        text = self._tokens.texts[first]
        if first in told.spans:
            raise UnexpectedTokenError(first + 1, ", or )")
        if text == _MISSING:
            return None
        return self._scope.iris.get(text) or self._scope.iri(first)

    def _name(self, told: _Told) -> str | None:
        if told.name is None or self._tokens.texts[told.name] in _NO_NAME:
            return None
        return self._scope.iri(told.name)

    def _time_of(self, attributes: Attributes, index: int) -> tuple[str | None, Attributes]:
        """The only ``prov:time`` among the attributes: a time that has no place by position."""
        times = [pair for pair in attributes if pair[0] == PROV_TIME]
        if len(times) != 1:
            return None, attributes
        value = times[0][1]
        if not isinstance(value, Literal) or value.datatype not in _TIME_TYPES:
            return None, attributes
        self._scope.check_time(value.lexical, index)
        return value.lexical, tuple(pair for pair in attributes if pair is not times[0])

    def _members(self, told: _Told) -> None:
        """A membership for each entity of a set, as drafts and ProvToolbox have it."""
        collection = self._end(told.arguments[0], told)
        place = self._tokens.place(told.functor)
        for entity in names_of(self._scope, told.arguments[1]):
            self._statements.relation(
                MEMBER, (collection, entity), attributes=told.attributes, place=place
            )

    def _dictionary(self, form: RelationForm, told: _Told) -> None:
        """A statement of PROV-DICTIONARY (3.1 to 3.3)."""
        if len(told.arguments) > form.most:
            raise UnexpectedTokenError(told.arguments[form.most], ")")
        if form.kind is DICTIONARY_MEMBER:
            self._dictionary_member(told)
        elif form.kind is INSERTED:
            self._insertion(told)
        else:
            self._removal(told)

    def _dictionary_member(self, told: _Told) -> None:
        dictionary, *rest = told.arguments
        ends = [self._end(dictionary, told), None]
        pairs: list[Pair] = []
        if len(rest) == 1 and self._tokens.texts[rest[0]] == "{":
            pairs = pairs_of(self._scope, rest[0])
        else:
            ends += [self._end(first, told) for first in rest[:1]]
            key = key_of(self._scope, rest[1]) if len(rest) > 1 else None
            pairs = [(key, ends[-1])]
        for key, entity in pairs:
            of_key = () if key is None else ((PROV_PAIR_KEY, key),)
            self._tell(DICTIONARY_MEMBER, (ends[0], entity), told, (*of_key, *told.attributes))

    def _insertion(self, told: _Told) -> None:
        """An insertion and, for each pair of its set, a membership that follows from it."""
        new, old, pairs = self._change(told, pairs_of)
        self._tell(INSERTED, (new, old), told, told.attributes)
        origin: Attributes = () if old is None else ((INSERTED_FROM, Iri(old)),)
        place = self._tokens.place(told.functor)
        for key, entity in pairs:
            of_key = () if key is None else ((PROV_PAIR_KEY, key),)
            self._statements.relation(
                DICTIONARY_MEMBER, (new, entity), attributes=(*of_key, *origin), place=place
            )

    def _removal(self, told: _Told) -> None:
        new, old, keys = self._change(told, keys_of)
        removed = dict.fromkeys((PROV_REMOVED_KEY, key) for key in keys)
        self._tell(REMOVED, (new, old), told, (*removed, *told.attributes))

    def _change(
        self, told: _Told, items: Callable[[Scope, int], list[Item]]
    ) -> tuple[str | None, str | None, list[Item]]:
        """The new dictionary, the old one, and the set behind them."""
        ends = [self._end(first, told) for first in told.arguments[:2]]
        found = [item for first in told.arguments[2:] for item in items(self._scope, first)]
        return ends[0], ends[1] if len(ends) > 1 else None, found

    def _tell(
        self,
        kind: RelationType,
        ends: tuple[str | None, ...],
        told: _Told,
        attributes: Attributes,
    ) -> None:
        self._statements.relation(
            kind,
            ends,
            name=self._name(told),
            attributes=attributes,
            place=self._tokens.place(told.functor),
        )
