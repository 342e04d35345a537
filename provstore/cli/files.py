"""The files that a command is given, and those that it writes."""

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NamedTuple

from provstore.client.transport import GZIP_MAGIC
from provstore.errors import (
    BadParameterError,
    Finding,
    RefusedDocumentError,
    Severity,
    TooLargeError,
)

AUTO: Final = "auto"


class InputFile(NamedTuple):
    """A file to be read."""

    path: Path
    named: bool
    """False where it was met in a folder: then it may be something else than a document."""

    def read(self) -> bytes:
        """Its bytes as they are.

        Raises
        ------
        BadParameterError
            It cannot be read.
        """
        try:
            return self.path.read_bytes()
        except OSError as error:
            raise BadParameterError("PATH", str(self.path), str(error.strerror)) from error


def input_files(paths: Iterable[Path]) -> list[InputFile]:
    """The files in the order given; those of a folder sorted, hidden ones left out."""
    return [file for path in paths for file in _files_of(path)]


def _files_of(path: Path) -> Iterator[InputFile]:
    if not path.is_dir():
        yield InputFile(path, named=True)
        return
    for inner in sorted(path.rglob("*")):
        is_hidden = any(part.startswith(".") for part in inner.relative_to(path).parts)
        if inner.is_file() and not is_hidden:
            yield InputFile(inner, named=False)


def wanted_format(name: str) -> str | None:
    """The format that ``--format`` names, or None where the content decides."""
    return None if name == AUTO else name


def decoded(data: bytes, most: int) -> bytes:
    """The bytes with gzip undone.

    Parameters
    ----------
    most
        Most bytes that may come out.

    Raises
    ------
    TooLargeError
        More come out, or the file itself is larger.
    RefusedDocumentError
        The file begins as gzip does and is damaged.
    """
    plain = _gunzipped(data, most) if data.startswith(GZIP_MAGIC) else data
    if len(plain) > most:
        raise TooLargeError(f"the document is larger than {most} bytes (MAX_DOCUMENT_BYTES)")
    return plain


def _gunzipped(data: bytes, most: int) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            return file.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        finding = Finding(Severity.ERROR, "file/gzip", "", "gzip", f"damaged gzip: {error}")
        raise RefusedDocumentError([finding]) from error


def write_file(name: str, chunks: Iterable[bytes], parameter: str) -> None:
    """Write a file whole or not at all; a pipe or device stays one.

    It is written beside its place, and put there in the end.

    Parameters
    ----------
    parameter
        What the user calls it, for messages.

    Raises
    ------
    BadParameterError
        It cannot be written.
    """
    path = Path(os.path.realpath(name))  # a link goes on to lead to the file
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
        raise BadParameterError(parameter, str(path), str(error.strerror)) from error


def _umask() -> int:
    """What the user lets a new file not be; there is no other way to ask for it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
