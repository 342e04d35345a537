"""Documents from one format into another, without a database."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provstore.cli.files import AUTO, InputFile, decoded, wanted_format, write_file
from provstore.cli.options import Format
from provstore.cli.output import print_bytes, say_findings
from provstore.errors import BadParameterError

if TYPE_CHECKING:
    from provstore.exporters import registry

STANDARD: Final = "-"
"""Stands for the standard input, and for the standard output."""

In = Annotated[
    Path,
    typer.Argument(
        metavar="IN",
        exists=True,
        dir_okay=False,
        allow_dash=True,
        help="The document, gzipped or not; - is stdin.",
    ),
]
Out = Annotated[
    str,
    typer.Argument(metavar="OUT", help="Where to; its suffix is the format, - is stdout."),
]
To = Annotated[str | None, typer.Option("--to", help="Name of the format to write.")]
ModelName = Annotated[str, typer.Option("--model", help="Flavour of PROV formats: W3C or IVOA.")]


def convert(
    document: In,
    out: Out,
    model: ModelName = "W3C",
    to: To = None,
    format: Format = AUTO,  # noqa: A002  the users' word
) -> None:
    """Write a document in another format; nothing is stored and no database is needed.

    OUT is written whole or not at all, where it is a file.
    """
    from provstore.cli.embedded import settings
    from provstore.services.convert import convert as convert_document

    wanted = _wanted(out, to)
    most = settings().max_document_bytes
    data = decoded(_read(document, most), most)
    converted = convert_document(data, wanted, model=model, format=wanted_format(format))
    say_findings(str(document), converted.findings)
    if out == STANDARD:
        print_bytes(converted.chunks)
    else:
        write_file(out, converted.chunks, parameter="OUT")


def _wanted(out: str, to: str | None) -> "registry.Format":
    from provstore.exporters.registry import format_of, format_of_file

    if to is not None:
        return format_of(to, "--to")
    if out == STANDARD:
        raise BadParameterError("--to", "", "the name of a format, where OUT is - (stdout)")
    return format_of_file(out)


def _read(path: Path, most: int) -> bytes:
    if str(path) == STANDARD:
        return sys.stdin.buffer.read(most + 1)
    return InputFile(path, named=True).read()
