"""Names at the limit are stored and found on every engine, longer ones are refused by their place.

PostgreSQL takes at most 2,704 bytes into an entry of an index, compressed where that helps: the
names here do not compress.
"""

import json
import random
import string
from typing import Any

import pytest
from support.catalogue import EX, ask, prov, push

from provstore.errors import RefusedDocumentError, Severity, UnknownIdentifierError
from provstore.factory import Services

_LETTERS = string.ascii_letters + string.digits


def noise(length: int, start: str = "") -> str:
    """A text of this length that no compression makes shorter."""
    chosen = random.Random(length)  # noqa: S311  no secret
    return start + "".join(chosen.choices(_LETTERS, k=length - len(start)))


def document(**content: Any) -> bytes:  # noqa: ANN401  sections of PROV-JSON
    return json.dumps({"prefix": {"ex": EX}, **content}).encode()


LONGEST = noise(2000, EX)
SOURCE = "s" * 100
ACCEPTED = {
    "an entity": document(entity={LONGEST: {}}),
    "a local id": document(entity={noise(2000): {}}),
    "a path": document(entity={noise(2000, "file:///data/"): {}}),
    "two bytes each": document(entity={EX + "é" * ((2000 - len(EX)) // 2): {}}),
    "ends": document(used={"_:u": {"prov:activity": LONGEST, "prov:entity": noise(1999, EX)}}),
    "a relation": document(used={LONGEST: {"prov:activity": "ex:a", "prov:entity": "ex:e"}}),
    "a bundle": document(bundle={LONGEST: {"entity": {"_:" + noise(498): {}}}}),
    "a namespace": json.dumps({"prefix": {noise(500): LONGEST}, "entity": {EX + "e": {}}}).encode(),
    "an attribute": document(entity={"ex:e": {noise(9000, EX) + "#x": 1}}),
    "a value": document(
        entity={"ex:e": {"ex:x": {"$": noise(9000, EX) + "/y/z", "type": "xsd:anyURI"}}}
    ),
    "a role": prov(f"used(a, e) [prov:role={noise(9000)}]"),
    "a label": document(entity={"ex:e": {"prov:label": noise(9000)}}),
    "a location": document(entity={"ex:e": {"prov:location": noise(9000, "/data/")}}),
    "a strong name": document(entity={"ex:e": {"ex:doi": noise(9000, "10.5281/")}}),
}


@pytest.mark.parametrize("what", ACCEPTED)
def test_what_is_stored(archive: Services, what: str) -> None:
    data = ACCEPTED[what]
    [receipt] = push(archive, data, source=SOURCE)
    assert archive.maintenance.doctor() == []
    assert push(archive, data, source=SOURCE) == [receipt]
    archive.ingest.retract(receipt.id)
    assert archive.maintenance.doctor() == []


def test_the_longest_name_is_found(archive: Services) -> None:
    push(
        archive, document(wasGeneratedBy={"_:g": {"prov:entity": LONGEST, "prov:activity": "ex:a"}})
    )
    assert len(ask(archive, LONGEST).nodes) == 2


@pytest.mark.parametrize(("length", "found"), [(2000, True), (2001, False)])
def test_names_beside_the_identifier_are_looked_up_to_this_length(
    archive: Services, length: int, *, found: bool
) -> None:
    place = noise(length, "/data/")
    push(archive, document(entity={"ex:e": {"prov:location": place}}))
    if found:
        assert [node.id for node in ask(archive, place).nodes] == [EX + "e"]
    else:
        with pytest.raises(UnknownIdentifierError):
            ask(archive, place)
    assert archive.lineage.element(EX + "e").node.id == EX + "e"


OVER = noise(2001, EX)
REFUSED = {
    "an entity": (document(entity={OVER: {}}), "entity"),
    "an end": (document(used={"_:u": {"prov:activity": OVER}}), "used"),
    "a relation": (document(used={OVER: {"prov:activity": "ex:a"}}), "used"),
    "a third end": (
        document(wasStartedBy={"_:s": {"prov:activity": "ex:a", "prov:starter": OVER}}),
        "wasStartedBy",
    ),
    "a bundle": (document(bundle={OVER: {}}), ""),
    "a blank name": (document(entity={"_:" + noise(499): {}}), "entity"),
    "a prefix": (json.dumps({"prefix": {noise(501): EX}}).encode(), ""),
    "a namespace": (json.dumps({"prefix": {"x": OVER}}).encode(), ""),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused(archive: Services, what: str) -> None:
    data, place = REFUSED[what]
    with pytest.raises(RefusedDocumentError) as refusal:
        push(archive, data)
    found = [one for one in refusal.value.findings if one.severity is Severity.ERROR]
    assert {finding.rule for finding in found} == {"identity/too-long"}
    assert all(finding.place.startswith(f"/{place}" if place else "") for finding in found)
    assert found[0].value
    assert "bytes" in found[0].message


@pytest.mark.parametrize("column", ["obs_id", "target_name", "obs_publisher_did"])
@pytest.mark.parametrize(("length", "accepted"), [(2000, True), (2001, False)])
def test_obscore(archive: Services, column: str, length: int, *, accepted: bool) -> None:
    record = {
        "dataproduct_type": "event-list",
        "calib_level": "2",
        "obs_collection": "c",
        "obs_id": "1",
        "obs_publisher_did": "ivo://x/y?1",
        "target_name": "t",
        "facility_name": "f",
        "instrument_name": "i",
    }
    start = "ivo://x/y?" if column == "obs_publisher_did" else ""
    record[column] = noise(length, start)
    table = "\n".join([",".join(record), ",".join(record.values())]).encode()
    if accepted:
        archive.ingest.push_obscore(table, name="t.csv")
        assert archive.maintenance.doctor() == []
        return
    with pytest.raises(RefusedDocumentError) as refusal:
        archive.ingest.push_obscore(table, name="t.csv")
    assert "obscore/too-long" in {finding.rule for finding in refusal.value.findings}


@pytest.mark.parametrize("name", ["a\0b", EX + "\0", "ex:\ud800", "\udfff"])
def test_what_no_driver_takes_names_nothing(archive: Services, name: str) -> None:
    push(archive, prov("used(a, e)"))
    with pytest.raises(UnknownIdentifierError):
        archive.lineage.element(name)
    with pytest.raises(UnknownIdentifierError):
        ask(archive, name)
