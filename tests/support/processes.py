"""Clients of a real server in another process: what is sent, and what came back."""

import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NamedTuple, Self
from urllib.parse import urlencode

import uvicorn
from sqlalchemy import Connection, text
from support.engines import connected, database_url, settings
from support.server import free_port

from provstore.config import Settings
from provstore.factory import build, migrate
from provstore.main import create_app

DOCUMENTS: Final = "/api/v1/documents"
LINEAGE: Final = "/api/v1/lineage"
NO_ANSWER: Final = (OSError, HTTPException)
"""How a client sees that its server is gone."""
Pairs = Sequence[tuple[str, str]]


class Answer(NamedTuple):
    """What a server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:  # noqa: ANN401  any JSON
        """The body as JSON."""
        return json.loads(self.body)

    def problem(self, status: int, code: str) -> dict[str, Any]:
        """The problem of an answer that has this status and code, and no driver's text in it."""
        assert self.status == status, self.body
        assert self.headers["content-type"] == "application/problem+json"
        told: dict[str, Any] = self.json()
        assert (told["status"], told["code"]) == (status, code)
        for word in (
            b"sqlite",
            b"SQL",
            b"Traceback",
            b"Errno",
            b"sqlalche.me",
            b"psycopg",
            b"neo4j",
        ):
            assert word not in self.body
        return told


class Client:
    """One kept connection to a server."""

    def __init__(self, url: str, *, timeout_s: float = 60.0) -> None:
        self._connection = HTTPConnection(url.removeprefix("http://"), timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._connection.close()

    def send(
        self, method: str, path: str, data: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request and read the whole answer."""
        self._connection.request(method, path, data, dict(headers or {}))
        answer = self._connection.getresponse()
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read())

    def get(self, path: str, query: Pairs = ()) -> Answer:
        """GET."""
        return self.send("GET", f"{path}?{urlencode(query)}" if query else path)

    def push(
        self, data: bytes, query: Pairs = (), headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Push a document."""
        path = f"{DOCUMENTS}?{urlencode(query)}" if query else DOCUMENTS
        return self.send("POST", path, data, headers)

    def lineage(self, *ids: str, **query: str) -> Answer:
        """Ask where something comes from."""
        return self.get(LINEAGE, [*(("ID", iri) for iri in ids), *query.items()])


class Told(NamedTuple):
    """A document, and what a catalogue that holds it holds."""

    namespace: str
    data: bytes
    elements: int
    """Those of its own, not counting the one that all documents share."""
    relations: int

    @property
    def last(self) -> str:
        """IRI of the product at the end of its chain."""
        return f"{self.namespace}last"


ARRAY: Final = "https://example.org/array"
"""The agent that is in every document of `chain`."""


def chain(tag: str, jobs: int = 9) -> Told:
    """A chain of files and jobs, all of one agent: ``2 * jobs + 2`` nodes, 20 by default."""
    namespace = f"https://example.org/{tag}/"
    files = [f"f:{number}" for number in range(jobs)] + ["f:last"]
    names = [f"f:job{number}" for number in range(jobs)]
    used = zip(names, files, strict=False)
    made = zip(files[1:], names, strict=True)
    content = {
        "prefix": {"f": namespace, "ex": "https://example.org/"},
        "entity": {name: {"prov:label": f"{tag} {name}"} for name in files},
        "activity": {name: {} for name in names},
        "agent": {"ex:array": {"prov:label": "array"}},
        "used": _relations(("prov:activity", "prov:entity"), used),
        "wasGeneratedBy": _relations(("prov:entity", "prov:activity"), made),
        "wasAssociatedWith": _relations(
            ("prov:activity", "prov:agent"), [(name, "ex:array") for name in names]
        ),
    }
    return Told(namespace, json.dumps(content).encode(), 2 * jobs + 1, 3 * jobs)


def _relations(
    ends: tuple[str, str], pairs: Iterator[tuple[str, str]] | Sequence[tuple[str, str]]
) -> dict[str, dict[str, str]]:
    return {f"_:{number}": dict(zip(ends, pair, strict=True)) for number, pair in enumerate(pairs)}


def held(folder: Path) -> Counter[tuple[str, str]]:
    """How much the catalogue in ``folder`` says in each namespace: elements, relations."""
    with connected(folder) as connection:
        return held_by(connection)


def held_by(connection: Connection) -> Counter[tuple[str, str]]:
    """The same of the catalogue at the other end of a connection."""
    elements = connection.execute(
        text("SELECT iri FROM element WHERE id IN (SELECT element FROM assertion)")
    )
    counts = Counter(("elements", _namespace(iri)) for (iri,) in elements)
    relations = connection.execute(
        text(
            "SELECT e.iri FROM relation r JOIN element e ON e.id = r.subj "
            "WHERE r.id IN (SELECT relation FROM relation_assertion)"
        )
    )
    counts.update(("relations", _namespace(iri)) for (iri,) in relations)
    return counts


def _namespace(iri: str) -> str:
    return iri[: iri.rindex("/") + 1]


def how_much(counts: Counter[tuple[str, str]], told: Told) -> tuple[int, int]:
    """Elements and relations of one document, among those of `held`."""
    return counts["elements", told.namespace], counts["relations", told.namespace]


def doctor(folder: Path) -> list[str]:
    """What `provstore doctor` finds in the catalogue in ``folder``."""
    services = build(settings(folder))
    try:
        return services.maintenance.doctor()
    finally:
        services.close()


FORKS: Final = multiprocessing.get_context("forkserver")
"""Starts processes by forking one that has imported everything and runs no threads."""
FORKS.set_forkserver_preload(["provstore.main", "uvicorn", "uvicorn.protocols.http.auto"])
_PATIENCE_S: Final = 60.0


class ForkedServer:
    """A server process that is ready in a fraction of the time that the command needs.

    It is forked from a process that has imported everything, and from no thread of the tests.

    Parameters
    ----------
    folder
        Its data folder.
    changes
        Settings that are not the defaults.
    """

    def __init__(self, folder: Path, **changes: object) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        at = {"data_dir": folder, "database_url": database_url(folder), "base_url": self.url}
        chosen = {**at, **changes}
        self._process = FORKS.Process(target=_serve, args=(chosen, port), daemon=True)
        self._process.start()
        try:
            self._wait_until_ready()
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End it without warning, as a power cut would."""
        self._process.kill()
        self._process.join()

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not self._is_ready():
            assert self._process.is_alive(), "the server did not start"
            assert time.monotonic() < deadline, "the server is not ready"
            time.sleep(0.02)

    def _is_ready(self) -> bool:
        with suppress(*NO_ANSWER), Client(self.url) as client:
            return client.get("/health").status == HTTPStatus.OK
        return False


def _serve(changes: Mapping[str, object], port: int) -> None:
    chosen = Settings.model_validate(changes)
    migrate(chosen)
    uvicorn.run(create_app(chosen), port=port, log_config=None)


@contextmanager
def forked_server(folder: Path, **changes: object) -> Iterator[ForkedServer]:
    """A forked server that is gone afterwards, whatever happens."""
    server = ForkedServer(folder, **changes)
    try:
        yield server
    finally:
        server.kill()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that takes a while."""
    deadline = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to be"
        time.sleep(0.02)
