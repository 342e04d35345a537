"""What the formats cannot say, by their standards: named, with the reason, and as a function.

The law of round trips is: what is read back equals what was written, as far as the format can say
it. `sayable` makes of a document what its format can say; each exclusion is tested by an example of
its own, so that none stands here without need.
"""

from collections.abc import Callable, Mapping
from functools import reduce
from typing import NamedTuple

from support.sayable_votable import bell, with_visible_characters

from provstore.model.document import Document


class Exclusion(NamedTuple):
    """One thing that a format cannot say."""

    name: str
    reason: str
    """With the section of the standard."""
    apply: Callable[[Document], Document]
    """The document without it, as it is read back; an equal one where nothing is concerned."""
    example: Callable[[], Document]
    """A document that it concerns."""


EXCLUSIONS: Mapping[str, tuple[Exclusion, ...]] = {
    "json-ld": (),
    "prov-json": (),
    "prov-n": (),
    "prov-xml": (),
    "votable": (
        Exclusion(
            "characters that XML forbids",
            "XML 1.0, 2.2: no reference can say them either",
            with_visible_characters,
            bell,
        ),
    ),
}
"""By the name of the format."""


def sayable(document: Document, form: str) -> Document:
    """The document as the format can say it."""
    return reduce(lambda told, exclusion: exclusion.apply(told), EXCLUSIONS[form], document)
