"""Whatever was pushed and taken back, and whoever died meanwhile: the graph shows the catalogue."""

from contextlib import suppress
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule, run_state_machine_as_test
from support import engines
from support.arrivals import SOURCES, Arrival, Arrivals, push
from support.catalogue import fresh
from support.overlapping import prov_documents
from support.projected import dump, settle, wanted, wipe

from provstore.services.projection import Projector
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.neo4j import Neo4j

_SIZES = st.sampled_from([1, 3, 5000])


class _DiedError(Exception):
    pass


class _Dying(Projector):
    """Dies when something is in the graph, before the catalogue knows."""

    def _note_shown(self, position: int, stamp: int) -> None:
        raise _DiedError


class AnySequence(Arrivals):
    """Pushes, retractions and corrections in any order, and workers that come and go."""

    folder: ClassVar[Path]
    server: ClassVar[Neo4j]

    def __init__(self) -> None:
        self.path = self.folder / "kept"
        super().__init__(fresh(self.path))
        self.database = Database(engines.settings(self.path).catalogue_url)
        wipe(self.server)
        self.worker = self._worker(5000)
        settle(self.database, self.worker)

    def _worker(self, most: int) -> Projector:
        return Projector(self.database, self.server, most=most)

    def teardown(self) -> None:
        try:
            self._compare()
            self.worker.rebuild()
            assert dump(self.server) == wanted(self.database)
            for receipt in self.receipts.values():
                self.services.ingest.retract(receipt)
            settle(self.database, self.worker)
            assert dump(self.server) == ({}, [])
        finally:
            self.database.close()
            self.services.close()

    def _compare(self) -> None:
        settle(self.database, self.worker)
        assert dump(self.server) == wanted(self.database)

    @precondition(lambda self: self.receipts)
    @rule(data=st.data())
    def retract(self, data: st.DataObject) -> None:
        arrival = data.draw(st.sampled_from(list(self.receipts)))
        self.services.ingest.retract(self.receipts.pop(arrival))

    @precondition(lambda self: self.receipts)
    @rule(data=st.data(), document=prov_documents(), source=SOURCES)
    def correct(self, data: st.DataObject, document: bytes, source: str | None) -> None:
        old = data.draw(st.sampled_from(list(self.receipts)))
        new = Arrival(source, document)
        if new != old:
            receipt = self.receipts.pop(old)
            self.receipts[new] = push(self.services, new, replaces=receipt).receipt.id
            self.note(new)

    @rule()
    def derive_anew(self) -> None:
        self.services.maintenance.rebuild()

    @rule(most=_SIZES)
    def work_a_little(self, most: int) -> None:
        self.worker = self._replaced_by(self._worker(most))
        self.worker.turn()

    @rule(most=_SIZES)
    def die_before_it_is_noted(self, most: int) -> None:
        dying = self._replaced_by(_Dying(self.database, self.server, most=most))
        with suppress(_DiedError):
            dying.turn()
        self.worker = self._replaced_by(self._worker(most))

    @rule()
    def catch_up(self) -> None:
        self._compare()

    def _replaced_by(self, worker: Projector) -> Projector:
        """A new worker that has looked at the graph; the old one is dead."""
        worker._hold(by_force=True)
        with suppress(_DiedError):
            worker.turn()
        return worker


@pytest.mark.timeout(900)
def test_any_sequence(tmp_path: Path, server: Neo4j) -> None:
    class Here(AnySequence):
        folder = tmp_path

    Here.server = server
    # every example writes a graph anew
    few = settings(max_examples=8 if engines.is_postgres() else 15, stateful_step_count=12)
    run_state_machine_as_test(Here, settings=few)
