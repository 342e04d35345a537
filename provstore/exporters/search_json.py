"""What is found as JSON: the keys that users and other programs rely on."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from provstore.model.discovery import KeywordFound
from provstore.model.obscore import COLUMNS
from provstore.model.search import Facet, FacetValue, Hit, SearchPage

JsonObject = dict[str, Any]


def hit_shape(hit: Hit) -> JsonObject:
    """A dataset: all columns of its record, null where it has no value, and its keywords."""
    values = hit.record.values
    return {column.name: values.get(column.name) for column in COLUMNS} | {
        "keywords": {
            name: {"state": inherited.state.value, "values": list(inherited.values)}
            for name, inherited in hit.keywords.items()
        },
        "complete": hit.complete,
    }


def facet_shape(facet: Facet) -> JsonObject:
    """The values of a column or keyword, with the datasets that have them."""
    return {
        "name": facet.name,
        "values": _counts(facet.values),
        "mixed": facet.mixed,
        "unknown": facet.unknown,
    }


def page_shape(page: SearchPage) -> JsonObject:
    """A page; ``next`` is what it is given as."""
    return {
        "items": [hit_shape(hit) for hit in page.items],
        "total": page.total,
        "next": page.next,
        "facets": [facet_shape(facet) for facet in page.facets],
        "adql": page.adql,
        "notes": list(page.notes),
    }


def keyword_shape(found: KeywordFound) -> JsonObject:
    """A keyword with its values, and the datasets that have it by collection, level and type."""
    keyword, facet = found.keyword, found.facet
    return {
        "name": keyword.name,
        "type": keyword.kind.value,
        "unit": keyword.unit,
        "ucd": keyword.ucd,
        "description": keyword.description,
        "origin": found.origin,
        "kept": found.is_kept,
        "values": _counts(facet.values),
        "least": found.least,
        "most": found.most,
        "mixed": facet.mixed if found.is_kept else None,
        "unknown": facet.unknown if found.is_kept else None,
        **{name: _counts(values) for name, values in found.groups.items()},
    }


def write_search_json(page: SearchPage) -> Iterator[bytes]:
    """A page as one chunk."""
    yield orjson.dumps(page_shape(page))


def _counts(values: Iterable[FacetValue]) -> list[JsonObject]:
    return [{"value": one.value, "count": one.datasets} for one in values]
