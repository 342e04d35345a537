"""Parts that a test needs and that not every machine has."""

import os

import pytest


def require(name: str, *, present: bool, advice: str) -> None:
    """Skip the test where a part is absent; fail it where the part was demanded.

    Parameters
    ----------
    name
        As in ``PROVSTORE_TEST_REQUIRE``, which lists what may not be absent, separated by commas.
    present
        Whether it is there.
    advice
        What to do to have it, in one line.
    """
    if present:
        return
    demanded = {part.strip() for part in os.environ.get("PROVSTORE_TEST_REQUIRE", "").split(",")}
    if name in demanded:
        pytest.fail(f"{name} is required and absent: {advice}")
    pytest.skip(f"no {name}: {advice}")
