"""Settings that cannot be meant are refused where they are read."""

import pytest
from pydantic import ValidationError

from provstore.config import Settings


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../../etc/passwd", "/etc/localtime"])
def test_a_zone_that_is_none_is_named(name: str) -> None:
    with pytest.raises(ValidationError, match=r"of 'dl3', is no IANA time zone"):
        Settings(source_zones={"dl3": name})


def test_zones_are_taken_by_their_iana_names() -> None:
    zones = {"dl3": "Atlantic/Canary", "site": "UTC"}
    assert Settings(source_zones=zones).source_zones == zones
