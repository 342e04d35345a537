"""Pipelines: push documents to a server, now or later."""

from collections.abc import Callable
from typing import Annotated, Final

import typer

from provstore.cli.exits import Exit, exit_of
from provstore.cli.files import AUTO, InputFile, input_files, wanted_format
from provstore.cli.options import (
    AsJson,
    Format,
    Paths,
    Source,
    SpoolFolder,
    Timeout,
    Token,
    Url,
)
from provstore.cli.output import note, progress
from provstore.cli.receipts import Receipts
from provstore.client import Client
from provstore.client.connection import Connection
from provstore.client.delivery import Delivery, Outcome, State, flush, state_of, verdict
from provstore.client.problems import findings_of
from provstore.client.spool import Spool
from provstore.errors import ProvstoreError, RefusedDocumentError, UnknownFormatError

DEFAULT_TIMEOUT_S: Final = 5.0
"""Short: a job that has done its science does not wait for its archive."""
VERDICT_PATIENCE_S: Final = 600.0
"""Longest that ``push --strict`` waits for the verdict on a large document, in seconds."""

Strict = Annotated[
    bool, typer.Option("--strict", help="Fail where a document was not accepted; spool nothing.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Have it judged; store nothing.")]


def push(
    paths: Paths,
    url: Url = None,
    token: Token = None,
    source: Source = None,
    format: Format = AUTO,  # noqa: A002  the users' word
    spool: SpoolFolder = None,
    strict: Strict = False,
    dry_run: DryRun = False,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    as_json: AsJson = False,
) -> None:
    """Send provenance documents to a server.

    What cannot be sent is spooled and the command ends with 0, so that a job does not fail for
    want of its archive; `provstore flush` sends it later. With --strict it ends with 3 where the
    server or the network failed, with 4 where a document was refused, with 1 where there was none.
    """
    connection = Connection(url=url, token=token, source=source, spool=spool)
    client = Client(connection.url, connection.token, timeout)
    delivery = Delivery(client, None if strict else Spool(connection.spool))

    def deliver(file: InputFile) -> Outcome:
        return delivery.deliver(
            file.read(),
            name=str(file.path),
            source=connection.source,
            format=wanted_format(format),
            dry_run=dry_run,
        )

    def judged(file: InputFile) -> Outcome:
        return _verdict(client, deliver(file))

    worst = send_all(input_files(paths), judged if strict else deliver, as_json=as_json)
    if strict:
        raise typer.Exit(worst)


def send_all(
    files: list[InputFile], send: Callable[[InputFile], Outcome], *, as_json: bool
) -> Exit:
    """Send files one by one and print what became of each; returns the worst status.

    A file that was only met in a folder and is in no known format is no document: it is noted and
    left out. Where no document is left, nothing was found.
    """
    receipts = Receipts(as_json=as_json)
    statuses: list[Exit] = []
    for file in progress(files, "sending"):
        outcome = send(file)
        if not file.named and isinstance(outcome.error, UnknownFormatError):
            note(f"{file.path}: left out: {outcome.error}")
            continue
        receipts.add(outcome)
        statuses.append(status_of(outcome))
    receipts.close()
    if not statuses:
        note("no document found")
    return max(statuses, default=Exit.NOTHING_FOUND)


def status_of(outcome: Outcome) -> Exit:
    """The status of one document: 0 where the server has taken it."""
    if outcome.error is None:
        return Exit.OK
    return exit_of(outcome.error) if isinstance(outcome.error, ProvstoreError) else Exit.SERVER


def _verdict(client: Client, outcome: Outcome) -> Outcome:
    """The outcome after the verdict on a pending document."""
    if outcome.state is not State.PENDING or outcome.receipt is None:
        return outcome
    note(f"{outcome.name}: pending; waiting for the verdict")
    try:
        receipt = verdict(client, outcome.receipt, VERDICT_PATIENCE_S)
    except ProvstoreError as error:
        return Outcome(outcome.name, State.PENDING, outcome.receipt, error)
    if receipt["status"] == "refused":
        refusal = RefusedDocumentError(findings_of(receipt))
        return Outcome(outcome.name, State.REFUSED, receipt, refusal)
    return Outcome(outcome.name, state_of(receipt), receipt)


def flush_spool(
    url: Url = None,
    token: Token = None,
    spool: SpoolFolder = None,
    timeout: Timeout = DEFAULT_TIMEOUT_S,
    as_json: AsJson = False,
) -> None:
    """Send what was spooled, oldest first.

    Refused documents are put aside in the spool's folder `refused` with what the server said. Ends
    with 4 where one was refused, else with 3 where some could not be sent and still wait.
    """
    connection = Connection(url=url, token=token, spool=spool)
    folder = Spool(connection.spool)
    receipts, worst = Receipts(as_json=as_json), Exit.OK

    def connect(spooled_for: str) -> Client:
        return Client(connection.named_url or spooled_for, connection.token, timeout)

    for outcome in flush(folder, connect):
        receipts.add(outcome)
        worst = max(worst, _flushed_status(outcome))
    receipts.close()
    if worst is Exit.REFUSED:
        note(f"refused documents and the findings on them are in {folder.refused}")
    raise typer.Exit(worst)


def _flushed_status(outcome: Outcome) -> Exit:
    return Exit.REFUSED if outcome.state is State.REFUSED else status_of(outcome)
