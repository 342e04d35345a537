"""What a request for datasets means: its conditions, its targets, and the one text of the box."""

from dataclasses import replace
from typing import Final, Protocol

from provstore.errors import BadParameterError
from provstore.model.box import Meaning
from provstore.model.parameters import Given
from provstore.model.regions import Intersection
from provstore.model.search import Condition, Operator, SearchQuestion
from provstore.services.asked import RADIUS, TARGET, Q, question_of
from provstore.services.box import Box
from provstore.services.search import SearchService
from provstore.services.targets import Targets

_NO_DATASET: Final = "it is no single dataset"


class Readers(Protocol):
    """The services that read a question."""

    @property
    def search(self) -> SearchService:
        """Knows when datasets were observed."""

    @property
    def targets(self) -> Targets:
        """Knows targets."""

    @property
    def box(self) -> Box:
        """Knows what a text is."""


def meant(given: Given, services: Readers) -> tuple[SearchQuestion, tuple[str, ...]]:
    """The question that the parameters ask, without its limit, and what there is to say of it.

    Raises
    ------
    BadParameterError
        As in `question_of`, `Targets.meant` and `Box.read`; or `Q` names a target beside others.
    """
    question = question_of(given, services.search)
    question, notes = services.targets.meant(question, given.one(RADIUS))
    if not given.one(Q).strip():
        return question, notes
    meaning = services.box.read(given.one(Q))
    return _united(question, meaning, given), (_taken(meaning), *meaning.notes, *notes)


def _taken(meaning: Meaning) -> str:
    told = f"{meaning.text!r} is taken for {meaning.said}"
    return told if meaning.question is not None else f"{told}; {_NO_DATASET}"


def _united(question: SearchQuestion, meaning: Meaning, given: Given) -> SearchQuestion:
    """What both ask for."""
    other = meaning.question
    if other is None:  # there is no dataset of this identifier
        none = Condition("obs_publisher_did", Operator.EQUAL, meaning.text)
        return replace(question, columns=(*question.columns, none))
    if question.target_names and other.target_names:
        allowed = f"no target beside that of `{TARGET.name}`"
        raise BadParameterError(Q.name, given.one(Q), allowed)
    region = question.region or other.region
    if question.region is not None and other.region is not None:
        region = Intersection((question.region, other.region))
    return replace(
        question,
        region=region,
        target_names=question.target_names or other.target_names,
        columns=(*question.columns, *other.columns),
        keywords=(*question.keywords, *other.keywords),
    )
