"""Many rows at once, and lists as one parameter: what goes in comes out as it was."""

import pytest
from sqlalchemy import select

from provstore.errors import ProvstoreError
from provstore.factory import Services
from provstore.stores.catalogue.names import among, insert_rows, pairs
from provstore.stores.catalogue.tables import body, element, part, refusal

TEXTS = [
    "",
    "\\N",
    "\\.",
    "a\tb\nc\rd",
    "back\\slash \\t \\n",
    "'quotes\"",
    "{1,2}",
    "NULL",
    "%s %(x)s :x ?",
    "\x01\x7f",
    "é 漢 🔭 \u202e",
]


@pytest.mark.parametrize("number", [1, 3, len(TEXTS)])
def test_texts(archive: Services, number: int) -> None:
    rows = list(enumerate(TEXTS[-number:], start=1))
    with archive._database.writing() as tx:
        insert_rows(tx, body, rows)
    with archive._database.reading() as tx:
        assert [tuple(row) for row in tx.execute(select(body).order_by(body.c.id))] == rows


def test_what_is_absent_and_what_is_no_text(archive: Services) -> None:
    largest = 2**63 - 1
    parts = [
        (1, "n", "s1", "f", None, True, bytes(range(256))),
        (2, "n", "s2", "f", "\\N", False, b""),
    ]
    with archive._database.writing() as tx:
        insert_rows(tx, part, parts)
        insert_rows(tx, refusal, [(largest, "", "", "", "", -largest - 1, "[]")])
        insert_rows(tx, body, [])
    with archive._database.reading() as tx:
        assert [tuple(row) for row in tx.execute(select(part).order_by(part.c.id))] == parts
        assert tx.execute(select(refusal.c.id, refusal.c.bytes)).one() == (largest, -largest - 1)


def test_nothing_stays_of_rows_of_which_one_is_refused(archive: Services) -> None:
    twice = [(1, "a"), (2, "b"), (1, "c")]
    with pytest.raises(Exception, match="body") as refused, archive._database.writing() as tx:
        insert_rows(tx, body, twice)
    assert not isinstance(refused.value, ProvstoreError)  # it is a fault of ours
    with archive._database.reading() as tx:
        assert tx.execute(select(body)).all() == []


@pytest.mark.parametrize("asked", [[], TEXTS[:1], TEXTS, ["absent", *TEXTS[3:5]]])
def test_a_list_of_texts(archive: Services, asked: list[str]) -> None:
    with archive._database.writing() as tx:
        rows = [(n, text, 0, 0, *[None] * 6) for n, text in enumerate(TEXTS, start=1)]
        insert_rows(tx, element, [row[: len(element.columns)] for row in rows])
        found = tx.execute(
            select(element.c.iri).where(among(element.c.iri, "list")), {"list": asked}
        )
        assert set(found.scalars()) == set(asked) & set(TEXTS)


@pytest.mark.parametrize("asked", [[], [2], [3, 1], [5, 2**62, -1], list(range(10_000))])
def test_a_list_of_numbers(archive: Services, asked: list[int]) -> None:
    with archive._database.writing() as tx:
        insert_rows(tx, body, [(number, "x") for number in range(1, 6)])
        found = tx.execute(select(body.c.id).where(among(body.c.id, "list")), {"list": asked})
        assert set(found.scalars()) == set(asked) & set(range(1, 6))


def test_a_list_of_rows(archive: Services) -> None:
    asked = [(1, None, 3), (2**62, -1, None)]
    wanted = pairs("rows", 3)
    with archive._database.reading() as tx:
        statement = select(*wanted.columns).select_from(wanted.table)
        assert {tuple(row) for row in tx.execute(statement, {"rows": asked})} == set(asked)
        assert tx.execute(statement, {"rows": []}).all() == []
