"""The one box and the names of targets over HTTP, with a resolver and without."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support import sky
from support.served import archive_at
from support.sesame_server import CRAB, PKS_2155, SesameSite, sesame_server
from support.sky import IVO


@pytest.fixture(scope="module")
def site() -> Iterator[SesameSite]:
    with sesame_server(SesameSite({"M 1": CRAB, "PKS 2155-304": PKS_2155})) as site:
        yield site


@pytest.fixture(scope="module")
def client(site: SesameSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    settings = {"sesame_url": site.url, "sesame_timeout_s": 1}
    with archive_at(tmp_path_factory.mktemp("sky"), **settings) as client:
        client.put("/api/v1/obscore?name=sky.csv", content=sky.TABLE).raise_for_status()
        client.post("/api/v1/documents", content=sky.DOCUMENT).raise_for_status()
        yield client


def search(client: httpx.Client, **parameters: str | list[str]) -> tuple[list[str], list[str]]:
    """The datasets by the ends of their ids, and the notes."""
    answer = client.get("/api/v1/search", params=parameters)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["total"] == len(told["items"])
    assert ("Provstore-Note" in answer.headers) == bool(told["notes"])
    return sorted(item["obs_publisher_did"].removeprefix(IVO) for item in told["items"]), told[
        "notes"
    ]


CRABS = ["crab1", "crab2", "crab3"]


@pytest.mark.parametrize(
    ("text", "expected", "note"),
    [
        ("crabnebula", CRABS, "the target "),
        ("M 1", [*CRABS, "pulsar"], "the target "),
        ("PKS 2155-304", [], "the target PKS 2155-304, at 329.7169 -30.2256"),
        ("23523", ["crab1", "crab2"], "an obs_id"),
        ("P-2025/17", [*CRABS, "pulsar"], "a proposal_id"),
        (f"{IVO}sgr", ["sgr"], f"the dataset {IVO}sgr"),
        ("83.63 22.01", ["crab3", "pulsar"], "the sky within 0.1 deg of 83.6300 +22.0100"),
        ("83.63 22.01 0.6", [*CRABS, "pulsar"], "the sky within 0.6 deg of"),
        ("0 10 0.6", ["east1", "east2"], "the sky within 0.6 deg of 0.0000 +10.0000"),
        ("obs_id>=40004", ["lobe", "number", "quote"], "obs_id>=40004"),
        ("crab nebula, obs_id=23526", ["crab3"], "the target "),
        ("nebula", CRABS, "part of 2 names of targets: "),
        ("run 3142*", ["sgr"], "part of a title"),
        ("nothing of that", [], "part of a title"),
        ("ex:reconstruct", [], "the activity reconstruct; it is no single dataset"),
        ("events.fits", [], "a name of 2 things: "),
    ],
)
def test_the_box(client: httpx.Client, text: str, expected: list[str], note: str) -> None:
    found, notes = search(client, q=text)
    assert found == expected
    assert notes[0].startswith(f"{text!r} is taken for {note}")


def test_an_empty_box_asks_for_nothing(client: httpx.Client) -> None:
    found, notes = search(client, q=" ")
    assert (len(found), notes) == (11, [])


def test_the_box_beside_other_conditions(client: httpx.Client) -> None:
    assert search(client, q="crab nebula", obs_id="23526")[0] == ["crab3"]
    assert search(client, q="snr", target="Crab Pulsar")[0] == ["pulsar"]
    assert search(client, q="83.63 22.01 1", pos="83.63,22.6", radius="0.2")[0] == ["crab2"]
    wide = "CIRCLE 83.63 22.51 0.55"
    assert search(client, q="83.63 22.01", pos=wide)[0] == ["crab3", "pulsar"]


def test_two_targets_in_one_question_are_refused(client: httpx.Client) -> None:
    answer = client.get("/api/v1/search", params={"q": "Crab Nebula", "target": "East"})
    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "q='Crab Nebula' is not allowed: no target beside that of `target`"
    )


@pytest.mark.parametrize(
    ("targets", "radius", "expected"),
    [
        (["crab nebula"], None, CRABS),
        (["CRABNEBULA", "east"], None, [*CRABS, "east1", "east2"]),
        (["M 1"], None, [*CRABS, "pulsar"]),
        (["crab nebula"], "0.1", ["crab3", "pulsar"]),
        (["crab nebula"], "0.6", [*CRABS, "pulsar"]),
        (["east"], "0.6", ["east1", "east2"]),
        (["05h34m31.2s +22d00m36s"], None, ["crab3", "pulsar"]),
        (["nobody"], None, []),
        (["nobody", "sgr a*"], None, ["sgr"]),
        # a position alone: both are looked for by theirs
        (["PKS 2155-304", "sgr a*"], None, ["sgr"]),
        (["PKS 2155-304", "nowhere", "sgr a*"], None, ["sgr"]),
    ],
)
def test_targets(
    client: httpx.Client, targets: list[str], radius: str | None, expected: list[str]
) -> None:
    more = {} if radius is None else {"radius": radius}
    assert search(client, target=targets, **more)[0] == expected


def test_a_target_without_position_is_told_to_be_left_out(client: httpx.Client) -> None:
    _, notes = search(client, target=["PKS 2155-304", "nowhere"])
    assert "no position of 'nowhere' is known: it is left out among regions of the sky" in notes


def test_a_target_and_a_region_have_to_hold_both(client: httpx.Client) -> None:
    assert search(client, target="M 1", pos="83.63,21.51", radius="0.1")[0] == []
    assert search(client, target="crab nebula", pos="CIRCLE 83.63 21.51 0.1")[0] == ["crab1"]


@pytest.mark.parametrize(
    ("parameters", "name"),
    [
        ({"q": "reco_versoin>=1"}, "q"),
        ({"q": "400 20"}, "q"),
        ({"q": "CIRCLE 1 2"}, "q"),
        ({"q": "a\0b"}, "q"),
        ({"q": "x" * 10_000}, "q"),
        ({"q": "irf_version>=0.19", "exclude": "nothing=1"}, "exclude"),
        ({"target": "a\0b"}, "target"),
        ({"target": "400 20"}, "target"),
        ({"target": "x" * 10_000}, "target"),
        ({"target": [f"stranger {n}" for n in range(11)]}, "target"),
        ({"target": [f"stranger {n}" for n in range(101)]}, "target"),
        ({"radius": "1"}, "radius"),
    ],
)
def test_what_is_not_allowed_is_named(
    client: httpx.Client, site: SesameSite, parameters: dict[str, Any], name: str
) -> None:
    before = len(site.asked)
    answer = client.get("/api/v1/search", params=parameters)
    assert answer.status_code == 400, answer.text
    assert answer.json()["detail"].startswith(f"{name}=")
    assert len(site.asked) == before


@pytest.mark.parametrize(
    "text",
    ["'; DROP TABLE obscore; --", "%", "_", "<script>alert(1)</script>", "x" * 2000, "\u2605"],
)
def test_hostile_texts_are_texts(client: httpx.Client, text: str) -> None:
    for parameter in ("q", "target"):
        found, _ = search(client, **{parameter: text})
        assert found in ([], ["quote"])


def test_keywords_are_told_for_what_the_box_means(client: httpx.Client) -> None:
    answer = client.get("/api/v1/keywords", params={"q": "crabnebula"})
    assert answer.status_code == 200
    assert answer.headers["Provstore-Note"].startswith("'crabnebula' is taken for the target ")


def test_without_the_resolver_the_search_goes_on_and_says_so(tmp_path: Path) -> None:
    with (
        sesame_server(SesameSite({"M 1": CRAB}, fault="hang")) as away,
        archive_at(tmp_path, sesame_url=away.url, sesame_timeout_s=0.3) as client,
    ):
        client.put("/api/v1/obscore?name=sky.csv", content=sky.TABLE).raise_for_status()
        found, notes = search(client, q="M 1")
        assert found == []
        assert notes[1] == (
            "the name resolver does not answer within 0.3 s: "
            "targets are found by the names of datasets alone"
        )
        assert search(client, target="M 1")[1][0] == notes[1]
        assert search(client, q="Crab Nebula")[0] == CRABS
        assert search(client, q="83.63 22.01")[0] == ["crab3", "pulsar"]
        assert len(away.asked) == 1
