"""Follows the job list of a UWS server: each job that ended becomes provenance once.

A job's own provenance document is preferred, where it offers one: it tells what the job did inside,
and its receipt is the one that counts. The job itself is sent as well: how it ended and the
checksums of its results stand there only. Where both use the same names, as OPUS does, they become
one record.
"""

import time
from collections.abc import Iterator
from typing import Final, Protocol

from provstore.client.delivery import Outcome, State, is_refusal, state_of
from provstore.client.harvest_answers import ENDED, JobList, JobReference, before, instant
from provstore.client.harvest_server import FoundJob, UwsServer
from provstore.client.harvest_state import HarvestState
from provstore.client.transport import JsonObject
from provstore.errors import ProvstoreError, ServerError

LONGEST_PAUSE_S: Final = 300.0
"""Longest wait of a harvest that follows, while its server fails."""
_BLOCKING: Final = frozenset({"QUEUED", "EXECUTING"})
"""Phases that a job leaves by itself and in which WAIT blocks (UWS 1.1, section 2.2.1.1)."""
_WAIT_S: Final = 60
"""How long a server is asked to block."""


class Archive(Protocol):
    """Where the provenance goes; errors are those of `provstore.errors`."""

    def document(self, data: bytes) -> JsonObject:
        """Push a provenance document; the receipt, as `Client.push` gives it."""

    def job(self, data: bytes, url: str) -> JsonObject:
        """Push a job document; the receipt, as `Client.push_job` gives it."""


class Harvest:
    """The harvest of one list of jobs.

    Parameters
    ----------
    server
        The list.
    state
        What was taken; entered.
    archive
        Where the provenance goes.
    """

    def __init__(self, server: UwsServer, state: HarvestState, archive: Archive) -> None:
        self._server = server
        self._state = state
        self._archive = archive
        self._running: list[JobReference] = []
        self._is_blocking = False

    def take_new(self) -> Iterator[Outcome]:
        """Take each job that ended and was not taken: one outcome for each, in the list's order.

        A job that cannot be read now is told as `State.LOST` and tried again in the next pass.

        Raises
        ------
        ServerError
            The list cannot be had, or the server does not answer any more.
        ProvstoreError
            The archive cannot be written; what was taken until then is taken.
        """
        newest = self._state.newest
        running = self._server.running()
        # asked for in this order: what runs now and ends meanwhile is in the second list
        ended = self._server.ended(self._state.after)
        self._running = [job for job in running.jobs if job.phase not in ENDED]
        self._is_blocking = running.is_filtered
        missed: list[JobReference] = []
        for reference in ended.jobs:
            if reference.phase in ENDED and not self._state.has(reference.id):
                outcome = self._taken(reference)
                if outcome.state is State.LOST:
                    missed.append(reference)
                yield outcome
        self._state.finish_pass(self._next_after(ended, missed, newest))

    def wait(self, seconds: float) -> None:
        """Wait for more: blocked by the server where a job runs, else for ``seconds``.

        A server that does not block is asked again after ``seconds`` all the same.
        """
        started = time.monotonic()
        going = [job for job in self._running if job.phase in _BLOCKING]
        if going and self._is_blocking:
            self._server.wait(going[0], _WAIT_S)
        if time.monotonic() - started < min(seconds, 1.0):
            time.sleep(seconds)

    def _next_after(
        self, ended: JobList, missed: list[JobReference], newest: str | None
    ) -> str | None:
        """From which creation time on a job may be new: that of the oldest one still to be taken.

        None of what ran at the beginning of this pass is newer than that. Where nothing ran, what
        was created after the last pass's newest may have been overlooked, and nothing before it.
        """
        if not ended.is_filtered:
            return None
        waiting = [instant(job.created) for job in (*self._running, *missed)]
        if newest is not None:
            waiting.append(instant(newest))
        bounds = [moment for moment in waiting if moment is not None]
        is_known = len(bounds) == len(waiting) and bounds and newest is not None
        return before(min(bounds)) if is_known else self._state.after

    def _taken(self, reference: JobReference) -> Outcome:
        name = f"{self._server.url}/{reference.id}"
        try:
            found = self._server.job(reference)
            if found is None:
                return Outcome(name, State.LOST, error=ServerError("the job is gone", 404))
            if found.links.phase not in ENDED:
                message = f"the job is {found.links.phase or 'in no phase'}, whatever its list says"
                return Outcome(name, State.LOST, error=ServerError(message))
            document = self._server.document(found, reference)
        except ServerError as error:
            if error.status == 0:  # it does not answer: the others are not tried
                raise
            return Outcome(name, State.LOST, error=error)
        outcome = self._delivered(found, document)
        self._state.take(reference.id, reference.created)
        return outcome

    def _delivered(self, found: FoundJob, document: bytes | None) -> Outcome:
        preferred = None if document is None else self._document_receipt(document)
        try:
            receipt = self._archive.job(found.document, found.url)
        except ProvstoreError as error:
            if not is_refusal(error):
                raise
            return Outcome(found.url, State.REFUSED, error=error)
        told = preferred or receipt
        return Outcome(found.url, state_of(told), told)

    def _document_receipt(self, document: bytes) -> JsonObject | None:
        """The receipt of a job's provenance document; None where the archive refuses it."""
        try:
            return self._archive.document(document)
        except ProvstoreError as error:
            if not is_refusal(error):
                raise
            return None
