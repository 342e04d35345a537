"""Event ordering as PROV-CONSTRAINTS states it, pair by pair, for small documents.

Nothing is merged into one node and nothing is left out: every inference that makes an event is
drawn, every two events are ordered by every constraint, and the order is closed transitively.
Statements have no identifiers and no times, so that no two merge by key.
"""

from itertools import count, product

from provstore.model.document import Document
from provstore.model.vocabulary import Kind

Terms = tuple[str, ...]


class _Instance:
    """The statements of a document and those that follow, their events numbered."""

    def __init__(self, document: Document) -> None:
        self._fresh = count()
        self.told: dict[str, list[Terms]] = {}
        self.derivations: list[tuple[Terms, int | None, int | None]] = []
        self.events: dict[str, list[tuple[int, Terms]]] = {
            name: []
            for name in ("used", "wasGeneratedBy", "wasInvalidatedBy", "wasStartedBy", "wasEndedBy")
        }
        for relation in document.relations:
            ends = [relation.end(index) for index in range(len(relation.type.ends))]
            self.told.setdefault(relation.type.name, []).append(tuple(e or "-" for e in ends))
        self.entities = {t.iri for t in document.elements if t.kind is Kind.ENTITY}
        self.activities = {t.iri for t in document.elements if t.kind is Kind.ACTIVITY}
        self._specialize()
        self._infer()

    def _some(self) -> str:
        return f"?{next(self._fresh)}"

    def _specialize(self) -> None:
        pairs = set(self.told.get("specializationOf", []))
        while more := {(a, d) for (a, b), (c, d) in product(pairs, pairs) if b == c} - pairs:
            pairs |= more
        self.told["specializationOf"] = list(pairs)
        self.entities |= {specific for specific, general in pairs if general in self.entities}

    def _event(self, name: str, *terms: str) -> int:
        number = next(self._fresh)
        self.events[name].append((number, tuple(self._some() if t == "-" else t for t in terms)))
        return number

    def _infer(self) -> None:
        for name in self.events:
            for terms in self.told.get(name, []):
                self._event(name, *terms)
        for entity in self.entities:
            self._event("wasGeneratedBy", entity, "-")
            self._event("wasInvalidatedBy", entity, "-")
        for activity in self.activities:
            self._event("wasStartedBy", activity, "-", "-")
            self._event("wasEndedBy", activity, "-", "-")
        for _, (_, trigger, by) in [*self.events["wasStartedBy"], *self.events["wasEndedBy"]]:
            self._event("wasGeneratedBy", trigger, by)
        for entity, _ in self.told.get("wasAttributedTo", []):
            self._event("wasGeneratedBy", entity, "-")
        self._communicate()
        self._derive()

    def _communicate(self) -> None:
        for second, first in self.told.get("wasInformedBy", []):
            entity = self._some()
            self._event("wasGeneratedBy", entity, first)
            self._event("used", second, entity)

    def _derive(self) -> None:
        for terms in self.told.get("wasDerivedFrom", []):
            derived, origin, activity = terms[:3]
            made = used = None
            if activity != "-":
                made = self._event("wasGeneratedBy", derived, activity)
                used = self._event("used", activity, origin)
            self.derivations.append((terms, made, used))


class _Order:
    """Which event comes before which; True where strictly."""

    def __init__(self, told: _Instance) -> None:
        self._told = told
        self.pairs: dict[tuple[int, int], bool] = {}
        self._of_events()
        self._of_triggers()
        self._of_derivations()
        self._of_agents()
        for second, first in self._lines("wasInformedBy"):  # 35
            self._put(self._start(first), self._end(second))

    def _lines(self, name: str) -> list[Terms]:
        return self._told.told.get(name, [])

    def _of(self, name: str, subject: str) -> list[int]:
        return [number for number, terms in self._told.events[name] if terms[0] == subject]

    def _start(self, activity: str) -> list[int]:
        return self._of("wasStartedBy", activity)

    def _end(self, activity: str) -> list[int]:
        return self._of("wasEndedBy", activity)

    def _generation(self, entity: str) -> list[int]:
        return self._of("wasGeneratedBy", entity)

    def _invalidation(self, entity: str) -> list[int]:
        return self._of("wasInvalidatedBy", entity)

    def _put(self, first: list[int], second: list[int], *, strictly: bool = False) -> None:
        for pair in product(first, second):
            self.pairs[pair] = self.pairs.get(pair, False) or strictly

    def _of_events(self) -> None:
        events = self._told.events
        for number, (activity, *_) in [*events["wasStartedBy"], *events["wasEndedBy"]]:  # 30 to 32
            self._put(self._start(activity), [number])
            self._put([number], self._end(activity))
        for number, (activity, entity) in events["used"]:  # 33, 37, 38
            self._put(self._start(activity) + self._generation(entity), [number])
            self._put([number], self._end(activity) + self._invalidation(entity))
        for number, (entity, activity) in events["wasGeneratedBy"]:  # 34, 36, 39
            self._put(self._start(activity) + self._generation(entity), [number])
            self._put([number], self._end(activity) + self._invalidation(entity))
        for number, (entity, _) in events["wasInvalidatedBy"]:  # 40
            self._put(self._invalidation(entity), [number])

    def _of_triggers(self) -> None:
        events = self._told.events
        for number, (_, trigger, _) in [*events["wasStartedBy"], *events["wasEndedBy"]]:  # 43, 44
            self._put(self._generation(trigger), [number])
            self._put([number], self._invalidation(trigger))

    def _of_derivations(self) -> None:
        for (derived, origin, *_), made, used in self._told.derivations:  # 41, 42
            if made is not None and used is not None:
                self._put([used], [made])
            self._put(self._generation(origin), self._generation(derived), strictly=True)
        for specific, general in self._lines("specializationOf"):  # 45, 46
            self._put(self._generation(general), self._generation(specific))
            self._put(self._invalidation(specific), self._invalidation(general))

    def _of_agents(self) -> None:
        for activity, agent, *_ in self._lines("wasAssociatedWith"):  # 47
            self._put(self._start(activity), self._invalidation(agent) + self._end(agent))
            self._put(self._generation(agent) + self._start(agent), self._end(activity))
        for entity, agent in self._lines("wasAttributedTo"):  # 48
            self._put(self._generation(agent) + self._start(agent), self._generation(entity))
        for second, first, *_ in self._lines("actedOnBehalfOf"):  # 49
            self._put(self._generation(first), self._invalidation(second))
            self._put(self._start(first), self._end(second))


def has_strict_cycle(document: Document) -> bool:
    """Whether an event would have to come strictly before itself."""
    order = _Order(_Instance(document)).pairs
    nodes = {node for pair in order for node in pair}
    for middle, one, other in product(nodes, nodes, nodes):
        first, second = order.get((one, middle)), order.get((middle, other))
        if first is not None and second is not None:
            order[one, other] = order.get((one, other), False) or first or second
    return any(order.get((node, node), False) for node in nodes)
