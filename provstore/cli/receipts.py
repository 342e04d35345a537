"""What became of pushed documents, one line each."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

from provstore.cli.output import (
    note,
    on_terminal,
    print_cells,
    print_json,
    print_table,
    say_findings,
)
from provstore.client.delivery import Outcome, State, findings_of_error
from provstore.client.problems import findings_of
from provstore.errors import Finding

COLUMNS: Final = (
    "file",
    "state",
    "receipt",
    "format",
    "new_elements",
    "new_relations",
    "known_elements",
    "known_relations",
    "findings",
)


class Receipts:
    """Prints outcomes: a line each at once, or a table in the end where a person looks on.

    Parameters
    ----------
    as_json
        Print each outcome as one JSON object on a line of its own.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._rows: list[Sequence[str | int]] | None = None
        if on_terminal() and not as_json:
            self._rows = []

    def add(self, outcome: Outcome) -> None:
        """Print one outcome, and on stderr what the user has to know about it."""
        _say(outcome)
        try:
            self._print(outcome)
        except BrokenPipeError:
            # Nobody reads receipts any more. The documents that follow are sent all the same.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def _print(self, outcome: Outcome) -> None:
        if self._as_json:
            print_json(_outcome_json(outcome))
        elif self._rows is not None:
            self._rows.append(_row(outcome))
        else:
            print_cells(_row(outcome))

    def close(self) -> None:
        """Print what waits for the end."""
        if self._rows:
            print_table(COLUMNS, self._rows)


def _say(outcome: Outcome) -> None:
    match outcome.state:
        case State.REFUSED:
            say_findings(outcome.name, findings_of_error(outcome.error))
            note(f"{outcome.name}: refused: {outcome.error}")
        case State.SPOOLED:
            note(f"{outcome.name}: spooled, `provstore flush` sends it later: {outcome.error}")
        case State.LOST:
            note(f"{outcome.name}: neither sent nor spooled: {outcome.error}")
        case State.PENDING:
            note(f"{outcome.name}: pending: the server has it and will judge it")
            say_findings(outcome.name, _findings(outcome))
        case State.ACCEPTED | State.KNOWN | State.CHECKED:
            say_findings(outcome.name, _findings(outcome))


def _findings(outcome: Outcome) -> Iterable[Finding]:
    return findings_of(outcome.receipt or {})


def _row(outcome: Outcome) -> Sequence[str | int]:
    receipt = outcome.receipt or {}
    new, known = receipt.get("new", {}), receipt.get("known", {})
    found = receipt.get("findings", findings_of_error(outcome.error))
    return (
        outcome.name,
        outcome.state.value,
        receipt.get("id", ""),
        receipt.get("format", ""),
        new.get("elements", ""),
        new.get("relations", ""),
        known.get("elements", ""),
        known.get("relations", ""),
        len(found),
    )


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    receipt = outcome.receipt or {}
    findings = [finding.as_json() for finding in findings_of_error(outcome.error)]
    return {
        "file": outcome.name,
        "state": outcome.state.value,
        "receipt": receipt if "id" in receipt else None,
        "findings": receipt.get("findings", findings),
        "error": None if outcome.error is None else str(outcome.error),
    }
