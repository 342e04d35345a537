"""Who may write: tokens, roles, and the exemption of loopback clients."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import httpx
import pytest
from support.served import archive_at, token_of

from provstore.config import Settings
from provstore.factory import migrate
from provstore.main import create_app
from provstore.model.access import Role

DOCUMENTS = "/api/v1/documents"
DOCUMENT = json.dumps({"prefix": {"ex": "https://example.org/"}, "entity": {"ex:a": {}}}).encode()


def push_as(
    folder: Path,
    headers: Mapping[str, str] | None = None,
    *,
    peer: str = "127.0.0.1",
    base_url: str = "http://127.0.0.1:8000",
    host: str = "127.0.0.1:8000",
    allowed_hosts: tuple[str, ...] = (),
) -> httpx.Response:
    """Push to an application in this process, as a client at ``peer`` would."""
    settings = Settings(data_dir=folder, base_url=base_url, allowed_hosts=allowed_hosts)
    migrate(settings)
    app = create_app(settings)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(peer, 50_000))
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url=f"http://{host}") as client,
        ):
            return await client.post(DOCUMENTS, content=DOCUMENT, headers=headers)

    return asyncio.run(ask())


@pytest.mark.parametrize("peer", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000"])
def test_a_loopback_client_may_push_while_no_token_exists(
    tmp_path: Path, peer: str, host: str
) -> None:
    assert push_as(tmp_path, peer=peer, host=host).status_code == 201


def test_a_client_of_another_host_may_not(tmp_path: Path) -> None:
    answer = push_as(tmp_path, peer="192.0.2.7")
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("host", ["prov.example.org", "localhost"])
def test_a_loopback_client_of_a_public_server_may_not(tmp_path: Path, host: str) -> None:
    public = "https://prov.example.org"
    answer = push_as(tmp_path, base_url=public, host=host, allowed_hosts=("localhost",))
    assert answer.status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        *("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"),
        *("X-Forwarded", "X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP"),
        *("X-Original-Forwarded-For", "X-Cluster-Client-IP", "X-Envoy-External-Address"),
    ],
)
def test_what_came_through_a_proxy_is_not_exempt(tmp_path: Path, header: str) -> None:
    assert push_as(tmp_path, {header: "127.0.0.1"}).status_code == 401


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000"])
def test_a_page_of_the_server_itself_may_push(tmp_path: Path, origin: str) -> None:
    assert push_as(tmp_path, {"Origin": origin}).status_code == 201


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "http://localhost.evil.example:8000", "http://localhost:9", "null"],
)
@pytest.mark.parametrize(
    "media_type",
    [
        *("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"),
        "application/json",
    ],
)
def test_a_page_of_another_origin_may_not_whatever_type_it_sends(
    tmp_path: Path, origin: str, media_type: str
) -> None:
    answer = push_as(tmp_path, {"Origin": origin, "Content-Type": media_type})
    assert answer.status_code == 401
    assert "access-control-allow-origin" not in answer.headers


def test_no_preflight_is_answered_with_leave(tmp_path: Path) -> None:
    with archive_at(tmp_path) as client:
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "DELETE"}
        answer = client.options(f"{DOCUMENTS}/1", headers=headers)
        assert answer.status_code == 405
        assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_name_that_was_made_to_resolve_to_loopback_is_refused(tmp_path: Path) -> None:
    answer = push_as(tmp_path, host="rebound.example:8000")
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown-host")


def test_the_exemption_ends_with_the_first_token(tmp_path: Path) -> None:
    with archive_at(tmp_path) as client:
        pusher = token_of(tmp_path, Role.PUSHER)
        assert client.post(DOCUMENTS, content=DOCUMENT).status_code == 401
        assert client.post(DOCUMENTS, content=DOCUMENT, headers=pusher).status_code == 201


@pytest.mark.parametrize("authorization", ["Bearer unknown", "Bearer", "Basic dXNlcjpwYXNz", ""])
def test_a_bad_token_is_refused_even_where_none_is_needed(
    archive: httpx.Client, authorization: str
) -> None:
    headers = {"Authorization": authorization}
    assert archive.get(DOCUMENTS, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("role", "method", "path", "status"),
    [
        (Role.READER, "GET", DOCUMENTS, 200),
        (Role.READER, "POST", DOCUMENTS, 403),
        (Role.READER, "POST", f"{DOCUMENTS}?dry_run=1", 403),
        (Role.READER, "PUT", "/api/v1/obscore", 403),
        (Role.READER, "GET", f"{DOCUMENTS}/1/raw", 403),
        (Role.PUSHER, "POST", DOCUMENTS, 200),
        (Role.PUSHER, "POST", f"{DOCUMENTS}?replaces=1", 403),
        (Role.PUSHER, "DELETE", f"{DOCUMENTS}/1", 403),
        (Role.PUSHER, "GET", f"{DOCUMENTS}/1/raw", 403),
        (Role.CURATOR, "GET", f"{DOCUMENTS}/1/raw", 200),
        (Role.CURATOR, "DELETE", f"{DOCUMENTS}/1", 200),
        (None, "GET", f"{DOCUMENTS}/1", 200),
        (None, "GET", f"{DOCUMENTS}/1/raw", 401),
        (None, "POST", DOCUMENTS, 401),
        (None, "PUT", "/api/v1/obscore", 401),
        (None, "DELETE", f"{DOCUMENTS}/1", 401),
    ],
)
def test_a_role_allows_what_it_says(
    tmp_path: Path, role: Role | None, method: str, path: str, status: int
) -> None:
    with archive_at(tmp_path) as client:
        assert client.post(DOCUMENTS, content=DOCUMENT).status_code == 201
        admin = token_of(tmp_path, Role.ADMIN)
        assert client.get(f"{DOCUMENTS}/1/raw", headers=admin).status_code == 200
        headers = {} if role is None else token_of(tmp_path, role)
        content = DOCUMENT if method in {"POST", "PUT"} else None
        answer = client.request(method, path, headers=headers, content=content)
        assert answer.status_code == status
