"""Documents from one format into another, without a database."""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Annotated, Final

import typer

from provstore.cli.files import AUTO, InputFile, decoded, wanted_format
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
        _write(Path(out), converted.chunks)


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


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    """Write beside the file, and put it in its place at the end; a pipe or device stays one."""
    path = Path(os.path.realpath(path))  # a link goes on to lead to the file
    try:
        if path.is_char_device() or path.is_fifo():
            with path.open("wb") as device:
                device.writelines(chunks)
            return
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            try:
                file.writelines(chunks)
                Path(file.name).chmod(0o666 & ~_umask())
                Path(file.name).replace(path)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise
    except OSError as error:
        raise BadParameterError("OUT", str(path), str(error.strerror)) from error


def _umask() -> int:
    """What the user lets a new file not be; there is no other way to ask for it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
