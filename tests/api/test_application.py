"""The application itself: its settings, its threads, the work that goes on beside requests."""

import asyncio
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from anyio import to_thread
from support.served import archive_at

from provstore.config import Settings
from provstore.factory import build, migrate
from provstore.main import app_from_environment, create_app
from provstore.model.ledger import Status

DOCUMENT = b'{"prefix": {"ex": "https://example.org/"}, "entity": {"ex:a": {}}}'


def _wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_environment_makes_the_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVSTORE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PROVSTORE_THREADS", "3")
    assert app_from_environment().state.settings == Settings(data_dir=tmp_path, threads=3)


def test_requests_are_answered_by_as_many_threads_as_the_settings_say(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, threads=3)
    migrate(settings)
    app = create_app(settings)

    async def tokens() -> float:
        async with app.router.lifespan_context(app):
            return to_thread.current_default_thread_limiter().total_tokens

    assert asyncio.run(tokens()) == 3


@pytest.mark.parametrize(
    ("spoil", "repair", "level"),
    [
        ("BEGIN IMMEDIATE", "ROLLBACK", logging.WARNING),
        ("ALTER TABLE document RENAME TO lost", "ALTER TABLE lost RENAME TO document", None),
    ],
    ids=["busy", "unforeseen"],
)
def test_pending_documents_outlive_a_failure(
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    spoil: str,
    repair: str,
    level: int | None,
) -> None:
    settings = Settings(data_dir=tmp_path, async_document_bytes=10, writer_timeout_s=0.2)
    migrate(settings)
    services = build(settings)
    other = sqlite3.connect(tmp_path / "provstore.db", isolation_level=None)
    worker = services.background()
    try:
        receipt = services.ingest.push(DOCUMENT).receipt
        assert receipt.status is Status.PENDING
        other.execute(spoil)
        worker.start()
        _wait_until(lambda: "pending documents wait" in caplog.text)
        assert level is None or {record.levelno for record in caplog.records} == {level}
        other.execute(repair)
        _wait_until(lambda: services.ledger.receipt(receipt.id).status is Status.ACCEPTED)
    finally:
        worker.stop()
        other.close()
        services.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("provstore-")]


@pytest.mark.parametrize("path", ["/health", "/", "/docs", "/capabilities", "/provsap?ID=unknown"])
def test_head_is_get_without_its_content(tmp_path: Path, path: str) -> None:
    with archive_at(tmp_path) as client:
        head, get = client.head(path), client.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    for name in ("content-type", "content-length"):
        assert head.headers[name] == get.headers[name]
