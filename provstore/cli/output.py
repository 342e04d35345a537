r"""How commands print: results on stdout, notes on stderr.

On a terminal a list is a table; elsewhere it is tab-separated, a header line first, so that other
programs can cut it. Identifiers are data of strangers: what could steer a terminal is shown as
``\u001b``, never sent.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from provstore.errors import Finding

T = TypeVar("T")
Cell = str | int | float | bool | None

# Controls (C0, DEL, C1), line and paragraph separators, and what reverses the order of letters.
_STEERING: Final = re.compile(
    "[\\x00-\\x1f\\x7f-\\x9f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069]"
)
_STEERING_IN_TEXT: Final = re.compile(f"(?![\\t\\n]){_STEERING.pattern}")


def visible(value: Cell) -> str:
    """A value as one line of text that cannot steer a terminal; unknown is empty."""
    return "" if value is None else _STEERING.sub(_escaped, str(value))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def on_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout.isatty()


def note(text: str) -> None:
    """Say something that is no result."""
    sys.stderr.write(visible(text) + "\n")


def print_line(text: str) -> None:
    """Print one line of a result at once, so that a job that is killed later has it in its log."""
    sys.stdout.write(visible(text) + "\n")
    sys.stdout.flush()


def print_cells(cells: Iterable[Cell]) -> None:
    """Print one tab-separated line at once."""
    sys.stdout.write("\t".join(visible(cell) for cell in cells) + "\n")
    sys.stdout.flush()


def print_json(value: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON text on one line."""
    print_text(json.dumps(value, ensure_ascii=False))
    print_text("\n")
    sys.stdout.flush()


def print_text(text: str) -> None:
    """Print a text of several lines as it is; on a terminal with escapes for what could steer it.

    The escapes are those of JSON, so that a JSON text stays one.
    """
    sys.stdout.write(_STEERING_IN_TEXT.sub(_escaped, text) if on_terminal() else text)


def print_bytes(chunks: Iterable[bytes]) -> None:
    """Print an answer in some other format: byte by byte, on a terminal as `print_text` does."""
    if on_terminal():
        print_text(b"".join(chunks).decode(errors="replace"))
        return
    sys.stdout.flush()
    for chunk in chunks:
        sys.stdout.buffer.write(chunk)
    sys.stdout.buffer.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Print rows as a table on a terminal, tab-separated with a header line elsewhere."""
    if on_terminal():
        _print_rich(columns, rows)
        return
    print_cells(columns)
    for row in rows:
        sys.stdout.write("\t".join(visible(cell) for cell in row) + "\n")


def _print_rich(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    Console().print(table)


def say_findings(name: str, findings: Iterable[Finding]) -> None:
    """Say what was noticed in a document, one line each, on stderr."""
    for finding in findings:
        note(finding_text(name, finding))


def finding_text(name: str, finding: Finding) -> str:
    """A finding as compilers write theirs: file, place, severity, message, value, rule."""
    place = f"{name}:{finding.place}" if finding.place else name
    value = f" ({finding.value})" if finding.value else ""
    return f"{place}: {finding.severity}: {finding.message}{value} [{finding.rule}]"


def progress(items: Sequence[T], what: str) -> Iterator[T]:
    """The items; while they are worked on, a bar on stderr where that is a terminal."""
    if not sys.stderr.isatty() or len(items) < 2:  # noqa: PLR2004  one item has no progress
        yield from items
        return
    from rich.console import Console
    from rich.progress import track

    yield from track(items, what, console=Console(stderr=True), transient=True)
