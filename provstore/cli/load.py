"""Filling the archive: documents into the catalogue, ObsCore tables through either door."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from provstore.cli.doors import open_archive
from provstore.cli.files import AUTO, InputFile, decoded, input_files, wanted_format
from provstore.cli.options import AsJson, Format, Paths, Source, Token, Url
from provstore.cli.push import send_all
from provstore.client.connection import Connection
from provstore.client.delivery import Outcome, State, is_refusal, state_of
from provstore.client.transport import JsonObject
from provstore.errors import ProvstoreError, RefusedDocumentError
from provstore.exporters.shapes import pushed_shape, receipt_shape
from provstore.model.ledger import Pushed, Status

if TYPE_CHECKING:
    from provstore.factory import Services


def ingest(
    paths: Paths,
    source: Source = None,
    format: Format = AUTO,  # noqa: A002  the users' word
    as_json: AsJson = False,
) -> None:
    """Take documents straight into the catalogue, without a server (administrator).

    The catalogue is made, or brought to this version, first. Folders are walked.
    """
    from provstore.cli.embedded import services

    named = Connection(source=source).source
    with services(prepare=True) as opened:

        def take(file: InputFile) -> Outcome:
            return _outcome(file, lambda: _ingested(opened, file.read(), named, format))

        worst = send_all(input_files(paths), take, as_json=as_json)
    raise typer.Exit(worst)


def obscore(
    paths: Paths,
    url: Url = None,
    token: Token = None,
    source: Source = None,
    as_json: AsJson = False,
) -> None:
    """Load ObsCore records from VOTable, ECSV, FITS, CSV or JSON files.

    They go to the server where one is named, else into the catalogue.
    """
    named = Connection(source=source).source
    with open_archive(url, token, prepare=True) as archive:

        def load(file: InputFile) -> Outcome:
            return _outcome(file, lambda: archive.obscore(file, named))

        worst = send_all(input_files(paths), load, as_json=as_json)
    raise typer.Exit(worst)


def _ingested(services: "Services", data: bytes, source: str | None, form: str) -> JsonObject:
    plain = decoded(data, services.settings.max_document_bytes)
    pushed = services.ingest.push(plain, source=source, format=wanted_format(form))
    return judged(services, pushed)


def judged(services: "Services", pushed: Pushed) -> JsonObject:
    """The receipt after the verdict: here nobody else works off what is pending."""
    if pushed.receipt.status is not Status.PENDING:
        return pushed_shape(pushed)
    services.ingest.finish_pending()
    receipt = services.ledger.receipt(pushed.receipt.id)
    if receipt.status is Status.REFUSED:
        raise RefusedDocumentError(receipt.findings)
    return {**receipt_shape(receipt), "created": pushed.created}


def _outcome(file: InputFile, take: Callable[[], JsonObject]) -> Outcome:
    name = str(file.path)
    try:
        receipt = take()
    except ProvstoreError as error:
        if not is_refusal(error):
            raise
        return Outcome(name, State.REFUSED, error=error)
    return Outcome(name, state_of(receipt), receipt)
