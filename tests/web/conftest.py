"""Pages of a fresh archive."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.shown import Site, site_at


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """An empty archive that the test may push to."""
    with site_at(tmp_path) as site:
        yield site
