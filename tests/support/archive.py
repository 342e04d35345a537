"""One archive that several processes work on, as an observatory sets it up: its settings, its
processes, and what its catalogue holds.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool
from support.processes import held_by

from provstore import factory
from provstore.config import Settings
from provstore.factory import Services


class Archive:
    """The settings that all processes of an archive share.

    Parameters
    ----------
    folder
        Its data folder.
    told
        Settings, without the prefix ``PROVSTORE_``.
    """

    def __init__(self, folder: Path, **told: Any) -> None:  # noqa: ANN401  any setting
        self.folder = folder
        self.told: Mapping[str, Any] = told

    @property
    def settings(self) -> Settings:
        """The settings of the services in this process."""
        return Settings.model_validate({"data_dir": self.folder, **self.told})

    @contextmanager
    def services(self) -> Iterator[Services]:
        """The services over it, in this process."""
        services = factory.build(self.settings)
        try:
            yield services
        finally:
            services.close()

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection to its catalogue, beside all services."""
        engine = create_engine(self.settings.catalogue_url, poolclass=NullPool)
        with engine.begin() as connection:
            yield connection

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """The rows of one statement on its catalogue; ``:name`` stands for a value."""
        with self.connected() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def held(self) -> Counter[tuple[str, str]]:
        """How much it says in each namespace, as `support.processes.held`."""
        with self.connected() as connection:
            return held_by(connection)

    def doctor(self) -> list[str]:
        """What `provstore doctor` finds."""
        with self.services() as services:
            return services.maintenance.doctor()
