"""Whatever was pushed and taken back: the catalogue is what its live documents make it."""

from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test
from support.arrivals import SOURCES, Arrival, Arrivals, push
from support.catalogue import fresh, rows
from support.content import STATEMENT_TABLES, content
from support.engines import is_postgres
from support.overlapping import prov_documents

from provstore.errors import ConflictError
from provstore.model.ledger import Status


class AnySequence(Arrivals):
    """Pushes, retractions and corrections in any order."""

    folder: ClassVar[Path]

    def __init__(self) -> None:
        self.path, self.anew = self.folder / "kept", self.folder / "anew"
        super().__init__(fresh(self.path))

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

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        arrival = data.draw(st.sampled_from(list(self.receipts)))
        receipt = self.services.ingest.retract(self.receipts.pop(arrival))
        assert receipt.status is Status.RETRACTED

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), document=prov_documents(), source=SOURCES)
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
        self.note(new)

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
@pytest.mark.timeout(900)
def test_any_sequence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(AnySequence, "folder", tmp_path, raising=False)
    # every step fills a second catalogue from nothing, which takes PostgreSQL some seconds
    few = settings(max_examples=6 if is_postgres() else 25, stateful_step_count=10)
    run_state_machine_as_test(AnySequence, settings=few)
