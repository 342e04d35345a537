"""Options that several commands take, each described once."""

from pathlib import Path
from typing import Annotated

import typer

from provstore.errors import BadParameterError


def _sendable(value: str) -> str:
    # A shell can pass bytes that are no text; no archive has an identifier of them.
    try:
        value.encode()
    except UnicodeEncodeError:
        shown = value.encode(errors="backslashreplace").decode()
        raise BadParameterError("ID", shown, "text in UTF-8") from None
    return value


def _sendable_all(values: list[str]) -> list[str]:
    return [_sendable(value) for value in values]


Paths = Annotated[
    list[Path],
    typer.Argument(metavar="PATH...", exists=True, readable=True, help="Files, gzipped or not."),
]
Id = Annotated[str, typer.Argument(metavar="ID", callback=_sendable, help="Any name of it.")]
Ids = Annotated[
    list[str],
    typer.Argument(
        metavar="ID...", callback=_sendable_all, help="Any name of it; several start together."
    ),
]
Url = Annotated[
    str | None,
    typer.Option("--url", help="The server; else PROVSTORE_URL."),
]
Token = Annotated[
    str | None,
    typer.Option("--token", help="The secret to send; better in PROVSTORE_TOKEN."),
]
Source = Annotated[
    str | None,
    typer.Option(
        "--source", help="Name of the pipeline; qualifies ids that mean something only there."
    ),
]
Format = Annotated[
    str,
    typer.Option("--format", help="Name of the format; auto looks at the content."),
]
SpoolFolder = Annotated[
    Path | None,
    typer.Option("--spool", help="Folder of what could not be sent; else PROVSTORE_SPOOL."),
]
Timeout = Annotated[
    float, typer.Option("--timeout", min=0.1, help="Longest silence of the server, in seconds.")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Most rows; all without it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
