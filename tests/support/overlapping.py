"""Strategies for documents that speak about the same few things, and contradict one another."""

import json
from typing import Any, Final

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from provstore.model.identifiers import PARAMETER
from provstore.model.vocabulary import CONFIGURED, MEMBER, RELATIONS, RelationType

UUID: Final = "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
LOGGED: Final = "aa0e8f6c-52c1-4d0e-8f3b-0c6a1d2e3f01"
"""The file of the logs: documents name it and tell nothing of it, since what a log tells has the
place of the log's first version, which may be gone."""
DID: Final = "ivo://example.org/cta?dl3/7"
_PREFIXES: Final[list[dict[str, str]]] = [
    {"ex": "http://example.org/", "cta": "urn:x-provstore:cta:", "param": PARAMETER},
    {
        "ex": "http://example.org/",
        "terms": "http://example.org/terms#",
        "cta": "urn:x-provstore:cta:",
        "param": PARAMETER,
    },
]
_NAMES: Final = ("ex:e1", "ex:e2", "ex:a1", "ex:g1", "run1", UUID, DID, "_:b1")
_BUNDLES: Final = ("ex:b1", "ex:e1")
_DIGEST: Final = "d41d8cd98f00b204e9800998ecf8427e"

_names: SearchStrategy[str] = st.sampled_from(_NAMES)
_ends: SearchStrategy[str] = st.sampled_from((*_NAMES, LOGGED))
_values: dict[str, SearchStrategy[Any]] = {
    "prov:label": st.sampled_from(["one", "two", ["two", "one"]]),
    "ex:version": st.sampled_from(["1", "2"]),
    "ex:terms#unit": st.sampled_from(["m", {"$": "m", "lang": "en"}]),
    "prov:type": st.sampled_from(
        [
            {"$": "voprov:DatasetEntity", "type": "prov:QUALIFIED_NAME"},
            {"$": "prov:Collection", "type": "prov:QUALIFIED_NAME"},
            {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"},
            "DL2",
        ]
    ),
    "param:two": st.sampled_from(
        ["1", ["1", "1e0"], {"$": "ex:one", "type": "prov:QUALIFIED_NAME"}]
    ),
    "voprov:value": st.sampled_from(["1", "2"]),
    "cta:CTA PRODUCT ID": st.just(UUID),
    "cta:CTA PRODUCT DATA LEVELS": st.sampled_from(["DL1", "DL1,DL2"]),
    "ex:obs_publisher_did": st.just(DID),
    "ex:doi": st.sampled_from(["10.5281/x", "https://doi.org/10.5281/X"]),
    "prov:location": st.sampled_from(["/data/a/f.fits", "https://example.org/f.fits"]),
    "ex:generatedAtTime": st.sampled_from(["2025-10-01T22:00:00", "2025-10-01T23:00:00+01:00"]),
}
_FILE: Final = {"ex:md5": _DIGEST, "ex:size": "12", "prov:location": "/data/a/f.fits"}
_PARAMETER: Final = {
    "prov:type": {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"},
    "prov:label": "two",
    "voprov:value": "1",
}
_datasets: SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "ex:obs_publisher_did": st.just(DID),
        "ex:obs_id": st.sampled_from(["7", "8"]),
        "ex:obs_collection": st.just("DL3"),
        "ex:calib_level": st.sampled_from(["2", "9"]),
    },
    optional={"ex:dataproduct_subtype": st.sampled_from(["DL3", "DL4"])},
)
"""A record of ObsCore, unless the level is none or two bundles tell it differently."""
_attributes: SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({}, optional=_values),
    st.dictionaries(st.sampled_from(["prov:label", "ex:version"]), st.sampled_from(["1", "2"])),
    st.just(_FILE),
    st.just(_PARAMETER),
    _datasets,
    st.just({}),
)
_times: SearchStrategy[str] = st.sampled_from(["2025-10-01T22:00:00", "2025-10-01T23:30:00Z"])


@st.composite
def _relation(draw: st.DrawFn) -> tuple[str, str, dict[str, Any]]:
    kind = draw(st.sampled_from((*RELATIONS[:4], CONFIGURED, *RELATIONS)))
    space = "voprov" if kind.ivoa_marker else "prov"
    record: dict[str, Any] = {}
    for end in kind.ends:
        name = draw(st.one_of(st.none(), _ends) if kind is not MEMBER else _ends)
        if name is not None and not end.is_relation:
            record[f"{space}:{end.name}"] = name
    name = draw(st.sampled_from(["_:r1", "_:r2", "ex:r1"]))
    if kind is MEMBER:
        return kind.name, "_:" + draw(st.sampled_from("mn")), record
    return kind.name, name, record | _more(draw, kind)


def _more(draw: st.DrawFn, kind: RelationType) -> dict[str, Any]:
    more: dict[str, Any] = {}
    if kind.has_time and draw(st.booleans()):
        more["prov:time"] = draw(_times)
    if draw(st.booleans()):
        more["prov:role"] = draw(st.sampled_from(["in", ["in", "out"]]))
    if draw(st.booleans()):
        more["ex:terms#weight"] = "1"
    return more


@st.composite
def _statements(draw: st.DrawFn) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for kind in draw(st.lists(st.sampled_from(["entity", "activity", "agent"]), max_size=4)):
        content.setdefault(kind, {})[draw(_names)] = draw(_attributes)
    for name, iri, record in draw(st.lists(_relation(), max_size=4)):
        content.setdefault(name, {})[iri] = record
    return content


@st.composite
def prov_documents(draw: st.DrawFn) -> bytes:
    """PROV-JSON over a pool of eight names, in bundles and outside of them."""
    content = {"prefix": draw(st.sampled_from(_PREFIXES)), **draw(_statements())}
    bundles = draw(st.lists(st.sampled_from(_BUNDLES), max_size=2, unique=True))
    if bundles:
        content["bundle"] = {name: draw(_statements()) for name in bundles}
    return json.dumps(content).encode()


_COLUMNS: Final = (
    "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,"
    "dataproduct_subtype,target_name,CTA PRODUCT ID"
)


@st.composite
def obscore_tables(draw: st.DrawFn) -> bytes:
    """ObsCore records of one dataset or two."""
    dids = draw(st.sampled_from([[DID], [DID, "ivo://example.org/cta?dl3/8"]]))
    lines = [_COLUMNS]
    for did in dids:
        target = draw(st.sampled_from(["Crab Nebula", "PKS 2155-304"]))
        product = draw(st.sampled_from([UUID, ""]))
        lines.append(f"{did},7,DL3,2,event,DL3,{target},{product}")
    return "\n".join(lines).encode()


_RUNS: Final = tuple(f"1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a00{n}" for n in (1, 2))


@st.composite
def log_activities(draw: st.DrawFn) -> str:
    """One activity as ctapipe logs it, at some point of its life."""
    number = draw(st.sampled_from([0, 1]))
    state = draw(st.sampled_from(["running", "completed", "error"]))
    told: dict[str, Any] = {
        "activity_name": f"tool{number}",
        "activity_uuid": _RUNS[number],
        "status": state,
        "start": {"time_utc": "2025-10-01T22:00:00.000"},
        "system": {"ctapipe_version": "0.19.3"},
        "input": [{"url": "/data/a/f.fits", "role": "Event", "reference_meta": None}],
    }
    if state != "running":
        told["stop"] = {"time_utc": "2025-10-01T22:10:00.000"}
        meta = {"CTA PRODUCT ID": LOGGED, "CTA ACTIVITY ID": _RUNS[number]}
        told["output"] = [{"url": "/data/b/g.fits", "role": "DL1", "reference_meta": meta}]
    return json.dumps(told, indent=1)


def log_of(activities: list[str]) -> bytes:
    """The log to which each run appended an array with its one activity."""
    return "".join(f"[\n{activity}\n]" for activity in activities).encode()
