"""Sessions of the driver all end, and their connections and threads with them."""

import gc
import threading
import warnings
from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final

import pytest
from neo4j import WRITE_ACCESS, GraphDatabase
from neo4j.exceptions import DriverError
from support.processes import until
from support.proxy import Proxy

from provstore.errors import GraphUnavailableError
from provstore.stores.graph import neo4j as connection
from provstore.stores.graph.faults import Fault
from provstore.stores.graph.neo4j import GraphTransaction, Neo4j
from provstore.stores.graph.sessions import Link, Writing

LARGE: Final = {"text": "x" * 30_000_000}
"""More than what a network holds while nobody reads."""
SIZE: Final = "RETURN size($text)"
PATIENCE_S: Final = 60.0


@pytest.fixture
def link(neo4j: str) -> Iterator[Link]:
    link = Link(GraphDatabase.driver(neo4j))
    yield link
    link.retire(0.0, 0.0)


@pytest.fixture(autouse=True)
def nothing_unclosed() -> Iterator[None]:
    """A session, a driver or a socket that is forgotten before it is closed is warned of."""
    gc.collect()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        yield
        gc.collect()
    assert [str(warning.message) for warning in told] == []


def test_what_hangs_while_it_sends_ends(neo4j: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A driver that is closed now would stop halfway, and the rest would hang on."""
    monkeypatch.setattr(connection, "_PING_OF_WRITER_S", 0.5)
    with Proxy(neo4j) as proxy:

        def work(transaction: GraphTransaction) -> Any:  # noqa: ANN401  never there
            assert transaction.run(SIZE, {"text": "four"}) == [(4,)]
            proxy.freeze()
            return transaction.run(SIZE, LARGE)

        with closing(Neo4j(proxy.url, "neo4j", "", 30.0)) as graph:
            assert graph.wait_up(PATIENCE_S)
            with pytest.raises(GraphUnavailableError) as raised:
                graph.write(work)
            assert raised.value.fault == Fault.HANGING
        # the network hangs still
        until(lambda: not _calling())


def _calling() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("neo4j-")]


def test_a_session_that_cannot_be_ended_in_order_is_closed(link: Link) -> None:
    """Met where a driver was closed, in another thread, with a session that was in use."""
    session = link.open(WRITE_ACCESS)
    session.begin_transaction()
    taken: Any = session._connection
    taken.goodbye()  # what nobody answers is waited for next
    with pytest.raises(AttributeError):
        link.close(session)
    assert session.closed()
    assert taken.closed()


def test_a_retired_link_ends_with_its_last_session(link: Link) -> None:
    first, second = link.open(WRITE_ACCESS), link.open(WRITE_ACCESS)
    begun = first.begin_transaction()
    link.retire(0.0, 0.5)
    with pytest.raises(DriverError, match="retired"):
        link.open(WRITE_ACCESS)
    with pytest.raises(DriverError, match="connection"):
        begun.run("RETURN 1")
    link.close(first)
    assert not link._driver._closed
    link.close(second)
    assert link._driver._closed


def test_what_comes_after_the_end_of_a_transaction_opens_nothing(link: Link) -> None:
    """As where all threads were busy, and who had asked for it has left."""
    writing = Writing(link)
    writing.end()
    with pytest.raises(DriverError, match="over"):
        writing.begin(1.0)
