"""Which of the two doors of an archive a command goes through."""

from collections.abc import Iterator
from contextlib import contextmanager

from provstore.cli.archive import Archive, RemoteArchive
from provstore.client import Client
from provstore.client.connection import Connection


@contextmanager
def open_archive(url: str | None, token: str | None, *, prepare: bool = False) -> Iterator[Archive]:
    """The server where one is named, else the catalogue of ``DATABASE_URL``.

    Parameters
    ----------
    prepare
        Something will be stored: a catalogue that is not there yet is made first.
    """
    connection = Connection(url=url, token=token)
    if connection.named_url is not None:
        yield RemoteArchive(Client(connection.url, connection.token))
        return
    from provstore.cli.embedded import embedded_archive

    with embedded_archive(prepare=prepare) as archive:
        yield archive
