"""What the outbox keeps of changes, and what it tells of them without reading them all."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text
from support.catalogue import prov, push

from provstore.factory import Services
from provstore.stores.catalogue import attachment, outbox
from provstore.stores.catalogue.database import Transaction
from provstore.stores.catalogue.outbox import What


@pytest.fixture
def attached(archive: Services) -> Services:
    """An archive that keeps its changes for a graph."""
    with archive._database.writing() as tx:
        attachment.attach(tx)
    return archive


@pytest.fixture
def tx(attached: Services) -> Iterator[Transaction]:
    with attached._database.writing() as opened:
        yield opened


def test_what_waits_is_all_from_the_oldest_row_on(attached: Services) -> None:
    with attached._database.reading() as tx:
        assert outbox.lag(tx) == (0, 0.0)
    push(attached, prov("used(a, e)"), prov("used(b, e)"))
    with attached._database.reading() as tx:
        kept = tx.execute(text("SELECT id FROM outbox ORDER BY id")).scalars().all()
        lag = outbox.lag(tx)
    assert len(kept) == 4  # of each the new elements, and its relation
    assert (lag.rows, lag.seconds >= 0) == (4, True)
    with attached._database.noting() as tx:
        outbox.drop(tx, kept[1])
        assert outbox.lag(tx).rows == 2


def test_a_long_outbox_is_not_counted(tx: Transaction) -> None:
    outbox.renew(tx, 3_000_000_000, 1)
    tx.execute(text("INSERT INTO outbox VALUES (1000000001, 1, 0, 1, 1, 1)"))
    assert outbox.lag(tx).rows == 2_000_000_000


def test_all_numbers_of_a_catalogue_are_kept_as_ranges() -> None:
    changes = outbox.Changes()
    for start in (0, 1000, 5000):
        changes.note(What.ELEMENTS, {start + number for number in range(1000)})
    assert len(changes.ranges[What.ELEMENTS]) == 3
    assert list(changes.rows()) == [
        (What.ELEMENTS, 0, 999),
        (What.ELEMENTS, 1000, 1999),
        (What.ELEMENTS, 5000, 5999),
    ]
