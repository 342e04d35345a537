"""Seeded documents of the shapes that the benchmarks need."""

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any, Final

Sections = dict[str, dict[str, Any]]


def pipeline_document(records: int, seed: int = 1) -> bytes:
    """A PROV-JSON document of ``records`` statements: a chain of jobs, ten statements each."""
    sections: Sections = {}
    chance = random.Random(seed)
    for job in range(records // 10):
        _job(sections, job, chance)
    prefixes = {"ex": "http://example.org/run/", "cta": "http://example.org/cta#"}
    return json.dumps({"prefix": prefixes, **sections}).encode()


def _job(sections: Sections, job: int, chance: random.Random) -> None:
    def tell(section: str, name: str, record: dict[str, Any]) -> None:
        sections.setdefault(section, {})[name] = record

    start = f"2026-01-{1 + job % 28:02}T{job % 24:02}:{job % 60:02}:00Z"
    activity, before, made = f"ex:job{job}", f"ex:file{job}", f"ex:file{job + 1}"
    tell(
        "activity",
        activity,
        {
            "prov:label": "reconstruct",
            "prov:startTime": start,
            "prov:endTime": start,
            "cta:threshold": {"$": f"{chance.random():.3f}", "type": "xsd:double"},
            "cta:version": "0.19.0",
        },
    )
    for name, label in ((made, "events"), (f"ex:log{job}", "log"), (f"ex:cal{job}", "calibration")):
        tell(
            "entity",
            name,
            {
                "prov:label": {"$": label, "lang": "en"},
                "prov:location": f"/data/{name[3:]}.fits",
                "cta:size": {"$": str(chance.randrange(10**6)), "type": "xsd:int"},
                "prov:type": {"$": "cta:File", "type": "prov:QUALIFIED_NAME"},
            },
        )
    tell("agent", f"ex:operator{job % 20}-{job}", {"prov:label": f"operator {job % 20}"})
    tell("used", f"_:u{job}", {"prov:activity": activity, "prov:entity": before, "prov:role": "in"})
    tell("used", f"_:c{job}", {"prov:activity": activity, "prov:entity": f"ex:cal{job}"})
    for index, name in enumerate((made, f"ex:log{job}")):
        record = {"prov:activity": activity, "prov:entity": name, "prov:time": start}
        tell("wasGeneratedBy", f"_:g{job}-{index}", record)
    operator = f"ex:operator{job % 20}-{job}"
    tell("wasAssociatedWith", f"_:a{job}", {"prov:activity": activity, "prov:agent": operator})


def observatory(runs: int, *, runs_per_product: int = 70, merged: int = 1) -> Iterator[bytes]:
    """PROV-JSON documents of a Cherenkov archive: DL0 to DL3 per run, DL4 of many runs.

    Night calibrations and an instrument model are shared, as in a real archive; the closure of a
    DL4 product has about 45 nodes per run of it. As many runs as ``merged`` says are told in one
    document, which is stored quicker and says the same.
    """
    yield _document(_shared(runs))
    for first in range(0, runs, merged):
        yield _document(_united(_run(run) for run in range(first, min(first + merged, runs))))
    for product in range(runs // runs_per_product):
        first = product * runs_per_product
        yield _document(_product(product, range(first, first + runs_per_product)))


def job_document(job: int) -> bytes:
    """What an archive is told of one job while it runs: ten records."""
    sections: Sections = {}
    _job(sections, job, random.Random(job))
    prefixes = {"ex": "http://example.org/late/", "cta": "http://example.org/cta#"}
    return json.dumps({"prefix": prefixes, **sections}).encode()


def diamonds(levels: int) -> bytes:
    """Each entity is derived from two, which are both derived from the next: 2^levels paths."""
    name = f"ex:diamond{levels}"
    arrows = [
        pair
        for level in range(levels)
        for side in "ab"
        for pair in (
            (f"{name}-{level}", f"{name}-{level}{side}"),
            (f"{name}-{level}{side}", f"{name}-{level + 1}"),
        )
    ]
    return _derived(arrows)


def chain(links: int) -> bytes:
    """Each entity is derived from the next."""
    return _derived([(f"ex:chain{links}-{n}", f"ex:chain{links}-{n + 1}") for n in range(links)])


def _derived(arrows: Iterable[tuple[str, str]]) -> bytes:
    records = {
        f"_:d{number}": {"prov:generatedEntity": made, "prov:usedEntity": used}
        for number, (made, used) in enumerate(arrows)
    }
    return _document({"wasDerivedFrom": records})


def _united(documents: Iterable[Sections]) -> Sections:
    """One document that says what several say; what has no name of its own gets another."""
    united: Sections = {}
    for number, sections in enumerate(documents):
        for kind, records in sections.items():
            told = united.setdefault(kind, {})
            for name, record in records.items():
                told[f"{name}-{number}" if name.startswith("_:") else name] = record
    return united


_PREFIX = {"ex": "http://example.org/obs/"}
_TELESCOPES = 13
_RUNS_PER_NIGHT = 40


def _document(sections: Sections) -> bytes:
    return json.dumps({"prefix": _PREFIX, **sections}).encode()


CALIBRATIONS: Final = ("0.20", "0.21", "0.22", "0.23", "0.24", "0.25")
"""Versions that calibrate, one a night in turn."""
TARGETS: Final = tuple(f"HESS J{4 * number:02}00+22" for number in range(6))


def did(name: str) -> str:
    """The identifier under which the archive has a file."""
    return f"ivo://observatory.example/obs?{name}"


def records(runs: int, levels: Iterable[str] = ("dl3", "dl4"), size: int = 10_000) -> list[bytes]:
    """ObsCore records of files of these levels as CSV tables of so many rows.

    Targets are spread so that each has products of several versions of the calibration.
    """
    rows = [row for level in levels for row in _records(level, runs)]
    head = (
        "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,dataproduct_subtype,"
        "target_name,s_ra,s_dec,t_min,t_max,data_rights"
    )
    return [
        "\n".join([head, *rows[first : first + size]]).encode()
        for first in range(0, len(rows), size)
    ]


def _records(level: str, runs: int) -> Iterator[str]:
    if level == "dl4":
        names = [(f"dl4-{product}", product * 70) for product in range(runs // 70)]
    elif level == "dl1":
        names = [(f"dl1-{run}-{n}", run) for run in range(runs) for n in range(_TELESCOPES)]
    else:
        names = [(f"{level}-{run}", run) for run in range(runs)]
    for number, (name, run) in enumerate(names):
        place = number % len(TARGETS)
        night = 60_000 + run // _RUNS_PER_NIGHT
        rights = ("public", "proprietary")[run % 2]
        yield (
            f"{did(name)},{run},DCO,{min(int(level[2]), 4)},event,{level.upper()},"
            f"{TARGETS[place]},{60 * place},22,{night},{night}.5,{rights}"
        )


def _entity(label: str, level: str) -> dict[str, Any]:
    """About 400 bytes of attributes, as the files of a pipeline carry."""
    return {
        "ex:obs_publisher_did": did(label),
        "prov:label": label,
        "prov:type": level,
        "prov:location": f"/archive/site-north/2026/01/{label}.h5",
        "voprov:generatedAtTime": "2026-01-01T00:30:00Z",
        "ex:format": "application/x-hdf5",
        "ex:size": {"$": str(sum(map(ord, label)) * 4711), "type": "xsd:long"},
        "ex:dataModel": "ASWG v7.6.0 https://observatory.example/data-model",
        "ex:category": "Observation",
        "ex:association": "Subarray",
        "ex:site": "North",
    }


def _activity(label: str, version: str) -> dict[str, Any]:
    """About 400 bytes of attributes: times, version and some of a tool's parameters."""
    times = {"prov:startTime": "2026-01-01T00:00:00Z", "prov:endTime": "2026-01-01T00:30:00Z"}
    parameters = {f"ex:{label}.Cleaner.threshold_{n}": str(n * 1.25) for n in range(6)}
    return {"prov:label": label, "voprov:version": version, **times, **parameters}


def _shared(runs: int) -> Sections:
    nights = {
        f"ex:cal{night}": _entity(f"cal{night}", "CALFILE")
        for night in range(runs // _RUNS_PER_NIGHT + 1)
    }
    return {"entity": {"ex:model": _entity("model", "MODEL"), **nights}}


def _run(run: int) -> Sections:
    sections: Sections = {"entity": {}, "activity": {}, "used": {}, "wasGeneratedBy": {}}

    def made(name: str, level: str, activity: str) -> None:
        sections["entity"][name] = _entity(name[3:], level)
        record = {"prov:entity": name, "prov:activity": activity, "prov:role": "out"}
        sections["wasGeneratedBy"][f"_:g{len(sections['wasGeneratedBy'])}"] = record

    def used(activity: str, name: str, role: str) -> None:
        record = {"prov:activity": activity, "prov:entity": name, "prov:role": role}
        sections["used"][f"_:u{len(sections['used'])}"] = record

    reco, select = f"ex:reco{run}", f"ex:select{run}"
    sections["activity"] |= {reco: _activity("reco", "0.19"), select: _activity("select", "1.0")}
    version = CALIBRATIONS[run // _RUNS_PER_NIGHT % len(CALIBRATIONS)]
    for telescope in range(_TELESCOPES):
        calibrate, name = f"ex:calib{run}-{telescope}", f"{run}-{telescope}"
        sections["activity"][calibrate] = _activity("calibrate", version)
        sections["entity"][f"ex:dl0-{name}"] = _entity(f"dl0-{name}", "DL0")
        used(calibrate, f"ex:dl0-{name}", "raw")
        used(calibrate, f"ex:cal{run // _RUNS_PER_NIGHT}", "calibration")
        made(f"ex:dl1-{name}", "DL1", calibrate)
        used(reco, f"ex:dl1-{name}", "images")
    used(reco, "ex:model", "model")
    made(f"ex:dl2-{run}", "DL2", reco)
    used(select, f"ex:dl2-{run}", "events")
    made(f"ex:dl3-{run}", "DL3", select)
    return sections


def _product(product: int, runs: range) -> Sections:
    activity, name = f"ex:analysis{product}", f"ex:dl4-{product}"
    used = {
        f"_:u{run}": {"prov:activity": activity, "prov:entity": f"ex:dl3-{run}"} for run in runs
    }
    return {
        "entity": {name: _entity(f"dl4-{product}", "DL4")},
        "activity": {activity: _activity("analysis", "2.1")},
        "used": used,
        "wasGeneratedBy": {"_:g": {"prov:entity": name, "prov:activity": activity}},
    }
