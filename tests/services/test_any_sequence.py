"""Whatever was pushed and taken back: the catalogue is what its live documents make it."""

from pathlib import Path
from typing import ClassVar, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from support.catalogue import fresh, rows
from support.content import STATEMENT_TABLES, content
from support.overlapping import log_activities, log_of, obscore_tables, prov_documents

from provstore.errors import ConflictError
from provstore.factory import Services
from provstore.model.ledger import Pushed, Status

_SOURCES = st.sampled_from([None, "host1", "host2"])


class Arrival(NamedTuple):
    """What was pushed, and how."""

    source: str | None
    data: bytes
    is_obscore: bool = False


def push(services: Services, arrival: Arrival, replaces: str | None = None) -> Pushed:
    if arrival.is_obscore:
        return services.ingest.push_obscore(arrival.data, name="t.csv", source=arrival.source)
    return services.ingest.push(arrival.data, source=arrival.source, replaces=replaces)


class AnySequence(RuleBasedStateMachine):
    """Pushes, retractions and corrections in any order."""

    folder: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.path, self.anew = self.folder / "kept", self.folder / "anew"
        self.services = fresh(self.path)
        self.arrivals: list[Arrival] = []
        """In the order in which they came first."""
        self.receipts: dict[Arrival, str] = {}
        """Of those that are live."""
        self.log: list[str] = []

    def teardown(self) -> None:
        for receipt in self.receipts.values():
            self.services.ingest.retract(receipt)
        left = self._rows()
        self.services.close()
        assert left == dict.fromkeys(STATEMENT_TABLES, 0)

    def _rows(self) -> dict[str, int]:
        return {
            name: rows(self.path, f"SELECT count(*) FROM {name}")[0][0]  # noqa: S608  of our own
            for name in STATEMENT_TABLES
        }

    def _push(self, arrival: Arrival) -> None:
        pushed = push(self.services, arrival)
        assert pushed.created == (arrival not in self.receipts)
        assert pushed.receipt.id == self.receipts.setdefault(arrival, pushed.receipt.id)
        self._note(arrival)

    def _note(self, arrival: Arrival) -> None:
        if arrival not in self.arrivals:
            self.arrivals.append(arrival)

    @rule(data=prov_documents(), source=_SOURCES)
    def push_document(self, data: bytes, source: str | None) -> None:
        self._push(Arrival(source, data))

    @rule(data=obscore_tables(), source=_SOURCES)
    def push_obscore(self, data: bytes, source: str | None) -> None:
        self._push(Arrival(source, data, is_obscore=True))

    @rule(activity=log_activities(), source=_SOURCES)
    def push_grown_log(self, activity: str, source: str | None) -> None:
        self.log.append(activity)
        self._push(Arrival(source, log_of(self.log)))

    @precondition(lambda self: self.arrivals)
    @rule(data=st.data())
    def push_again(self, data: st.DataObject) -> None:
        """Live ones change nothing, retracted ones come back."""
        self._push(data.draw(st.sampled_from(self.arrivals)))

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        arrival = data.draw(st.sampled_from(list(self.receipts)))
        receipt = self.services.ingest.retract(self.receipts.pop(arrival))
        assert receipt.status is Status.RETRACTED

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), document=prov_documents(), source=_SOURCES)
    def correct(self, data: st.DataObject, document: bytes, source: str | None) -> None:
        old = data.draw(st.sampled_from(list(self.receipts)))
        new = data.draw(st.sampled_from([Arrival(source, document), *self.arrivals]))
        if new.is_obscore:
            return
        receipt = self.receipts[old]
        if new == old:
            with pytest.raises(ConflictError):
                push(self.services, new, replaces=receipt)
            return
        del self.receipts[old]
        corrected = push(self.services, new, replaces=receipt).receipt
        assert corrected.id == self.receipts.setdefault(new, corrected.id)
        assert corrected.replaces == receipt
        self._note(new)

    @invariant()
    def is_well(self) -> None:
        assert self.services.maintenance.doctor() == []

    @invariant()
    def is_what_the_live_documents_make_it(self) -> None:
        services = fresh(self.anew)
        for arrival in self.arrivals:
            if arrival in self.receipts:
                push(services, arrival)
        services.close()
        should, is_ = content(self.anew), content(self.path)
        for name, told in should.items():
            assert is_[name] == told, name

    @rule()
    def rebuild(self) -> None:
        before = content(self.path)
        self.services.maintenance.rebuild()
        assert content(self.path) == before


@pytest.mark.slow
def test_any_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnySequence, "folder", tmp_path, raising=False)
    # every step fills a second catalogue from nothing
    few = settings(max_examples=25, stateful_step_count=10)
    run_state_machine_as_test(AnySequence, settings=few)
