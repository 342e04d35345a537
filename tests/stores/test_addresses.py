"""What DATABASE_URL may be: anything else is said to be wrong, and is not tried again."""

import importlib.util
from pathlib import Path

import pytest

from provstore import factory
from provstore.config import Settings
from provstore.errors import BadParameterError, NotInstalledError

# no engine is asked
pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("mysql://me:secret@host/provstore", "mysql://me:***@host/provstore"),
        ("no address with a secret", "…"),
        ("sqlite://", "sqlite://"),
    ],
    ids=["another engine", "no URL", "no file"],
)
def test_an_address_of_no_catalogue(url: str, shown: str) -> None:
    with pytest.raises(BadParameterError) as caught:
        factory.migrate(Settings(database_url=url))
    assert (caught.value.name, caught.value.value) == ("PROVSTORE_DATABASE_URL", shown)
    assert "sqlite:///PATH" in caught.value.allowed
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("driver", "settings"),
    [
        ("psycopg", {"database_url": "postgresql+psycopg://me@host/provstore"}),
        ("neo4j", {"graph_url": "bolt://host"}),
    ],
)
def test_a_driver_that_is_not_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, driver: str, settings: dict[str, str]
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == driver else find(name)
    )
    with pytest.raises(NotInstalledError, match=r"install provstore\[server\]"):
        factory.in_use(Settings.model_validate({"data_dir": tmp_path, **settings}))
