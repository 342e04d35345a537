"""What a text means that somebody typed into the one box."""

from dataclasses import dataclass
from enum import StrEnum

from provstore.model.search import SearchQuestion
from provstore.model.targets import Target


class TakenFor(StrEnum):
    """What sort of thing a text is, the most specific first."""

    IDENTIFIER = "identifier"
    OBS_ID = "obs_id"
    REGION = "region"
    TARGET = "target"
    CONDITION = "condition"
    """Comparisons of keywords and columns alone, such as ``reco_version>=0.19``."""
    COLUMN = "column"
    """A value of a column that people know by heart: a proposal, a name, a class of sources."""
    TEXT = "text"
    EVERYTHING = "everything"
    """The box is empty."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """How a text was read."""

    text: str
    """As it was typed, with single blanks."""
    taken_for: TakenFor
    said: str
    """What it was taken for, a clause for a person."""
    question: SearchQuestion | None
    """The question for its datasets; None where it names what is no single dataset."""
    ids: tuple[str, ...] = ()
    """What an identifier names: publisher ids of datasets, and the IRIs of other elements."""
    target: Target | None = None
    notes: tuple[str, ...] = ()
    """What else it may be, and who did not answer."""
