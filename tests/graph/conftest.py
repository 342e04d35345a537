"""Every test here runs on both engines of the catalogue."""

import pytest


@pytest.fixture(scope="session", autouse=True)
def _both_engines(engine: str) -> None:
    """The fixture that runs them twice."""
