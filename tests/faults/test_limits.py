"""Limits say that they cut, and what is beyond them is refused by name."""

import pytest
from support.processes import DOCUMENTS, Client, chain

MAX_LINEAGE_NODES = 300
MAX_ROWS = 20
"""Settings of the server of these tests."""
JOBS = 200


@pytest.fixture(scope="module")
def long_chain(module_client: Client) -> str:
    """The end of a chain of 402 nodes."""
    told = chain("limits", JOBS)
    # 200 where another module's tests came between, and this is made again
    assert module_client.push(told.data).status in {200, 201}
    return told.last


@pytest.mark.parametrize(("asked", "most"), [("7", 7), ("299", 299), ("5000", MAX_LINEAGE_NODES)])
def test_a_cut_lineage_says_by_which_limit(
    client: Client, long_chain: str, asked: str, most: int
) -> None:
    answer = client.lineage(long_chain, limit=asked)
    found = answer.json()
    assert len(found["nodes"]) == most
    assert found["cut"] == answer.headers["provstore-cut"] == f"limit={most}"
    ids = {node["id"] for node in found["nodes"]}
    assert all({edge["from"], edge["to"]} <= ids for edge in found["edges"])


@pytest.mark.parametrize("path", ["/api/v1/lineage?format=csv&", "/provsap?DEPTH=ALL&"])
def test_every_format_says_that_it_was_cut(client: Client, long_chain: str, path: str) -> None:
    answer = client.get(f"{path}ID={long_chain}")
    assert answer.status == 200
    assert answer.headers["provstore-cut"] == f"limit={MAX_LINEAGE_NODES}"


def test_an_answer_within_the_limit_says_nothing_of_it(client: Client, long_chain: str) -> None:
    answer = client.lineage(long_chain, steps="3")
    assert answer.json()["cut"] is None
    assert "provstore-cut" not in answer.headers


def test_a_list_has_no_more_than_the_limit_and_goes_on(client: Client) -> None:
    for number in range(MAX_ROWS + 2):
        assert client.push(chain(f"list{number}", 1).data).status == 201
    page = client.get(DOCUMENTS).json()
    assert len(page["items"]) == MAX_ROWS
    assert page["next"] is not None
    problem = client.get(DOCUMENTS, [("limit", str(MAX_ROWS + 1))]).problem(400, "bad-parameter")
    assert "limit='21' is not allowed: a whole number from 1 to 20" in problem["detail"]


@pytest.mark.parametrize("path", ["/api/v1/lineage", "/api/v1/impact"])
def test_more_than_100_roots_are_refused(client: Client, long_chain: str, path: str) -> None:
    names = [long_chain, *(long_chain.replace("last", str(number)) for number in range(100))]
    assert client.get(path, [("ID", name) for name in names[:100]]).status == 200
    problem = client.get(path, [("ID", name) for name in names])
    assert "at most 100" in problem.problem(400, "ambiguous-identifier")["detail"]


def test_more_than_1000_ids_are_refused(client: Client, long_chain: str) -> None:
    answer = client.get(
        "/api/v1/lineage", [("ID", f"{long_chain}{number}") for number in range(500)]
    )
    assert answer.problem(404, "unknown-identifier")
    answer = client.send(
        "POST",
        "/provsap",
        "&".join(f"ID={number}" for number in range(1001)).encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert answer.status == 400
    assert "1000" in answer.body.decode()
