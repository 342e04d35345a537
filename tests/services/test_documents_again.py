"""The same again: bytes, logs that grow, activities whose state is told anew."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.catalogue import EX, ask, nodes, prov, push, rows, short, table_dump

from provstore.errors import ConflictError, RefusedDocumentError, UnknownReceiptError
from provstore.factory import Services
from provstore.model.ledger import Counts, Status
from provstore.model.lineage import Lineage

RUN = "1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a00"


def activity(number: int, status: str = "completed", **more: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON
    """As ctapipe logs it; it reads one file and, when completed, has written one."""
    told = {
        "activity_name": "ctapipe-process",
        "activity_uuid": f"{RUN}{number}",
        "status": status,
        "start": {"time_utc": "2025-10-01T22:00:00.000"},
        "system": {"ctapipe_version": "0.19.3"},
        "input": [{"url": f"/data/in{number}.h5", "role": "Event", "reference_meta": None}],
        "output": [],
    }
    if status == "completed":
        told["stop"] = {"time_utc": "2025-10-01T22:10:00.000"}
        told["output"] = [
            {"url": f"/data/out{number}.h5", "role": "DL1/Event", "reference_meta": None}
        ]
    return {**told, **more}


def log(*arrays: Sequence[dict[str, Any]]) -> bytes:
    """One JSON array after the other, as each run of a tool appends one."""
    return "".join(json.dumps(array, indent=3) for array in arrays).encode()


State = tuple[list[str], list[str], set[str]]
"""Status and end time of an activity, and what it has written."""

BAD = b'{"used": {"_:1": {"prov:activity": 7}}}'
FIRST, SECOND, THIRD = [activity(1)], [activity(2), activity(3)], [activity(4, "running")]


@pytest.mark.parametrize("source", [None, "host"])
@pytest.mark.parametrize("data", [prov("used(a, e) activity(a)"), log(FIRST)], ids=["prov", "log"])
def test_the_same_bytes_change_nothing(
    archive: Services, tmp_path: Path, data: bytes, source: str | None
) -> None:
    first = archive.ingest.push(data, source=source)
    assert first.created
    before = table_dump(tmp_path)
    again = archive.ingest.push(data, source=source)
    assert not again.created
    assert again.receipt == first.receipt
    assert table_dump(tmp_path) == before


def test_the_same_bytes_of_another_source_are_another_document(archive: Services) -> None:
    data = prov("used(a, e)")
    [one] = push(archive, data, source="lst1")
    [other] = push(archive, data, source="lst2")
    assert one.id != other.id
    assert other.new == Counts(0, 0)
    assert other.known == Counts(2, 1)


def test_a_receipt_counts_what_is_new(archive: Services) -> None:
    first, second = push(
        archive,
        prov("entity(e) activity(a) used(a, e)"),
        prov("entity(e) activity(b) used(a, e) used(b, e) wasGeneratedBy(x, b)"),
    )
    assert (first.new, first.known) == (Counts(2, 1), Counts(0, 0))
    assert (second.new, second.known) == (Counts(2, 2), Counts(2, 1))
    assert first.status is Status.ACCEPTED
    assert first.format == "prov-json"


# -- logs that grow


@pytest.mark.parametrize("source", [None, "host"])
def test_a_grown_log_stores_what_is_new(
    archive: Services, tmp_path: Path, source: str | None
) -> None:
    logs = [log(FIRST), log(FIRST, SECOND), log(FIRST, SECOND, THIRD)]
    counts = []
    for data in logs:
        push(archive, data, source=source)
        counts.append(rows(tmp_path, "SELECT count(*), sum(length(raw)) FROM part")[0])
    assert [count for count, _ in counts] == [1, 3, 4]
    assert rows(tmp_path, "SELECT count(DISTINCT sha), count(*) FROM part") == [(4, 4)]
    for receipt, data in zip(("1", "2", "3"), logs, strict=True):
        assert archive.ledger.raw(receipt) == data
    assert archive.maintenance.doctor() == []


def test_a_grown_log_keeps_its_ids_without_a_source(archive: Services) -> None:
    """The path of a file is a local id; the checksum of the log's first part qualifies it."""
    first, second = push(archive, log(FIRST), log(FIRST, SECOND))
    assert first.new.elements == second.known.elements == 4  # and tool, which both name
    answer = ask(archive, f"urn:uuid:{RUN}1")
    assert len(answer.roots) == 1
    assert len(ask(archive, "/data/in1.h5").roots) == 1


def test_raw_comes_back_byte_for_byte(archive: Services) -> None:
    odd = b"\n [ " + json.dumps(activity(1)).encode() + b" ,\t" + json.dumps(activity(2)).encode()
    odd += b"]\r\n\n" + log(THIRD) + b" \n"
    for source in (None, "a", "b"):
        [receipt] = push(archive, odd, source=source)
        assert archive.ledger.raw(receipt.id) == odd


@pytest.mark.parametrize("gone", [0, 1])
def test_one_of_two_versions_of_a_log_is_retracted(archive: Services, gone: int) -> None:
    receipts = push(archive, log(FIRST), log(FIRST, SECOND), source="host")
    archive.ingest.retract(receipts[gone].id)
    assert archive.maintenance.doctor() == []
    assert nodes(ask(archive, f"urn:uuid:{RUN}1")) == {
        f"urn:uuid:{RUN}1",
        "urn:provstore:host:/data/in1.h5",
    }
    left = archive.lineage.gaps().items
    inputs = {gap.id.rpartition("/")[2] for gap in left}
    assert inputs == ({"in1.h5", "in2.h5", "in3.h5"} if gone == 0 else {"in1.h5"})
    assert archive.ledger.raw(receipts[1].id) == log(FIRST, SECOND)


# -- an activity told again


def state(archive: Services, number: int = 1) -> State:
    """Status and end time of an activity, and what it has written."""
    element = archive.lineage.element(f"urn:uuid:{RUN}{number}")
    told: dict[str, list[str]] = {}
    for attribute in element.attributes:
        told.setdefault(attribute["name"].rpartition(":")[2].rpartition("#")[2], []).append(
            attribute["value"]
        )
    answer = ask(archive, f"urn:provstore:host:/data/out{number}.h5") if "endTime" in told else None
    return told["status"], told.get("endTime", []), _written(answer)


def _written(answer: Lineage | None) -> set[str]:
    edges = () if answer is None else answer.edges
    return {short(edge.source) for edge in edges if edge.kind == "wasGeneratedBy"}


RUNNING: State = (["running"], [], set())
DONE: State = (["completed"], ["2025-10-01T22:10:00.000"], {"urn:provstore:host:/data/out1.h5"})
NOW, LATER = log([activity(1, "running")]), log([activity(1)])


def without_z(
    found: tuple[list[str], list[str], set[str]],
) -> tuple[list[str], list[str], set[str]]:
    """Whether the reader marks the times of a log as UTC is its own business."""
    return found[0], [time.removesuffix("Z") for time in found[1]], found[2]


def test_the_later_state_stands_in_place_of_the_earlier(archive: Services) -> None:
    push(archive, NOW, source="host")
    assert without_z(state(archive)) == RUNNING
    push(archive, LATER, source="host")
    assert without_z(state(archive)) == DONE
    assert archive.maintenance.doctor() == []


def test_retracting_the_later_restores_the_earlier(archive: Services, tmp_path: Path) -> None:
    _, later = push(archive, NOW, LATER, source="host")
    archive.ingest.retract(later.id)
    assert without_z(state(archive)) == RUNNING
    assert archive.maintenance.doctor() == []
    push(archive, LATER, source="host")
    assert without_z(state(archive)) == DONE
    assert archive.maintenance.doctor() == []


def test_retracting_the_earlier_leaves_the_later(archive: Services) -> None:
    earlier, later = push(archive, NOW, LATER, source="host")
    archive.ingest.retract(earlier.id)
    assert without_z(state(archive)) == DONE
    archive.ingest.retract(later.id)
    assert archive.maintenance.health()["elements"] == 0


def test_both_states_in_one_log(archive: Services) -> None:
    [both] = push(archive, log([activity(1, "running")], [activity(1)]), source="host")
    assert without_z(state(archive)) == DONE
    archive.ingest.retract(both.id)
    assert archive.maintenance.health()["elements"] == 0


def test_an_old_state_told_again_does_not_come_back(archive: Services) -> None:
    """The log of before, with another activity behind it: `running` was told first."""
    push(archive, NOW, LATER, log([activity(1, "running")], [activity(2)]), source="host")
    assert without_z(state(archive)) == DONE
    assert archive.maintenance.doctor() == []


def test_states_of_two_sources_stand_beside_one_another(archive: Services) -> None:
    push(archive, LATER, source="host")
    push(archive, NOW, source="mirror")
    assert sorted(state(archive)[0]) == ["completed", "running"]


def test_a_prov_document_never_replaces_another(archive: Services) -> None:
    push(archive, prov("activity(a)", {"a": {"ex:status": "running"}}))
    push(archive, prov("activity(a)", {"a": {"ex:status": "completed"}}))
    told = [attribute["value"] for attribute in archive.lineage.element(EX + "a").attributes]
    assert sorted(told) == ["completed", "running"]


# -- retraction and correction


def test_retraction_takes_back_what_only_one_document_said(archive: Services) -> None:
    label, version = {"a": {"prov:label": "x"}}, {"a": {"ex:version": "2"}}
    first, second = push(
        archive,
        prov("activity(a) used(a, e) used(a, f)", label),
        prov("activity(a) used(a, e)", version),
    )
    archive.ingest.retract(first.id)
    answer = ask(archive, "a")
    assert nodes(answer) == {"a", "e"}
    element = archive.lineage.element(EX + "a")
    assert [(a["name"], a["value"]) for a in element.attributes] == [(EX + "version", "2")]
    assert element.asserted_by == [second.id]
    assert archive.ledger.receipt(first.id).status is Status.RETRACTED
    assert archive.ledger.raw(first.id) == prov("activity(a) used(a, e) used(a, f)", label)


def test_what_is_retracted_can_be_pushed_again(archive: Services) -> None:
    data = prov("used(a, e)")
    [first] = push(archive, data)
    archive.ingest.retract(first.id)
    [second] = push(archive, data)
    assert second.id != first.id
    assert second.replaces == first.id
    assert archive.ledger.receipt(first.id).replaced_by == second.id
    assert nodes(ask(archive, "a")) == {"a", "e"}


def test_retraction_is_of_accepted_documents(archive: Services) -> None:
    [receipt] = push(archive, prov("used(a, e)"))
    archive.ingest.retract(receipt.id)
    with pytest.raises(ConflictError):
        archive.ingest.retract(receipt.id)
    for name in ("2", "0", "x", "-1", "refused-1", "9" * 40):
        with pytest.raises(UnknownReceiptError):
            archive.ingest.retract(name)


def test_a_correction_is_both_or_neither(archive: Services, tmp_path: Path) -> None:
    [wrong] = push(archive, prov("used(a, wrong)"))
    right = archive.ingest.push(prov("used(a, right)"), replaces=wrong.id).receipt
    assert right.replaces == wrong.id
    assert archive.ledger.receipt(wrong.id).replaced_by == right.id
    assert nodes(ask(archive, "a")) == {"a", "right"}
    before = nodes(ask(archive, "a"))
    with pytest.raises(RefusedDocumentError):
        archive.ingest.push(BAD, replaces=right.id)
    with pytest.raises(ConflictError):
        archive.ingest.push(prov("used(a, x)"), replaces=wrong.id)
    with pytest.raises(UnknownReceiptError):
        archive.ingest.push(prov("used(a, x)"), replaces="77")
    assert archive.ledger.receipt(right.id).status is Status.ACCEPTED
    assert nodes(ask(archive, "a")) == before
    assert rows(tmp_path, "SELECT count(*) FROM document") == [(2,)]


def test_a_refusal_changes_nothing_but_its_log(archive: Services, tmp_path: Path) -> None:
    push(archive, prov("used(a, e)"))
    before = table_dump(tmp_path)
    for _ in range(2):
        with pytest.raises(RefusedDocumentError):
            archive.ingest.push(BAD, source="host")
    after = table_dump(tmp_path)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"refusal", "counter"}
    page = archive.ledger.receipts(status=Status.REFUSED)
    assert [receipt.id for receipt in page.items] == ["refused-2", "refused-1"]
    assert archive.ledger.receipts().total == 1


def test_a_dry_run_stores_nothing(archive: Services, tmp_path: Path) -> None:
    before = table_dump(tmp_path)
    checked = archive.ingest.check(prov("entity(e) used(-, e)"))
    assert [f.rule for f in checked] == ["prov/missing-end"]
    with pytest.raises(RefusedDocumentError):
        archive.ingest.check(BAD)
    assert table_dump(tmp_path) == before


def test_a_named_relation_told_twice_is_one_edge(archive: Services) -> None:
    for name, role, note in (("one", "events", "first"), ("two", None, "second")):
        told: dict[str, Any] = {"prov:activity": "ex:a", "prov:entity": "ex:e", "ex:note": note}
        document = {
            "prefix": {"ex": "http://example.org/"},
            "activity": {"ex:a": {"ex:from": name}},
            "entity": {"ex:e": {}},
            "used": {"ex:use": told | ({"prov:role": role} if role else {})},
        }
        archive.ingest.push(json.dumps(document).encode())
    [edge] = ask(archive, "http://example.org/a").edges
    assert (edge.kind, edge.id, edge.role) == ("used", "http://example.org/use", "events")
    assert json.loads(edge.attributes or "{}") == {"ex:note": ["first", "second"]}


def test_a_relation_of_one_id_with_two_pairs_of_ends_is_a_finding(archive: Services) -> None:
    uses = [{"prov:activity": "ex:a", "prov:entity": name} for name in ("ex:e", "ex:f")]
    document = {"prefix": {"ex": "http://example.org/"}, "used": {"ex:use": uses}}
    receipt = archive.ingest.push(json.dumps(document).encode()).receipt
    [finding] = [f for f in receipt.findings if f.rule == "identity/relation-ends-differ"]
    assert finding.value == "http://example.org/use"
    assert receipt.new.relations == 2


@pytest.mark.parametrize(
    ("statements", "around"),
    [
        ("wasDerivedFrom(e, e)", "e → e"),
        ("used(a, e) wasGeneratedBy(e, a)", "a → e → a"),
        ("wasDerivedFrom(e, f) wasDerivedFrom(f, g) wasDerivedFrom(g, e)", "e → f → g → e"),
    ],
)
def test_a_cycle_is_taken_and_reported(archive: Services, statements: str, around: str) -> None:
    [receipt] = push(archive, prov(statements))
    [finding] = [f for f in receipt.findings if f.rule == "prov/cycle"]
    told = finding.message.partition("(")[2].partition(")")[0].replace(EX, "")
    # it may be told from any of its members on
    steps = told.split(" → ")
    turned = [" → ".join(steps[i:-1] + steps[: i + 1]) for i in range(len(steps) - 1)]
    assert around in turned
