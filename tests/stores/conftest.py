"""A fresh archive for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import catalogue

from provstore.factory import Services


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Services]:
    """The services over an empty catalogue in ``tmp_path``."""
    services = catalogue.fresh(tmp_path)
    yield services
    services.close()


@pytest.fixture(scope="session", autouse=True)
def _both_engines(engine: str) -> None:
    """Everything here runs on both engines."""
