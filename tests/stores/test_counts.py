"""How much there is, told at each look at the server's health."""

import pytest
from sqlalchemy import text
from support.catalogue import prov, push

from provstore.factory import Services
from provstore.stores.catalogue import ledger


def counted(archive: Services) -> tuple[int, int]:
    with archive._database.reading() as tx:
        found = ledger.counts(tx)
    return found["elements"], found["relations"]


def test_rows_are_counted(archive: Services) -> None:
    push(archive, prov("used(a, e) used(a, f)"))
    assert counted(archive) == (3, 2)


@pytest.mark.postgres
def test_very_many_are_estimated_by_the_server(
    archive: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "COUNTED_UP_TO", 1)
    push(archive, prov("used(a, e) used(a, f)"))
    with archive._database.writing() as tx:
        tx.execute(text("ANALYZE"))
    push(archive, prov("used(a, g)"))
    assert counted(archive) == (3, 2)
