"""Whatever stands under the keys of records, a log is read or refused; nothing else happens."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provstore.errors import RefusedDocumentError
from provstore.importers.registry import read_document
from provstore.model.vocabulary import Kind

KEYS = (
    "activity_id", "name", "startTime", "endTime", "in_session", "agent_name", "parameters",
    "used_id", "used_role", "generated_id", "generated_role", "entity_id", "progenitor_id",
    "member_id", "session_id", "config_file", "config_file_hash", "software_version",
    "definitions", "filepath", "location", "value", "hash", "hash_type", "type", "contentType",
    "size", "generated_time", "session_tag", "system", "entity_description", "other",
)  # fmt: skip
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(["", "a", "b", "_:x", "file:5", "2026-01-17T20:00:00", "x:y", "\0", "\ud800"]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(
            st.sampled_from([*KEYS, "", "activities", "usage", "role"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
RECORDS = st.dictionaries(st.sampled_from(KEYS) | st.integers(0, 3), VALUES, min_size=1, max_size=6)
MARKS = st.sampled_from(
    [
        "",
        "INFO _PROV_2026-01-17T20:00:00_PROV_",
        "INFO x __PROV__2026-01-17T20:00:00.1__PROV__",
        "x",
    ]
)


@pytest.mark.parametrize("name", ["lstosa", "logprov"])
@given(lines=st.lists(st.tuples(MARKS, RECORDS), max_size=6))
def test_records_of_anything_are_read_or_refused(name: str, lines: list[tuple[str, Any]]) -> None:
    text = "".join(f"{mark}{record!r}\n" for mark, record in lines)
    log = text.encode(errors="surrogatepass")
    try:
        result = read_document(log, format=name)
    except RefusedDocumentError:
        return
    end = 0
    for part in result.parts:
        assert end <= part.start < part.end <= len(log)
        end = part.end
        (again,) = read_document(log[part.start : part.end], format=name).parts
        assert again.document == part.document
        repr(part.document.elements).encode()
        assert all(isinstance(telling.kind, Kind) for telling in part.document.elements)
        assert all(relation.key for relation in part.document.relations)
