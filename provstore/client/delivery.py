"""Sending documents so that a pipeline can rely on it: tries again, keeps what could not be sent.

A document ends in exactly one of these states: the server has it, the server refuses it, it waits
in the spool, or (where the spool's disk fails too) it is only where the user has it.
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from provstore.client.client import Client
from provstore.client.spool import Spool, Waiting
from provstore.client.transport import JsonObject
from provstore.errors import (
    Finding,
    ForbiddenError,
    ProvstoreError,
    RefusedDocumentError,
    ServerError,
    TooLargeError,
    UnauthenticatedError,
    UnknownFormatError,
)

T = TypeVar("T")

PAUSES_S: Final = (0.5, 2.0)
"""Waits between the tries, in seconds: three tries in all."""
_SERVER_FAULT: Final = 500
_TOO_MANY_REQUESTS: Final = 429
_FIRST_POLL_S: Final = 0.1
_LONGEST_POLL_S: Final = 2.0


class State(StrEnum):
    """Where a document is after it was delivered."""

    ACCEPTED = "accepted"
    KNOWN = "known"
    """The server had the same bytes of the same source."""
    PENDING = "pending"
    """The server has the bytes and promises a verdict."""
    CHECKED = "checked"
    """A dry run would have been taken."""
    REFUSED = "refused"
    SPOOLED = "spooled"
    LOST = "lost"
    """Neither sent nor spooled."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    name: str
    state: State
    receipt: JsonObject | None = None
    """As `Client.push` gives it, where the server took the document."""
    error: ProvstoreError | OSError | None = None
    """Why it was not taken, or not spooled."""


def is_transient(error: ProvstoreError) -> bool:
    """Whether the same request may succeed later, without anybody changing it."""
    if isinstance(error, ServerError):
        return error.status in {0, _TOO_MANY_REQUESTS} or error.status >= _SERVER_FAULT
    return error.retryable


def is_refusal(error: ProvstoreError) -> bool:
    """Whether the server judged the document itself and will never take it."""
    return isinstance(error, RefusedDocumentError | TooLargeError | UnknownFormatError)


def with_retries(send: Callable[[], T], pauses_s: Sequence[float] = PAUSES_S) -> T:
    """Send, and send again after a pause where that may help.

    Pauses are drawn between half and all of their length, so that jobs that start together do not
    come back together.
    """
    for pause in pauses_s:
        try:
            return send()
        except ProvstoreError as error:
            if not is_transient(error):
                raise
            time.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  spreads load, no secret
    return send()


def verdict(client: Client, receipt: JsonObject, patience_s: float) -> JsonObject:
    """Wait for the verdict that a pending receipt promises.

    Raises
    ------
    ServerError
        None came within ``patience_s`` seconds.
    """
    id_of_receipt = str(receipt["id"])
    deadline = time.monotonic() + patience_s
    pause = _FIRST_POLL_S
    while receipt["status"] == "pending":
        if time.monotonic() > deadline:
            raise ServerError(f"no verdict on {id_of_receipt} after {patience_s:g} s")
        time.sleep(pause)
        pause = min(2 * pause, _LONGEST_POLL_S)
        receipt = {**receipt, **with_retries(lambda: client.receipt(id_of_receipt))}
    return receipt


class Delivery:
    """Delivers documents to one server, in order.

    Once the server could not be reached the rest is not tried any more: a job with a hundred logs
    must not wait a hundred times.

    Parameters
    ----------
    client
        The server.
    spool
        Where to keep what could not be sent; None keeps nothing.
    """

    def __init__(self, client: Client, spool: Spool | None) -> None:
        self._client = client
        self._spool = spool
        self._failure: ProvstoreError | None = None

    def deliver(
        self,
        data: bytes,
        *,
        name: str,
        source: str | None = None,
        format: str | None = None,  # noqa: A002  as in `Client.push`
        dry_run: bool = False,
    ) -> Outcome:
        """Send one document, or spool it.

        Raises
        ------
        ProvstoreError
            The request itself is wrong (a source that is not allowed), whatever the document.
        """
        try:
            receipt = self._send(
                lambda: self._client.push(data, source=source, format=format, dry_run=dry_run)
            )
        except ProvstoreError as error:
            if is_refusal(error):
                return Outcome(name, State.REFUSED, error=error)
            if not _may_be_mended(error):
                raise
            if self._spool is None or dry_run:
                return Outcome(name, State.LOST, error=error)
            return self._keep(self._spool, data, name, source, format, error)
        return Outcome(name, State.CHECKED if dry_run else state_of(receipt), receipt)

    def _send(self, send: Callable[[], JsonObject]) -> JsonObject:
        if self._failure is not None:
            raise self._failure
        try:
            return with_retries(send)
        except ProvstoreError as error:
            if _may_be_mended(error):
                self._failure = error
            raise

    def _keep(  # noqa: PLR0913, PLR0917  one call passes on what `deliver` was given
        self,
        spool: Spool,
        data: bytes,
        name: str,
        source: str | None,
        format: str | None,  # noqa: A002  as in `Client.push`
        error: ProvstoreError,
    ) -> Outcome:
        try:
            spool.add(data, url=self._client.url, source=source, format=format, name=name)
        except OSError as full:
            return Outcome(name, State.LOST, error=full)
        return Outcome(name, State.SPOOLED, error=error)


def flush(spool: Spool, connect: Callable[[str], Client]) -> Iterator[Outcome]:
    """Send what waits in the spool, oldest first, one outcome for each document.

    What the server refuses is put aside with its findings; what could not be sent stays. Several
    processes may flush one spool: at worst a document is sent twice, which changes nothing.

    Parameters
    ----------
    connect
        Makes the client of an address; called once for each address.
    """
    deliveries: dict[str, Delivery] = {}
    for waiting in spool.waiting():
        data = spool.read(waiting)
        if data is None:
            spool.remove(waiting)
            continue
        if waiting.url not in deliveries:
            deliveries[waiting.url] = Delivery(connect(waiting.url), None)
        yield _settle(spool, waiting, _deliver_again(deliveries[waiting.url], waiting, data))


def _deliver_again(delivery: Delivery, waiting: Waiting, data: bytes) -> Outcome:
    try:
        outcome = delivery.deliver(
            data, name=waiting.name, source=waiting.source, format=waiting.format
        )
    except ProvstoreError as error:  # the request is wrong: this document only
        return Outcome(waiting.name, State.REFUSED, error=error)
    if outcome.state is State.LOST:
        return Outcome(waiting.name, State.SPOOLED, error=outcome.error)
    return outcome


def _settle(spool: Spool, waiting: Waiting, outcome: Outcome) -> Outcome:
    if outcome.state is State.REFUSED:
        spool.refuse(waiting, str(outcome.error), findings_of_error(outcome.error))
    elif outcome.state is not State.SPOOLED:
        spool.remove(waiting)
    return outcome


def findings_of_error(error: BaseException | None) -> Sequence[Finding]:
    """The findings of a refusal; none of any other error."""
    return error.findings if isinstance(error, RefusedDocumentError) else ()


def state_of(receipt: JsonObject) -> State:
    """The state that a receipt of `Client.push` tells."""
    if receipt["status"] == "pending":
        return State.PENDING
    return State.ACCEPTED if receipt["created"] else State.KNOWN


def _may_be_mended(error: ProvstoreError) -> bool:
    """Whether the fault lies with the server or the token, and neither request nor document."""
    by_others = UnauthenticatedError | ForbiddenError | ServerError
    return is_transient(error) or isinstance(error, by_others)
