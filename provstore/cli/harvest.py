"""Harvesting UWS servers: jobs that ended become provenance, once each."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlsplit

import typer

from provstore.cli.exits import Exit, exit_of
from provstore.cli.options import AsJson, Source, SpoolFolder, Timeout, Token, Url
from provstore.cli.output import note
from provstore.cli.push import status_of
from provstore.cli.receipts import Receipts
from provstore.client import Client
from provstore.client.connection import Connection
from provstore.client.delivery import is_transient, with_retries
from provstore.client.harvest import LONGEST_PAUSE_S, Archive, Harvest
from provstore.client.harvest_credentials import Credentials
from provstore.client.harvest_server import Bounds, UwsServer
from provstore.client.harvest_state import HarvestState
from provstore.client.transport import JsonObject
from provstore.errors import ProvstoreError

if TYPE_CHECKING:
    from provstore.factory import Services

_FOLDER: Final = "harvest"
"""Below the spool."""
_TIMEOUT_S: Final = 30.0

Jobs = Annotated[
    str, typer.Argument(metavar="URL", help="The list of jobs, e.g. https://host/tap/async")
]
Follow = Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")]
Every = Annotated[
    float, typer.Option("--every", min=0.1, help="Seconds between two looks at the list.")
]
UwsToken = Annotated[
    str | None,
    typer.Option(
        "--uws-token", help="The secret for the UWS server; better in PROVSTORE_UWS_TOKEN."
    ),
]
UwsUser = Annotated[
    str | None,
    typer.Option("--uws-user", help="Whose secret it is, where the server asks for a name too."),
]


def harvest(
    jobs: Jobs,
    url: Url = None,
    token: Token = None,
    source: Source = None,
    follow: Follow = False,
    every: Every = 30.0,
    uws_token: UwsToken = None,
    uws_user: UwsUser = None,
    spool: SpoolFolder = None,
    timeout: Timeout = _TIMEOUT_S,
    as_json: AsJson = False,
) -> None:
    """Take the ended jobs of a UWS server as provenance, each once.

    They go to the server where --url or PROVSTORE_URL names one, else into the catalogue. A later
    harvest goes on where this one stopped. Without --source (or PROVSTORE_SOURCE) the source is
    the name of the UWS server's host. Ends with 3 where a job could not be read or sent, with 4
    where the archive refused one.
    """
    connection = Connection(url=url, token=token, source=source, spool=spool, uws_token=uws_token)
    secret = connection.uws_token
    credentials = Credentials(secret, uws_user or None) if secret else None
    server = UwsServer(jobs, Bounds(timeout_s=timeout), credentials)
    named = connection.source or _host_source(server.url)
    target = f"{connection.named_url or 'catalogue'} {named}"
    if uws_user:
        target += f" as {uws_user}"  # who sees other jobs has not taken these
    with (
        HarvestState(connection.spool / _FOLDER, server.url, target) as state,
        _archive(connection, named) as archive,
    ):
        work = _Work(Harvest(server, state, archive), as_json=as_json)
        status = work.once()
        if follow:
            with suppress(KeyboardInterrupt):
                work.follow(every)
    raise typer.Exit(status)


def _host_source(url: str) -> str:
    """The host as the name of a source: local ids of one server are one namespace."""
    host = urlsplit(url).hostname or ""
    return "".join(char if char.isalnum() or char in ".-" else "-" for char in host).strip("-.")


class _Work:
    """Does passes of a harvest and prints what became of each job."""

    def __init__(self, harvest: Harvest, *, as_json: bool) -> None:
        self._harvest = harvest
        self._as_json = as_json

    def once(self) -> Exit:
        """One pass; the worst status."""
        receipts, statuses = Receipts(as_json=self._as_json), [Exit.OK]
        count = 0
        try:
            for outcome in self._harvest.take_new():
                receipts.add(outcome)
                statuses.append(status_of(outcome))
                count += 1
        except ProvstoreError as error:
            note(f"provstore: {error}")
            statuses.append(exit_of(error))
        else:
            if not count:
                note("no job has ended that was not taken before")
        receipts.close()
        return max(statuses)

    def follow(self, every: float) -> None:
        """Passes without end; after one that failed, longer and longer pauses."""
        pause = every
        while True:
            try:
                self._harvest.wait(pause)
            except ProvstoreError as error:
                if not is_transient(error):
                    raise
                time.sleep(pause)
            failed = self.once() is Exit.SERVER
            pause = min(2 * pause, LONGEST_PAUSE_S) if failed else every


@contextmanager
def _archive(connection: Connection, source: str) -> Iterator[Archive]:
    """The server where one is named, else the catalogue of ``DATABASE_URL``."""
    if connection.named_url is not None:
        yield _Remote(Client(connection.url, connection.token), source)
        return
    from provstore.cli.embedded import services

    with services(prepare=True) as opened:
        yield _Embedded(opened, source)


class _Remote:
    """The archive behind a server."""

    def __init__(self, client: Client, source: str) -> None:
        self._client = client
        self._source = source

    def document(self, data: bytes) -> JsonObject:
        """As in `provstore.client.harvest.Archive`."""
        return with_retries(lambda: self._client.push(data, source=self._source))

    def job(self, data: bytes, url: str) -> JsonObject:
        """As in `provstore.client.harvest.Archive`."""
        return with_retries(lambda: self._client.push_job(data, url=url, source=self._source))


class _Embedded:
    """The catalogue of this process."""

    def __init__(self, services: "Services", source: str) -> None:
        self._services = services
        self._source = source

    def document(self, data: bytes) -> JsonObject:
        """As in `provstore.client.harvest.Archive`."""
        return self._push(data, None)

    def job(self, data: bytes, url: str) -> JsonObject:
        """As in `provstore.client.harvest.Archive`."""
        from provstore.importers.uws.push import JobParts
        from provstore.services.jobs import FORMAT, job_document

        return self._push(job_document(JobParts(data), url), FORMAT)

    def _push(self, data: bytes, form: str | None) -> JsonObject:
        from provstore.cli.load import judged

        pushed = self._services.ingest.push(data, source=self._source, format=form)
        return judged(self._services, pushed)
