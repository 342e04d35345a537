"""Builds the services from the settings: the only module that names concrete stores."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from provstore.config import Settings
from provstore.services.access import Access
from provstore.services.ingest import Ingest, IngestLimits
from provstore.services.ledger import Ledger
from provstore.services.lineage import LineageService
from provstore.services.maintenance import Maintenance
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.sql import SqlGraph


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs; one per process, safe to share between threads."""

    settings: Settings
    ingest: Ingest
    ledger: Ledger
    lineage: LineageService
    access: Access
    maintenance: Maintenance
    _database: Database

    def close(self) -> None:
        """Close all connections."""
        self._database.close()


def build(settings: Settings) -> Services:
    """Open the catalogue and build the services.

    Raises
    ------
    StaleSchemaError
        The catalogue is of another version; see `migrate`.
    UnavailableError
        It cannot be opened.
    """
    database = _database(settings)
    database.check_schema()
    zones = {source: ZoneInfo(name) for source, name in settings.source_zones.items()}
    limits = IngestLimits(
        settings.max_document_bytes, settings.async_document_bytes, settings.max_refusals
    )
    return Services(
        settings=settings,
        ingest=Ingest(database, limits, zones),
        ledger=Ledger(database),
        lineage=LineageService(database, SqlGraph(), max_nodes=settings.max_lineage_nodes),
        access=Access(database),
        maintenance=Maintenance(database, zones),
        _database=database,
    )


def migrate(settings: Settings) -> None:
    """Create the catalogue's schema, or bring it to this version."""
    database = _database(settings)
    try:
        database.migrate()
    finally:
        database.close()


def _database(settings: Settings) -> Database:
    return Database(settings.catalogue_url, writer_timeout_s=settings.writer_timeout_s)
