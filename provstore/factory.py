"""Builds the services from the settings: the only module that names concrete stores."""

import importlib.util
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from provstore.config import Settings
from provstore.cypher.loader import load
from provstore.errors import NotInstalledError
from provstore.services.access import Access
from provstore.services.background import Background, Work, finish_pending
from provstore.services.box import Box
from provstore.services.ingest import Ingest, IngestLimits
from provstore.services.inherited import InheritedService
from provstore.services.ledger import Ledger
from provstore.services.lineage import LineageService
from provstore.services.links import LinkService
from provstore.services.maintenance import Maintenance
from provstore.services.projection import Projector
from provstore.services.resolver import Resolver
from provstore.services.search import SearchService
from provstore.services.sesame import Sesame
from provstore.services.targets import Targets
from provstore.stores.catalogue import ledger
from provstore.stores.catalogue.database import Database
from provstore.stores.graph.base import Graph
from provstore.stores.graph.neo4j_walk import Neo4jGraph
from provstore.stores.graph.sql import SqlGraph

if TYPE_CHECKING:  # the driver need not be installed
    from provstore.stores.graph.neo4j import Neo4j

_GRAPH_PATIENCE_S: Final = 10.0
"""Longest wait for a Neo4j that was just started, where nobody waits for an answer."""


@dataclass(frozen=True, slots=True)
class Services:
    """Everything a door needs; one per process, safe to share between threads."""

    settings: Settings
    ingest: Ingest
    ledger: Ledger
    lineage: LineageService
    links: LinkService
    inherited: InheritedService
    search: SearchService
    targets: Targets
    box: Box
    access: Access
    maintenance: Maintenance
    projector: Projector | None
    """Writes the graph; None where GRAPH_URL names none."""
    _database: Database
    _neo4j: "Neo4j | None"

    def background(self) -> Background:
        """What works beside the requests; start and stop it."""
        works: list[Work] = [partial(finish_pending, self.ingest)]
        if self.projector is not None:
            works.append(self.projector.run)
        return Background(works)

    def close(self) -> None:
        """Close all connections."""
        if self._neo4j is not None:
            self._neo4j.close()
        self._database.close()


def build(settings: Settings) -> Services:
    """Open the catalogue and build the services.

    Raises
    ------
    StaleSchemaError
        The catalogue is of another version; see `migrate`.
    UnavailableError
        It cannot be opened.
    NotInstalledError
        GRAPH_URL is set, and the driver of Neo4j is not installed.
    """
    database = _database(settings)
    try:
        database.check_schema()
    except BaseException:
        database.close()
        raise
    zones = {source: ZoneInfo(name) for source, name in settings.source_zones.items()}
    limits = IngestLimits(
        settings.max_document_bytes, settings.async_document_bytes, settings.max_refusals
    )
    rules = settings.keyword_rules
    neo4j = _neo4j(settings)
    projector = None if neo4j is None else Projector(database, neo4j)
    graph = _graph(settings, neo4j)
    targets = Targets(database, _resolver(settings))
    return Services(
        settings=settings,
        ingest=Ingest(database, limits, rules, zones),
        ledger=Ledger(database),
        lineage=LineageService(database, graph, max_nodes=settings.max_lineage_nodes),
        links=LinkService(database, graph),
        inherited=InheritedService(database, rules),
        search=SearchService(database, graph, rules),
        targets=targets,
        box=Box(database, graph, targets, rules),
        access=Access(database),
        maintenance=Maintenance(database, rules, zones, projector),
        projector=projector,
        _database=database,
        _neo4j=neo4j,
    )


def _resolver(settings: Settings) -> Resolver | None:
    if not settings.sesame_url:
        return None
    return Resolver(Sesame(settings.sesame_url, settings.sesame_timeout_s))


def _graph(settings: Settings, neo4j: "Neo4j | None") -> Graph:
    return SqlGraph() if neo4j is None else Neo4jGraph(neo4j, settings.graph_max_wait_s)


def _neo4j(settings: Settings) -> "Neo4j | None":
    if not settings.graph_url:
        return None
    if importlib.util.find_spec("neo4j") is None:
        raise NotInstalledError("the driver of Neo4j is not installed: install provstore[server]")
    from provstore.stores.graph.neo4j import Neo4j  # noqa: PLC0415  it need not be installed

    return Neo4j(
        settings.graph_url,
        settings.graph_user,
        settings.graph_password.get_secret_value(),
        settings.graph_timeout_s,
    )


def migrate(settings: Settings) -> None:
    """Create the catalogue's schema, or bring it to this version."""
    database = _database(settings)
    try:
        database.migrate()
        Maintenance(database, settings.keyword_rules).follow_rules()
    finally:
        database.close()


def in_use(settings: Settings) -> list[str]:
    """What the servers of these settings hold already, a sentence for each; changes nothing.

    Raises
    ------
    StaleSchemaError
        The catalogue is of another version.
    UnavailableError
        A server cannot be reached.
    """
    return [*_held_by_catalogue(settings), *_held_by_graph(settings)]


def _held_by_catalogue(settings: Settings) -> list[str]:
    database = _database(settings)
    try:
        if database.is_new():
            return []
        database.check_schema()
        with database.reading() as tx:
            held = ledger.counts(tx)
    finally:
        database.close()
    return [f"DATABASE_URL has {held['documents']} documents"] if any(held.values()) else []


def _held_by_graph(settings: Settings) -> list[str]:
    neo4j = _neo4j(settings)
    if neo4j is None:
        return []
    try:
        neo4j.wait_up(_GRAPH_PATIENCE_S)
        state = neo4j.read(load("read/state").text, {})
    finally:
        neo4j.close()
    return ["GRAPH_URL has the graph of a catalogue"] if state else []


def _database(settings: Settings) -> Database:
    return Database(settings.catalogue_url, writer_timeout_s=settings.writer_timeout_s)
