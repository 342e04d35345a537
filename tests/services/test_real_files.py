"""Files of real software, and files of our own that are like them: lineages read off by hand."""

from pathlib import Path

import pytest
from support.catalogue import ask, depths, edges, nodes, prov, push, short, steps

from provstore.factory import Services
from provstore.model.ledger import Counts
from provstore.model.lineage import Bounds, Direction, LineageQuestion

# -- ctapipe


def ids(prefix: str, *tails: str) -> list[str]:
    return [prefix + tail for tail in tails]


DL2 = "urn:uuid:9b22dbfc-99e5-40da-9be1-99e4eb3e0025"
MERGED = "urn:uuid:9d938351-9c82-4260-8ffe-574892a63e30"
DL1A, DL1B = ids(
    "urn:uuid:", "75ae1d7a-a9c3-42a6-91ca-f896711c1f70", "d2e1c628-de43-4c8f-9a28-004278aaca2e"
)
PROCESS = "urn:uuid:7c152d08-fcc0-436c-8b84-8b7c5d35b9b2"
MERGE = "urn:uuid:11055d9c-8d21-486b-8d00-d4fcdbb5512f"
WRITER_A, WRITER_B = ids(
    "urn:uuid:", "876bb758-9116-4235-9cda-646d9d6932dc", "52a8c53d-331a-486f-b4b2-a7f972adc9fb"
)
CONFIG = "urn:provstore:site:/data/cta/run/proc.yaml"
ROOT, OTHER = ids("urn:provstore:site:contact/", "root", "A. Nonymous")


@pytest.mark.samples
def test_the_ctapipe_night(archive: Services, samples: Path) -> None:
    log = samples / "ctapipe" / "generated-0.32.0" / "night.provenance.log"
    [receipt] = push(archive, log.read_bytes(), source="site")
    assert receipt.format == "ctapipe"
    # 6 activities, 4 files, a configuration, 3 descriptions, 2 contacts
    assert receipt.new.elements == 16
    answer = ask(archive, DL2)
    assert depths(answer) == {
        DL2: 0,
        **dict.fromkeys([PROCESS, CONFIG, OTHER], 1),
        MERGED: 2,
        **dict.fromkeys([MERGE, ROOT], 3),
        **dict.fromkeys([DL1A, DL1B], 4),
        **dict.fromkeys([WRITER_A, WRITER_B], 5),
    }
    assert {node: far for node, far in steps(answer).items() if far} == {
        **dict.fromkeys([MERGED, MERGE, ROOT], 1),
        **dict.fromkeys([DL1A, DL1B, WRITER_A, WRITER_B], 2),
    }
    assert edges(answer) == {
        f"wasGeneratedBy({DL2}, {PROCESS})",
        f"wasAttributedTo({DL2}, {OTHER})",
        f"wasConfiguredBy({PROCESS}, {CONFIG})",
        f"used({PROCESS}, {MERGED})",
        f"wasAttributedTo({MERGED}, {ROOT})",
        f"wasGeneratedBy({MERGED}, {MERGE})",
        f"used({MERGE}, {DL1A})",
        f"used({MERGE}, {DL1B})",
        f"wasAttributedTo({DL1A}, {ROOT})",
        f"wasAttributedTo({DL1B}, {ROOT})",
        f"wasGeneratedBy({DL1A}, {WRITER_A})",
        f"wasGeneratedBy({DL1B}, {WRITER_B})",
    }
    facts = {node.id: (node.name, node.kind, node.level, node.version) for node in answer.nodes}
    assert facts[PROCESS] == ("ctapipe-process", "activity", None, "0.32.0")
    assert facts[WRITER_A] == ("toy-dl1-writer", "activity", None, "0.32.0")
    assert facts[DL2][1:3] == ("entity", "DL2")
    assert facts[MERGED][1:3] == ("entity", "DL1")
    assert {node.complete for node in answer.nodes} == {True}
    stopped = ask(archive, DL2, bounds=Bounds(stop=("DL1",)))
    assert nodes(stopped) == {DL2, PROCESS, CONFIG, OTHER, MERGED}
    assert nodes(ask(archive, "/data/cta/run/merged.dl2.h5")) == nodes(answer)
    made = ask(archive, WRITER_B, direction=Direction.FORTH, parameters=False)
    assert nodes(made) == {WRITER_B, DL1B, MERGE, MERGED, PROCESS, DL2, ROOT, OTHER}
    assert archive.maintenance.doctor() == []
    archive.ingest.retract(receipt.id)
    assert archive.maintenance.health()["elements"] == 0


RUN = "urn:uuid:1e5d7a34-0b6f-4c55-9a51-6f0ff9b9a00"
FILE = "urn:uuid:aa0e8f6c-52c1-4d0e-8f3b-0c6a1d2e3f0"


def test_a_night_of_our_own(archive: Services, data: Path) -> None:
    """A repeated activity, one that runs, and one that failed but is said to have made a file."""
    log = data / "ctapipe" / "night.provenance.log"
    [receipt] = push(archive, log.read_bytes(), source="site")
    merged, raw, config, jane = ids(
        "urn:provstore:site:",
        "/data/dl1/merged.h5",
        "/data/r1/LST-1.Run20136.fits.fz",
        "/data/conf/proc.yaml",
        "contact/Jane Doe",
    )
    answer = ask(archive, "/data/dl1/merged.h5")
    met = {
        merged: 0,
        RUN + "2": 1,
        **dict.fromkeys([FILE + "1", FILE + "2"], 2),
        **dict.fromkeys([RUN + "1", RUN + "3", config, jane], 3),
        raw: 4,
    }
    assert {node: far for node, far in depths(answer).items() if "Observatoire" not in node} == met
    assert {
        f"wasGeneratedBy({merged}, {RUN}2)",
        f"used({RUN}2, {FILE}1)",
        f"used({RUN}2, {FILE}2)",
        f"wasGeneratedBy({FILE}1, {RUN}1)",
        f"wasGeneratedBy({FILE}2, {RUN}3)",
        f"wasAttributedTo({FILE}1, {jane})",
        f"used({RUN}1, {raw})",
        f"wasConfiguredBy({RUN}1, {config})",
    } <= edges(answer)
    incomplete = {node.id for node in answer.nodes if node.complete is False}
    assert incomplete == {merged, RUN + "2", FILE + "1", RUN + "1", raw}
    assert [gap.id for gap in archive.lineage.gaps().items] == [raw]
    archive.ingest.retract(receipt.id)
    assert archive.maintenance.health()["elements"] == 0


# -- lstosa


LST = "urn:provstore:lst1:id:"
INPUTS = [
    "ec83f56c24c5afd6946e1eb84ecb3a2f",
    "fbc05800ad5de5d188ccc9794c57fa70",
    "b5aa557811d18d49a55c1d231783a4dc",
    "eb41c4cadca94308a513f820bc33ab76",
    "ca5b7f84cb7c80ff6cf69c47c840a6e0",
    "94d9605b50544d7d171bd8db04ace658",
    "ce21de883807b53149f31547658d823d",
]
CHECK = "0c66ce6f843d6a0f68ceb5519c853992"
DL1, MUONS = "d89578d52b3d6c36f538422a3a16de88", "4bad00cad02600062024d0633ca65eb2"
ANALYSIS = "ed9040d8043db87fe16aaf8f47e2baef"


@pytest.mark.samples
def test_the_lstosa_document(archive: Services, samples: Path) -> None:
    """`dl1ab` rewrites its input in place: a cycle."""
    document = samples / "lstosa" / "generated" / "calibration_to_dl1_01807_prov.json"
    [receipt] = push(archive, document.read_bytes(), source="lst1")
    assert receipt.new == Counts(41, 29)
    answer = ask(archive, LST + CHECK)
    expected = {
        CHECK: (0, 0),
        "8a1f4a": (1, 0),
        **dict.fromkeys([DL1, MUONS], (2, 1)),
        **dict.fromkeys(["c2a774", "4b864d"], (3, 1)),
        **dict.fromkeys(["c2a774_parameters", ANALYSIS, *INPUTS], (4, 2)),
    }
    assert {
        node.id.removeprefix(LST): (node.depth, node.steps) for node in answer.nodes
    } == expected
    assert {text.replace(LST, "") for text in edges(answer)} == {
        f"wasGeneratedBy({CHECK}, 8a1f4a)",
        f"used(8a1f4a, {DL1})",
        f"used(8a1f4a, {MUONS})",
        f"wasGeneratedBy({DL1}, c2a774)",
        f"used(c2a774, {DL1})",
        "used(c2a774, c2a774_parameters)",
        f"used(c2a774, {ANALYSIS})",
        f"wasGeneratedBy({MUONS}, 4b864d)",
        *(f"used(4b864d, {name})" for name in INPUTS),
    }
    by_path = ask(archive, "/data/lst/test_osa/test_files0/DL1/20200117/v0.1.0/muons/")
    assert by_path.roots == (LST + MUONS,)
    assert archive.maintenance.doctor() == []


def test_a_datacheck_of_our_own(archive: Services, data: Path) -> None:
    document = data / "prov-json" / "datacheck.json"
    [receipt] = push(archive, document.read_bytes(), source="lst1")
    assert receipt.new == Counts(12, 10)
    answer = ask(archive, LST + "plots")
    assert {node.id.removeprefix(LST): (node.depth, node.steps) for node in answer.nodes} == {
        "plots": (0, 0),
        "33cc": (1, 0),
        "dl1": (2, 1),
        "muons": (2, 1),
        "22bb": (3, 1),
        "11aa": (3, 1),
        "22bb_parameters": (4, 2),
        "pedestal": (4, 2),
        "r0": (4, 2),
    }
    assert archive.lineage.ask(LineageQuestion(("check.pdf",))).roots == (LST + "plots",)
    assert nodes(ask(archive, LST + "lonely")) == {LST + "lonely", LST + "origin"}
    assert nodes(ask(archive, LST + "Anonymous")) == {LST + "Anonymous"}


# -- ObsCore


CRAB = [f"ivo://padc.obspm/hess#{number}" for number in (23523, 23526, 23559, 23592)]


def spectrum(*runs: str) -> bytes:
    used = " ".join(f"used(fit, {run})" for run in runs)
    return prov(f"entity(spectrum) activity(fit) wasGeneratedBy(spectrum, fit) {used}")


@pytest.mark.samples
@pytest.mark.parametrize("suffix", ["ecsv", "vot"])
def test_a_spectrum_from_the_hess_table(archive: Services, samples: Path, suffix: str) -> None:
    table = samples / "gammapy" / "generated-2.1" / f"hess_dl3_dr1_obscore.{suffix}"
    receipt = archive.ingest.push_obscore(table.read_bytes(), name=table.name).receipt
    assert receipt.format == "obscore"
    assert receipt.new.elements == 105
    push(archive, spectrum(*CRAB))
    answer = ask(archive, "spectrum")
    assert depths(answer) == {"spectrum": 0, "fit": 1, **dict.fromkeys(CRAB, 2)}
    runs = {node.id: node for node in answer.nodes if node.obs_id}
    assert {(run.obs_id, run.target_name) for run in runs.values()} == {
        (number, "Crab Nebula") for number in ("23523", "23526", "23559", "23592")
    }
    assert {run.obs_publisher_did for run in runs.values()} == set(CRAB)
    by_obs_id = archive.lineage.ask(LineageQuestion(("23526",), Direction.FORTH))
    assert nodes(by_obs_id) == {CRAB[1], "fit", "spectrum"}
    by_url = ask(archive, "https://hess-dr.obspm.fr/retrieve/hess_dl3_dr1_obs_id_023526.fits.gz")
    assert by_url.roots == (CRAB[1],)
    archive.ingest.retract(receipt.id)
    assert {node.obs_id for node in ask(archive, "spectrum").nodes} == {None}
    assert archive.maintenance.doctor() == []


@pytest.mark.parametrize(
    ("name", "target", "level"),
    [("night.csv", "Crab Nebula", "DL3"), ("night.ecsv", None, None)],
)
def test_a_spectrum_from_a_table_of_our_own(
    archive: Services, data: Path, name: str, target: str | None, level: str | None
) -> None:
    table = data / "obscore" / name
    archive.ingest.push_obscore(table.read_bytes(), name=name)
    did = "ivo://example.org/cta?dl3/007"
    push(archive, spectrum(did))
    [run] = [node for node in ask(archive, "spectrum").nodes if node.id == did]
    assert (run.depth, run.steps, run.obs_id, run.target_name) == (2, 1, "007", target)
    assert (run.level, run.level_from) == (level, level and "obscore")
    assert [short(node.id) for node in archive.lineage.impact([did]).items] == ["spectrum"]
