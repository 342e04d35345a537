"""Where the page of a dataset leads: what it inherits, its neighbours, and questions about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from provstore.factory import Services
from provstore.model.answers import ElementAnswer
from provstore.model.keyword_rules import Rules
from provstore.model.keywords import Keyword, ValueKind
from provstore.model.lineage import Node
from provstore.model.links import Linked, Neighbours
from provstore.model.links import Links as Found
from provstore.model.search import Condition, Inherited, Operator
from provstore.web.facts import web_address
from provstore.web.links import Links
from provstore.web.refine import pair_of

MOST_LINKS: Final = 100
"""Rows of the table; DataLink has all."""
_RECORD_COLUMNS: Final = {
    "obs_id": ("The same observation", "obs_id"),
    "target_name": ("The same target", "target"),
    "proposal_id": ("The same proposal", "proposal_id"),
}
"""Of a record, with the parameter that searches for the same."""


class KeywordHeld(NamedTuple):
    """A keyword with what a dataset has of it."""

    keyword: Keyword
    held: Inherited
    urls: Sequence[str | None]
    """For each value the search for what has it too."""


class Link(NamedTuple):
    """A dataset one step away, or the dataset itself."""

    semantics: str
    """As DataLink has it."""
    linked: Linked
    file: str | None
    """The address of its file, where a browser may follow it."""


class Question(NamedTuple):
    """A ready-made question."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Leads:
    """What the page leads to."""

    keywords: Sequence[KeywordHeld]
    links: Sequence[Link]
    total: int
    """Links in all."""
    cut: Sequence[str]
    """Relations with too many datasets to be listed."""
    questions: Sequence[Question]


def leads(services: Services, links: Links, answer: ElementAnswer) -> Leads:
    """Find where the page of an element leads."""
    node, rules = answer.node, services.settings.keyword_rules
    held = services.inherited.keywords(node.id)
    [found] = services.links.find([node.id]).items
    every = list(_links(found))
    record = answer.obscore or {}
    return Leads(
        keywords=[_keyword(links, rules, name, has) for name, has in held.items()],
        links=every[:MOST_LINKS],
        total=len(every),
        cut=[semantics for semantics, near in _relations(found) if near.is_cut],
        questions=[
            Question("What was made from it", links.impact(node.id)),
            *_same(links, node, record),
            *_same_versions(links, rules, held),
        ],
    )


def _keyword(links: Links, rules: Rules, name: str, held: Inherited) -> KeywordHeld:
    pairs = [pair_of(rules, Condition(name, Operator.EQUAL, value)) for value in held.values]
    urls = [None if pair is None else links.search([pair]) for pair in pairs]
    return KeywordHeld(rules.by_name.get(name, Keyword(name)), held, urls)


def _relations(found: Found) -> Iterator[tuple[str, Neighbours]]:
    yield "#progenitor", found.progenitors
    yield "#derivation", found.derivations
    yield "#coderived", found.coderived


def _links(found: Found) -> Iterator[Link]:
    if found.this is not None and found.this.node.is_data:
        yield _link("#this", found.this)
    for semantics, near in _relations(found):
        for linked in near.shown:
            yield _link(semantics, linked)


def _link(semantics: str, linked: Linked) -> Link:
    file = None if linked.access is None else web_address(linked.access.access_url)
    return Link("#preview" if linked.is_preview and file else semantics, linked, file)


def _same(links: Links, node: Node, record: Mapping[str, object]) -> Iterator[Question]:
    """Questions for what has the same in its record."""
    for column, (text, parameter) in _RECORD_COLUMNS.items():
        value = record.get(column)
        if isinstance(value, str) and value.strip():
            yield Question(text, links.search([(parameter, value)]))
    did = node.obs_publisher_did
    if did is not None and record.get("t_min") is not None and record.get("t_max") is not None:
        yield Question("Observed at the same time", links.search([("simultaneous", did)]))


def _same_versions(links: Links, rules: Rules, held: Mapping[str, Inherited]) -> Iterator[Question]:
    """The question for what was made with all the versions that this was made with."""
    pairs = [
        pair_of(rules, Condition(name, Operator.EQUAL, value))
        for name, has in held.items()
        if name in rules.by_name and rules.by_name[name].kind is ValueKind.VERSION
        for value in has.values
    ]
    if pairs:
        known = [pair for pair in pairs if pair]
        yield Question("Made with the same versions", links.search(known))
