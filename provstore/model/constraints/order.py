"""Which event comes before which, as a table (PROV-CONSTRAINTS 6.2, constraints 30 to 49)."""

from collections.abc import Mapping
from enum import Enum
from typing import Final, NamedTuple

from provstore.model.vocabulary import (
    ASSOCIATED,
    ATTRIBUTED,
    DELEGATED,
    DERIVED,
    ENDED,
    GENERATED,
    INFORMED,
    INVALIDATED,
    SPECIALIZED,
    STARTED,
    USED,
)


class Event(Enum):
    """An event in the life of a thing."""

    START = "started"
    END = "ended"
    GENERATION = "generated"
    INVALIDATION = "invalidated"


class Order(NamedTuple):
    """In a relation: the one event comes before the other, or is simultaneous with it."""

    number: int
    """The constraint that says so. 42 says more: it comes strictly before."""
    before: Event | None
    """None: the event that the relation itself is."""
    before_end: int
    """Index of the end whose event it is."""
    after: Event | None
    after_end: int
    is_over_own: bool = False
    """It follows over the relation's own event, and adds nothing where the time of that is told."""


_S, _E, _G, _I = Event.START, Event.END, Event.GENERATION, Event.INVALIDATION

ORDERS: Final[Mapping[int, tuple[Order, ...]]] = {
    USED.number: (
        Order(33, _S, 0, None, 0),
        Order(33, None, 0, _E, 0),
        Order(37, _G, 1, None, 1),
        Order(38, None, 1, _I, 1),
        Order(37, _G, 1, _E, 0, is_over_own=True),
        Order(38, _S, 0, _I, 1, is_over_own=True),
    ),
    GENERATED.number: (Order(34, _S, 1, None, 0), Order(34, None, 0, _E, 1)),
    INVALIDATED.number: (),
    INFORMED.number: (Order(35, _S, 1, _E, 0),),
    # a starter generates the trigger (inference 9), an ender too (inference 10)
    STARTED.number: (
        Order(43, _G, 1, _S, 0),
        Order(43, _S, 0, _I, 1),
        Order(34, _S, 2, _G, 1),
        Order(34, _G, 1, _E, 2),
        Order(43, _S, 2, _S, 0),
    ),
    ENDED.number: (
        Order(44, _G, 1, _E, 0),
        Order(44, _E, 0, _I, 1),
        Order(34, _S, 2, _G, 1),
        Order(34, _G, 1, _E, 2),
        Order(44, _S, 2, _E, 0),
    ),
    # the activity used the one and generated the other (inference 11, definition 4)
    DERIVED.number: (
        Order(42, _G, 1, _G, 0),
        Order(34, _S, 2, _G, 0),
        Order(34, _G, 0, _E, 2),
        Order(37, _G, 1, _E, 2),
        Order(38, _S, 2, _I, 1),
    ),
    SPECIALIZED.number: (Order(45, _G, 1, _G, 0), Order(46, _I, 0, _I, 1)),
    ASSOCIATED.number: (
        Order(47, _S, 0, _I, 1),
        Order(47, _G, 1, _E, 0),
        Order(47, _S, 0, _E, 1),
        Order(47, _S, 1, _E, 0),
    ),
    ATTRIBUTED.number: (Order(48, _G, 1, _G, 0), Order(48, _S, 1, _G, 0)),
    # both agents are associated with the activity (inference 14)
    DELEGATED.number: (
        Order(49, _G, 1, _I, 0),
        Order(49, _S, 1, _E, 0),
        *(
            order
            for agent in (0, 1)
            for order in (
                Order(47, _S, 2, _I, agent),
                Order(47, _G, agent, _E, 2),
                Order(47, _S, 2, _E, agent),
                Order(47, _S, agent, _E, 2),
            )
        ),
    ),
}
"""By number of the relation type. Constraints 30 to 32, 36, 39 and 40 order the events of one thing
and need no relation; 41 orders a usage and a generation that a derivation names."""
