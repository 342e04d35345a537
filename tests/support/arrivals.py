"""An archive to which documents come in any order, for tests by Hypothesis' state machines."""

from typing import Final, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule
from support.overlapping import log_activities, log_of, obscore_tables, prov_documents

from provstore.factory import Services
from provstore.model.ledger import Pushed

SOURCES: Final = st.sampled_from([None, "host1", "host2"])


class Arrival(NamedTuple):
    """What was pushed, and how."""

    source: str | None
    data: bytes
    is_obscore: bool = False


def push(services: Services, arrival: Arrival, replaces: str | None = None) -> Pushed:
    """Push it."""
    if arrival.is_obscore:
        return services.ingest.push_obscore(arrival.data, name="t.csv", source=arrival.source)
    return services.ingest.push(arrival.data, source=arrival.source, replaces=replaces)


class Arrivals(RuleBasedStateMachine):
    """Documents that say something of the same things come, and come again.

    Parameters
    ----------
    services
        The archive.
    """

    def __init__(self, services: Services) -> None:
        super().__init__()
        self.services = services
        self.arrivals: list[Arrival] = []
        """In the order in which they came first."""
        self.receipts: dict[Arrival, str] = {}
        """Of those that are live."""
        self.log: list[str] = []

    def arrive(self, arrival: Arrival) -> None:
        """Push it, and note its receipt; what is live already changes nothing."""
        pushed = push(self.services, arrival)
        assert pushed.created == (arrival not in self.receipts)
        assert pushed.receipt.id == self.receipts.setdefault(arrival, pushed.receipt.id)
        self.note(arrival)

    def note(self, arrival: Arrival) -> None:
        """Remember that it came."""
        if arrival not in self.arrivals:
            self.arrivals.append(arrival)

    @rule(data=prov_documents(), source=SOURCES)
    def push_document(self, data: bytes, source: str | None) -> None:
        """One of PROV."""
        self.arrive(Arrival(source, data))

    @rule(data=obscore_tables(), source=SOURCES)
    def push_obscore(self, data: bytes, source: str | None) -> None:
        """A table."""
        self.arrive(Arrival(source, data, is_obscore=True))

    @rule(activity=log_activities(), source=SOURCES)
    def push_grown_log(self, activity: str, source: str | None) -> None:
        """A log with one activity more than the last one."""
        self.log.append(activity)
        self.arrive(Arrival(source, log_of(self.log)))

    @precondition(lambda self: self.arrivals)
    @rule(data=st.data())
    def push_again(self, data: st.DataObject) -> None:
        """Live ones change nothing, retracted ones come back."""
        self.arrive(data.draw(st.sampled_from(self.arrivals)))
