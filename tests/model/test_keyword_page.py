"""The page on keywords says what the rules and comparisons of the code are."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from provstore.model.comparison import matcher
from provstore.model.keyword_file import RESERVED
from provstore.model.keyword_rules import shipped
from provstore.model.keywords import Keyword, Place, Take, ValueKind
from provstore.model.search import Operator

PAGE = (Path(__file__).parents[2] / "docs" / "keywords.md").read_text()


def _rows(header: str) -> list[list[str]]:
    """The cells of the table under a header line."""
    lines = PAGE.splitlines()
    rows: list[list[str]] = []
    for line in lines[lines.index(header) + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.split("|")[1:-1]])
    assert rows
    return rows


def _told(place: Place) -> str:
    told = place.take.value + (f" `{place.key}`" if place.key else "")
    if place.activity:
        told += " of any activity" if place.activity == "*" else f" of `{place.activity}`"
    return told + (f" that makes {place.level}" if place.level else "")


def test_the_shipped_keywords() -> None:
    assert _rows("| keyword | type | meaning | read from |") == [
        [
            f"`{keyword.name}`",
            keyword.kind.value + (f", {keyword.unit}" if keyword.unit else ""),
            keyword.description,
            "; ".join(map(_told, keyword.places)),
        ]
        for keyword in shipped().by_name.values()
    ]


def test_the_shipped_sources() -> None:
    assert all(f"`{source.name}`" in PAGE for source in shipped().sources)


def test_the_reserved_words() -> None:
    (row,) = (cells for cells in _rows("| of a `keyword` | default | is |") if cells[0] == "`name`")
    words = row[2].rpartition("in a question (")[2]
    assert set(re.findall(r"`(\w+)`", words)) == RESERVED


def test_what_is_taken() -> None:
    cells = " ".join(first for first, _ in _rows("| of a `keyword.from` | takes |"))
    named = re.findall(r"`(\w+) =", cells)
    assert set(named) == {*Take, "activity", "level"}


def _examples() -> Iterator[tuple[Keyword, str, str, bool]]:
    for kind, condition, fitting, others in _rows("| type | condition | fits | does not fit |"):
        name, _, unit = kind.partition(", ")
        keyword = Keyword("k", ValueKind(name), unit)
        for cell, expected in ((fitting, True), (others, False)):
            for value in re.findall(r"`([^`]+)`", cell):
                yield keyword, condition.strip("`"), value, expected


@pytest.mark.parametrize(("keyword", "condition", "value", "expected"), list(_examples()))
def test_how_values_compare(
    keyword: Keyword, condition: str, value: str, *, expected: bool
) -> None:
    found = re.match(r"[=!<>~]+", condition)
    assert found is not None
    operator = Operator(found[0])
    assert matcher(keyword, operator, condition[found.end() :])(value) is expected


def test_each_type_has_examples() -> None:
    assert {keyword.kind for keyword, *_ in _examples()} == set(ValueKind)
