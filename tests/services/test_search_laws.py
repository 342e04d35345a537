"""Pages, totals and facets of any search are those of a list that was searched by hand."""

import random
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import catalogue, found
from support.found import IVO, names

from provstore.factory import Services
from provstore.model.search import Condition, Match, Operator, Order, SearchQuestion, State

_SORTED: Final = ("t_min", "calib_level", "target_name", "obs_id", "dataproduct_subtype", "s_ra")
_CHOICES: Final[Mapping[str, tuple[Any, ...]]] = {
    "t_min": (None, 60000.0, 60000.1, 60000.10000000001, 1e-300),
    "calib_level": (0, 1, 2, 3),
    "target_name": (None, "Crab", "crab", "CRAB", "Ürsa", "a b", "a  b", "10%", "10_", "10x"),
    "obs_id": ("1", "2", "10"),
    "dataproduct_subtype": (None, "DL3", "DL4"),
    "s_ra": (None, 0.0, 83.63, 359.9),
}
_KEYWORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "reco_version": ("0.9", "0.19", "1.0"),
    "applied_cuts": ("loose", "standard", "Loose"),
}


class Made(NamedTuple):
    """A dataset and what it was made from."""

    row: dict[str, Any]
    keywords: dict[str, set[str]]


def _datasets() -> dict[str, Made]:
    chosen = random.Random(7)  # noqa: S311  a fixed choice
    made = {}
    for number in range(40):
        name = f"d{number:02}"
        row = {column: chosen.choice(values) for column, values in _CHOICES.items()}
        keywords = {
            keyword: set(chosen.sample(values, chosen.choice((0, 1, 1, 2))))
            for keyword, values in _KEYWORDS.items()
        }
        made[name] = Made(row, keywords)
    return made


DATASETS: Final = _datasets()


def _fill(services: Services) -> None:
    statements, attributes = [], {}
    for name, (_, keywords) in DATASETS.items():
        statements.append(f"entity({IVO}{name})")
        for keyword, values in keywords.items():
            for value in values:
                source = f"{name}-{keyword}-{value}"
                statements.append(f"entity({source}) wasDerivedFrom({IVO}{name}, {source})")
                attributes[source] = {f"ex:{keyword}": value}
    services.ingest.push(catalogue.prov(" ".join(statements), attributes))
    rows = [
        {
            "obs_publisher_did": IVO + name,
            "obs_collection": "X",
            **{key: value for key, value in row.items() if value is not None},
        }
        for name, (row, _) in DATASETS.items()
    ]
    services.ingest.push_obscore(found.table_of(*rows), name="t.csv")


@pytest.fixture(scope="module")
def archive(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    services = catalogue.fresh(tmp_path_factory.mktemp("found"))
    _fill(services)
    yield services
    services.close()


# -- by hand

_VERSIONS: Final = {"0.9": 0, "0.19": 1, "1.0": 2}
_ASCII: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")


def _compares(operator: Operator, left: Any, right: Any) -> bool:  # noqa: ANN401  numbers or texts
    match operator:
        case Operator.EQUAL:
            return bool(left == right)
        case Operator.UNEQUAL:
            return bool(left != right)
        case Operator.LESS:
            return bool(left < right)
        case Operator.AT_MOST:
            return bool(left <= right)
        case Operator.MORE:
            return bool(left > right)
        case _:
            return bool(left >= right)


def _has_column(made: Made, condition: Condition) -> bool:
    value = made.row[condition.name]
    if condition.state is State.UNKNOWN:
        return value is None
    if value is None:
        return False
    if isinstance(value, str):
        folded = value.translate(_ASCII), condition.value.translate(_ASCII)
        return _compares(condition.operator, *folded)
    return _compares(condition.operator, value, float(condition.value))


def _fits(keyword: str, condition: Condition, value: str) -> bool:
    if keyword == "reco_version":
        return _compares(condition.operator, _VERSIONS[value], _VERSIONS[condition.value])
    return _compares(condition.operator, value.casefold(), condition.value.casefold())


def _inherits(made: Made, condition: Condition, match: Match) -> bool:
    values = made.keywords[condition.name]
    if condition.state is not None:
        return len(values) > 1 if condition.state is State.MIXED else not values
    fitting = [_fits(condition.name, condition, value) for value in values]
    return any(fitting) and (match is Match.ANY or all(fitting))


def _expected(question: SearchQuestion) -> list[str]:
    chosen = [
        name
        for name, made in DATASETS.items()
        if all(_has_column(made, one) for one in question.columns)
        and all(_inherits(made, one, question.match) for one in question.keywords)
        and not any(
            _inherits(made, one, Match.ANY) if one.name in _KEYWORDS else _has_column(made, one)
            for one in question.excluded
        )
    ]
    # the last column first: sorting keeps the order of equals
    for column, is_descending in reversed(question.order):
        known = [name for name in chosen if DATASETS[name].row[column] is not None]
        known.sort(key=lambda name: DATASETS[name].row[column], reverse=is_descending)
        chosen = known + [name for name in chosen if DATASETS[name].row[column] is None]
    return chosen


# -- questions


def _conditions() -> st.SearchStrategy[Condition]:
    operators = st.sampled_from([one for one in Operator if one is not Operator.LIKE])
    of_columns = [
        st.builds(
            Condition,
            st.just(column),
            operators,
            st.sampled_from([str(value) for value in values if value is not None]),
            st.none(),
        )
        for column, values in _CHOICES.items()
    ]
    unknown = st.builds(
        Condition,
        st.sampled_from(_SORTED),
        st.just(Operator.EQUAL),
        st.just(""),
        st.just(State.UNKNOWN),
    )
    return st.one_of(*of_columns, unknown)


def _keyword_conditions() -> st.SearchStrategy[Condition]:
    versions = st.builds(
        Condition,
        st.just("reco_version"),
        st.sampled_from([one for one in Operator if one is not Operator.LIKE]),
        st.sampled_from(_KEYWORDS["reco_version"]),
        st.none(),
    )
    cuts = st.builds(
        Condition,
        st.just("applied_cuts"),
        st.sampled_from([Operator.EQUAL, Operator.UNEQUAL]),
        st.sampled_from(_KEYWORDS["applied_cuts"]),
        st.none(),
    )
    states = st.builds(
        Condition,
        st.sampled_from(sorted(_KEYWORDS)),
        st.just(Operator.EQUAL),
        st.just(""),
        st.sampled_from([State.MIXED, State.UNKNOWN]),
    )
    return st.one_of(versions, cuts, states)


def _column_of(order: Order) -> str:
    return order.column


_some = st.lists(_conditions(), max_size=2).map(tuple)
_some_keywords = st.lists(_keyword_conditions(), max_size=2).map(tuple)
_questions = st.builds(
    SearchQuestion,
    columns=_some,
    keywords=_some_keywords,
    excluded=st.lists(st.one_of(_conditions(), _keyword_conditions()), max_size=1).map(tuple),
    match=st.sampled_from(Match),
    order=st.lists(
        st.builds(Order, st.sampled_from(_SORTED), st.booleans()), max_size=3, unique_by=_column_of
    ).map(tuple),
)


@given(_questions, st.integers(3, 15))
@settings(max_examples=40)
def test_pages_of_any_size_are_what_was_searched_by_hand(
    archive: Services, question: SearchQuestion, limit: int
) -> None:
    expected = _expected(question)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        page = archive.search.search(replace(question, limit=limit, cursor=cursor))
        assert page.total == len(expected)
        assert len(page.items) == limit or page.next is None
        seen += names(page)
        cursor = page.next
        if cursor is None:
            break
    assert seen == expected
    assert names(archive.search.search(replace(question, limit=None))) == expected


@given(_questions)
@settings(max_examples=25)
def test_facets_are_counted_over_all_that_is_found(
    archive: Services, question: SearchQuestion
) -> None:
    facets = (*_SORTED, *_KEYWORDS)
    page = archive.search.search(replace(question, limit=1, facets=facets))
    chosen = [DATASETS[name] for name in _expected(question)]
    for facet in page.facets:
        if facet.name in _KEYWORDS:
            held = [made.keywords[facet.name] for made in chosen]
            counted = Counter(value for values in held for value in values)
            assert facet.mixed == sum(len(values) > 1 for values in held)
            assert facet.unknown == sum(not values for values in held)
        else:
            told = [made.row[facet.name] for made in chosen]
            counted = Counter(str(value) for value in told if value is not None)
            assert facet.unknown == told.count(None)
            assert facet.mixed == 0
        assert {one.value: one.datasets for one in facet.values} == counted
        order = [(-one.datasets, one.value) for one in facet.values]
        assert order == sorted(order)
