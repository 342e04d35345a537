"""A page of another origin in a browser on this host cannot push to a server on loopback."""

import json
from urllib.parse import urlsplit

import pytest
from support.processes import DOCUMENTS, Client, chain
from support.server import Server, free_port

TOLD = chain("origin").data
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://evil.example:80",
        "http://127.0.0.1.evil.example",
        "http://localhost",
        "https://127.0.0.1",
        "null",
        "",
        "file://",
        pytest.param(f"http://127.0.0.1:{free_port()}", id="another-port"),
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "text/plain", FORM, None])
def test_a_push_from_a_page_elsewhere_is_refused(
    client: Client, origin: str, media_type: str | None
) -> None:
    headers = {"Origin": origin} | ({"Content-Type": media_type} if media_type else {})
    answer = client.push(TOLD, headers=headers)
    answer.problem(401, "unauthenticated")
    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_push_of_a_browser_that_hides_the_origin_is_refused(client: Client, site: str) -> None:
    client.push(TOLD, headers={"Sec-Fetch-Site": site}).problem(401, "unauthenticated")


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_a_page_of_the_server_itself_may_push(server: Server, client: Client, site: str) -> None:
    told = chain(f"own-page-{site}")
    headers = {"Origin": server.url, "Sec-Fetch-Site": site}
    assert client.push(told.data, headers=headers).status == 201


@pytest.mark.parametrize(
    "media_type", [FORM, "text/plain", "multipart/form-data; boundary=x"], ids=lambda name: name[:9]
)
def test_a_form_of_a_page_elsewhere_stores_nothing(client: Client, media_type: str) -> None:
    # how a form without a script sends JSON: the name of a field, an equals sign, its value
    content = json.loads(TOLD)
    content["prefix"]["x"] = "="
    headers = {"Content-Type": media_type, "Origin": "https://evil.example"}
    client.push(json.dumps(content).encode(), headers=headers).problem(401, "unauthenticated")
    assert client.lineage(chain("origin").last).status == 404


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_nothing_else_is_changed_from_a_page_elsewhere(client: Client, method: str) -> None:
    path = "/api/v1/obscore" if method == "PUT" else f"{DOCUMENTS}/1"
    answer = client.send(method, path, b"obs_id", {"Origin": "https://evil.example"})
    answer.problem(401, "unauthenticated")


def test_a_browser_that_asks_first_is_given_no_leave(client: Client) -> None:
    headers = {
        "Origin": "https://evil.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }
    answer = client.send("OPTIONS", DOCUMENTS, headers=headers)
    assert answer.status == 405
    assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_a_name_that_was_made_to_mean_this_host_is_refused(server: Server, client: Client) -> None:
    port = urlsplit(server.url).port
    answer = client.push(TOLD, headers={"Host": f"rebound.example:{port}"})
    answer.problem(400, "unknown-host")
