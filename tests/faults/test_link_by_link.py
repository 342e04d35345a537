"""Chains told link by link by several processes at once: what follows is what follows from all."""

import json
from collections.abc import Iterator, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from support.content import content
from support.engines import empty_catalogue, settings
from support.processes import FORKS, doctor

from provstore import factory
from provstore.config import Settings
from provstore.model.lineage import Direction, Lineage, LineageQuestion

PROCESSES: Final = 4
CHAINS: Final = 4
LINKS: Final = 30
EX: Final = "http://example.org/"
Document = dict[str, dict[str, Any]]


def _link(chain: int, number: int) -> Document:
    """One job: it reads what the one before it made, under another name with the same DOI.

    Every third result is a member of the chain's collection.
    """
    job, made, read = (f"ex:{chain}/{name}{number}" for name in ("job", "made", "read"))
    entities: dict[str, Any] = {
        read: {"ex:doi": f"10.5281/{chain}.{number}"},
        made: {"ex:doi": f"10.5281/{chain}.{number + 1}", "prov:label": f"made {number}"},
    }
    document: Document = {
        "entity": entities,
        "activity": {job: {"prov:label": f"job {number}", "ex:version": f"1.{chain}"}},
        "agent": {"ex:array": {"prov:label": "array"}},
        "used": {f"_:u{job}": {"prov:activity": job, "prov:entity": read}},
        "wasGeneratedBy": {f"_:g{job}": {"prov:entity": made, "prov:activity": job}},
        "wasAssociatedWith": {f"_:w{job}": {"prov:activity": job, "prov:agent": "ex:array"}},
    }
    if number % 3 == 0:
        members = f"ex:{chain}/all"
        entities[members] = {"prov:type": {"$": "prov:Collection", "type": "prov:QUALIFIED_NAME"}}
        document["hadMember"] = {f"_:m{job}": {"prov:collection": members, "prov:entity": made}}
    return document


def _as_bytes(documents: Sequence[Document]) -> bytes:
    whole: Document = {"prefix": {"ex": EX}}
    for document in documents:
        for section, records in document.items():
            whole.setdefault(section, {}).update(records)
    return json.dumps(whole).encode()


def _push(chosen: Settings, documents: Sequence[bytes], barrier: Barrier | None = None) -> None:
    """Push all in turn, from the moment at which all processes are ready."""
    services = factory.build(chosen)
    try:
        if barrier is not None:
            barrier.wait()
        for data in documents:
            assert services.ingest.push(data).created
    finally:
        services.close()


def _push_from_processes(chosen: Settings, documents: Sequence[bytes]) -> None:
    barrier = FORKS.Barrier(PROCESSES)
    processes = [
        FORKS.Process(target=_push, args=(chosen, documents[first::PROCESSES], barrier))
        for first in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * PROCESSES


def _lineages(chosen: Settings) -> Iterator[Lineage]:
    """Where the end of each chain comes from, and what its beginning came to."""
    services = factory.build(chosen)
    try:
        for chain in range(CHAINS):
            last, first = f"{EX}{chain}/made{LINKS - 1}", f"{EX}{chain}/read0"
            yield services.lineage.ask(LineageQuestion((last,)))
            yield services.lineage.ask(LineageQuestion((first,), Direction.FORTH))
    finally:
        services.close()


@pytest.mark.slow
@pytest.mark.usefixtures("engine")
def test_links_from_four_processes_in_any_order_make_whole_chains(tmp_path: Path) -> None:
    places = [tmp_path / name for name in ("many", "one", "whole")]
    for place in places:
        empty_catalogue(place)
    many, one, whole = map(settings, places)
    links = [_link(chain, number) for chain in range(CHAINS) for number in range(LINKS)]
    documents = [_as_bytes([link]) for link in links]
    _push(one, documents)
    _push(whole, [_as_bytes(links)])
    Random(4).shuffle(documents)  # noqa: S311  an order, no secret
    _push_from_processes(many, documents)

    assert doctor(places[0]) == []
    should, is_ = content(places[1]), content(places[0])
    for name, told in should.items():
        assert is_[name] == told, name
    _check_lineages(list(_lineages(many)), list(_lineages(whole)))
    services = factory.build(many)
    services.maintenance.rebuild()
    services.close()
    assert content(places[0]) == is_


def _check_lineages(found: Sequence[Lineage], should: Sequence[Lineage]) -> None:
    for one, other in zip(found, should, strict=True):
        assert _told(one) == _told(other)
    # by hand: a job and a file for each link, the first file, and the array
    back = found[0]
    assert len(back.nodes) == 2 * LINKS + 2
    assert len(back.edges) == 3 * LINKS
    assert max(node.depth for node in back.nodes) == 2 * LINKS


def _told(lineage: Lineage) -> tuple[list[Any], list[Any]]:
    """Nodes and edges, each node by the first of its IRIs: which one stands for it is arbitrary."""
    name = {node.id: min(node.id, *node.same) for node in lineage.nodes}
    nodes = [(name[n.id], sorted((n.id, *n.same)), n.depth, n.steps) for n in lineage.nodes]
    return sorted(nodes), sorted((e.kind, name[e.source], name[e.target]) for e in lineage.edges)
