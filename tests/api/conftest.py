"""Clients of a real server."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from support.served import archive_at


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[httpx.Client]:
    """A client of a fresh archive that it may write to (loopback, no token)."""
    with archive_at(tmp_path) as client:
        yield client
