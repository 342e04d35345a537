"""Neo4j, or the catalogue, comes back with what it held earlier, or never held: it is noticed."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import pytest
from neo4j_server import Neo4jServer
from sqlalchemy.engine import make_url
from support.archive import Archive
from support.processes import Told, chain
from support.servers import database, private_neo4j
from support.traffic import Traffic, names_in

from provstore import factory
from provstore.model.lineage import LineageQuestion

ENDLESS: Final = 100_000
FEW: Final = 15
JOBS: Final = 3


class Data:
    """The data folder of a Neo4j server, which may be kept and replaced."""

    def __init__(self, server: Neo4jServer, copies: Path) -> None:
        self.server = server
        self._copies = copies

    def keep(self, name: str) -> None:
        """Copy it."""
        self.server.stop()
        shutil.copytree(self._folder, self._copies / name)
        self.server.start()

    def replace(self, name: str | None) -> None:
        """Put a copy, or nothing, in its place, as after the loss of a disk."""
        self.server.kill()
        shutil.rmtree(self._folder)
        if name is not None:
            shutil.copytree(self._copies / name, self._folder)
        self.server.start()

    @property
    def _folder(self) -> Path:
        return self.server.home / "data"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """A Neo4j that these tests have for themselves."""
    with private_neo4j(tmp_path_factory.mktemp("neo4j") / "home") as server:
        yield server


@pytest.fixture
def data(server: Neo4jServer, tmp_path: Path) -> Data:
    """What it holds."""
    return Data(server, tmp_path / "copies")


@pytest.fixture
def archive(tmp_path: Path, postgres: str, server: Neo4jServer) -> Archive:
    """An empty archive on PostgreSQL and this Neo4j."""
    return _archive(tmp_path / "archive", server, database_url=postgres)


def _archive(folder: Path, server: Neo4jServer, **told: str) -> Archive:
    folder.mkdir()
    archive = Archive(folder, graph_url=server.url, **told)
    factory.migrate(archive.settings)
    return archive


def _fill(archive: Archive, tag: str, count: int = FEW, jobs: int = JOBS) -> list[Told]:
    """Push some documents, straight into the catalogue."""
    documents = [chain(f"{tag}{number}", jobs) for number in range(count)]
    with archive.services() as services:
        for told in documents:
            services.ingest.push(told.data)
    return documents


def _fill_and_show(archive: Archive, tag: str, jobs: int = JOBS) -> list[Told]:
    with archive.worker():
        documents = _fill(archive, tag, jobs=jobs)
        archive.wait_until_shown()
    archive.expire_lease()  # the worker was killed
    return documents


@contextmanager
def _asked(archive: Archive) -> Iterator[Traffic]:
    """Documents come and questions are asked while something happens; all is well afterwards."""
    with archive.server() as api:
        archive.wait_until_shown()
        with Traffic([api.url], "asked", most=ENDLESS, pause_s=0.1) as traffic:
            traffic.wait_for_answers(3, "neo4j")
            yield traffic
            traffic.phase = "after"
            traffic.wait_for_answers(3, "neo4j")
        archive.check_graph()
    assert archive.doctor() == []


@pytest.mark.slow
class TestNeo4j:
    def test_its_data_are_lost(self, archive: Archive, data: Data) -> None:
        _fill(archive, "early")
        with _asked(archive):
            data.replace(None)

    def test_an_older_copy_of_its_data_is_put_back(self, archive: Archive, data: Data) -> None:
        _fill_and_show(archive, "early")
        data.keep("older")
        _fill_and_show(archive, "later")
        with _asked(archive):
            data.replace("older")

    def test_it_comes_back_with_the_data_of_another_catalogue(
        self, archive: Archive, data: Data, tmp_path: Path
    ) -> None:
        other = _archive(tmp_path / "other", data.server)
        _fill_and_show(other, "foreign")
        data.keep("foreign")
        _fill(archive, "early")
        with _asked(archive):
            data.replace("foreign")

    def test_the_data_of_another_are_there_when_nobody_looks(
        self, archive: Archive, data: Data, tmp_path: Path
    ) -> None:
        """No worker has noticed yet: what stands there has the same numbers for other things."""
        other = _archive(tmp_path / "other", data.server)
        _fill_and_show(other, "foreign")
        documents = _fill(archive, "early")
        assert _engines(archive, documents) == {"catalogue"}


def _engines(archive: Archive, documents: list[Told]) -> set[str]:
    """Ask for all documents in this process, without a worker; which engines answered."""
    engines = set()
    with archive.services() as services:
        for told in documents:
            found = services.lineage.ask(LineageQuestion((told.last,)))
            assert {node.id for node in found.nodes} == names_in(told, JOBS)
            assert len(found.edges) == told.relations
            engines.add(found.engine)
    return engines


@pytest.fixture(params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, tmp_path: Path, server: Neo4jServer) -> Iterator["Kept"]:
    """An empty archive on either engine, whose catalogue may be copied."""
    with ExitStack() as stack:
        url = stack.enter_context(database()) if request.param == "postgres" else ""
        yield Kept(_archive(tmp_path / "archive", server, database_url=url), stack)


class Kept:
    """An archive whose catalogue may be copied."""

    def __init__(self, archive: Archive, stack: ExitStack) -> None:
        self.archive = archive
        self._stack = stack

    def copy(self) -> Archive:
        """The archive with its catalogue as it is now: what it is after a backup was put back."""
        told, folder = dict(self.archive.told), self.archive.folder.with_name("copy")
        shutil.copytree(self.archive.folder, folder)
        if told["database_url"]:
            template = make_url(told["database_url"]).database
            told["database_url"] = self._stack.enter_context(database(template))
        return Archive(folder, **told)


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, FEW], ids=["at-once", "after-other-documents"])
def test_an_older_copy_of_the_catalogue_is_put_back(kept: Kept, count: int) -> None:
    """The graph knows what the catalogue does not, and has its numbers for other things."""
    early = _fill_and_show(kept.archive, "early")
    copy = kept.copy()
    _fill_and_show(kept.archive, "lost", jobs=JOBS + 1)
    _engines(copy, [*early, *_fill(copy, "new", count)])
    with _asked(copy):
        pass
