"""Whatever the order in which a dozen documents arrive: the same is inherited in the end."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from support.catalogue import fresh
from support.engines import clear_catalogue, is_postgres
from support.inherited import inherited, prov

from provstore.factory import Services

RULES: Final = """
[[keyword]]
name = "calib"
[[keyword.from]]
activity = "calibrate"
version = true

[[keyword]]
name = "reco"
[[keyword.from]]
activity = "process"
version = true
level = "DL2"

[[keyword]]
name = "cuts"
[[keyword.from]]
activity = "select"
parameter = "cuts"
"""
PRODUCT: Final = "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
DL2: Final = {"voprov:datalevel": "DL2"}
RAW: Final = {"voprov:datalevel": "DL0"}


def ran(label: str, version: str, **parameters: str) -> Mapping[str, str]:
    named = {f"param:{name}": value for name, value in parameters.items()}
    return {"prov:label": label, "voprov:version": version, **named}


BAD_CALIBRATION: Final = prov(
    "entity(raw) entity(coeff) activity(c1) used(c1, raw) wasGeneratedBy(coeff, c1)",
    {"raw": RAW, "c1": ran("calibrate", "1-bad")},
)
DOCUMENTS: Final = {
    # a diamond: two reconstructions of what one calibration made, selected together
    "calibration": prov(
        "entity(raw) entity(coeff) activity(c1) used(c1, raw) wasGeneratedBy(coeff, c1)",
        {"raw": RAW, "c1": ran("calibrate", "1")},
    ),
    "left": prov(
        "entity(dl2a) activity(p1) used(p1, coeff) wasGeneratedBy(dl2a, p1)",
        {"dl2a": DL2, "p1": ran("process", "0.19")},
    ),
    "right": prov(
        "entity(dl2b) activity(p2) used(p2, coeff) wasGeneratedBy(dl2b, p2)",
        {"dl2b": DL2, "p2": ran("process", "0.18")},
    ),
    "selection": prov(
        "entity(dl3) activity(s1) used(s1, dl2a) used(s1, dl2b) wasGeneratedBy(dl3, s1)",
        {"s1": ran("select", "1", cuts="loose")},
    ),
    # the archive and the consumer name the selected file otherwise
    "archived": prov("entity(file)", {"dl3": {}, "file": {"voprov:product_id": PRODUCT}}),
    "named": prov("entity(dl3)", {"dl3": {"voprov:product_id": PRODUCT}}),
    "spectrum": prov("entity(dl4) activity(f1) used(f1, file) wasGeneratedBy(dl4, f1)"),
    # only derivations, which go round in a circle with what is said of the spectrum
    "circle": prov(
        "wasDerivedFrom(x, y) wasDerivedFrom(y, z) wasDerivedFrom(z, x) wasDerivedFrom(z, dl4)"
    ),
    "made": prov(
        "activity(m1) wasGeneratedBy(x, m1) wasGeneratedBy(y, m1) wasGeneratedBy(z, m1)",
        {"m1": ran("select", "1", cuts="tight")},
    ),
    # what nobody tells the making of
    "stub": prov("activity(s2) used(s2, unknown) wasGeneratedBy(dl3b, s2)"),
    # told by two documents, of which one is taken back
    "night": prov("entity(night) activity(c2) hadMember(night, dl3) hadMember(night, dl3b)"),
    "withdrawn": prov(
        "activity(c3) wasGeneratedBy(unknown, c3) used(f1, unknown)",
        {"c3": ran("calibrate", "2")},
    ),
}
ALL: Final = {"calib=1", "reco=0.19", "reco=0.18", "cuts=loose"}
EXPECTED: Final = {
    "raw": set(),
    "coeff": {"calib=1"},
    "dl2a": {"calib=1", "reco=0.19"},
    "dl2b": {"calib=1", "reco=0.18"},
    "dl3": ALL,
    "file": ALL,
    "dl4": ALL,
    "x": {*ALL, "cuts=tight"},
    "y": {*ALL, "cuts=tight"},
    "z": {*ALL, "cuts=tight"},
    "unknown": {"incomplete"},
    "dl3b": {"incomplete"},
    "night": {*ALL, "incomplete"},
}
"""By hand, from the documents that are left: all but the bad calibration and what was withdrawn."""


class Event(NamedTuple):
    what: str
    name: str


def events(chance: random.Random) -> list[Event]:
    """All documents in any order; after theirs, at any time, the correction and the retraction."""
    order = [Event("push", name) for name in DOCUMENTS]
    chance.shuffle(order)
    for late in (Event("correct", "calibration"), Event("retract", "withdrawn")):
        pushed = order.index(Event("push", late.name))
        order.insert(chance.randint(pushed + 1, len(order)), late)
    return order


def play(services: Services, order: list[Event]) -> list[str]:
    """Have it happen; gives the receipts of what is left."""
    receipts: dict[str, str] = {}
    for what, name in order:
        if what == "retract":
            services.ingest.retract(receipts.pop(name))
            continue
        is_bad = what == "push" and name == "calibration"
        data = BAD_CALIBRATION if is_bad else DOCUMENTS[name]
        replaces = receipts[name] if what == "correct" else None
        receipts[name] = services.ingest.push(data, replaces=replaces).receipt.id
    return list(receipts.values())


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(8))
def test_a_thousand_orders(tmp_path: Path, seed: int) -> None:
    (tmp_path / "rules.toml").write_text(RULES)
    chance = random.Random(seed)  # noqa: S311  orders, no secrets
    services = fresh(tmp_path, keywords_file=tmp_path / "rules.toml")
    for turn in range(15 if is_postgres() else 110):
        order = events(chance)
        left = play(services, order)
        found = {name: kept for name, kept in inherited(tmp_path).items() if name in EXPECTED}
        assert found == EXPECTED, order
        if turn % 5 == 0:
            assert services.maintenance.doctor() == [], order
            chance.shuffle(left)
            for receipt in left:  # taking everything back is an order too
                services.ingest.retract(receipt)
            assert inherited(tmp_path) == {}, order
        clear_catalogue(tmp_path)
    services.close()
