"""A job, its description and its URL as one document.

What is stored has to say by itself what it says: it is read again when the catalogue is rebuilt. A
job that comes with its description or its URL is kept as one ``multipart/form-data`` body (RFC
7578) of the parts ``job``, ``description`` and ``url``, as it may also be sent. Its boundary
follows from its content, so that the same job is the same bytes.
"""

import hashlib
import re
from typing import Final, NamedTuple

NAMES: Final = ("job", "description", "url")
MULTIPART: Final = "multipart/form-data"
_CRLF: Final = b"\r\n"
_MOST_HEADERS: Final = 8192
_BOUNDARY: Final = re.compile(rb"--([0-9A-Za-z'()+_,./:=?-]{1,70})\r?\n")
_NAME: Final = re.compile(r'(?:\A|;)\s*name="([^"\r\n]*)"', re.IGNORECASE)
_DECLARED: Final = re.compile(
    r'(?:\A|;)\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE
)


class JobParts(NamedTuple):
    """What tells of one job."""

    job: bytes
    description: bytes | None = None
    url: str | None = None


class BadPartsError(ValueError):
    """A body that is not of these parts; the message says why."""


def packed(parts: JobParts) -> bytes:
    """The document that is stored; a job alone is stored as it is."""
    if parts.description is None and parts.url is None:
        return parts.job
    told = [("job", parts.job)]
    if parts.description is not None:
        told.append(("description", parts.description))
    if parts.url is not None:
        told.append(("url", parts.url.encode()))
    digest = hashlib.sha256()
    for name, content in told:
        digest.update(f"{name} {len(content)} ".encode() + content)
    mark = b"--provstore-" + digest.hexdigest()[:40].encode()
    blocks = [_block(mark, name, content) for name, content in told]
    return b"".join([*blocks, mark, b"--", _CRLF])


def _block(mark: bytes, name: str, content: bytes) -> bytes:
    header = f'Content-Disposition: form-data; name="{name}"'.encode()
    return _CRLF.join((mark, header, b"", content, b""))


def is_packed(head: bytes) -> bool:
    """Whether the first bytes are those of a body with a job in it."""
    return _BOUNDARY.match(head) is not None and b'name="job"' in head


def unpacked(data: bytes) -> JobParts:
    """The parts of a document; one that is not of several parts is a job alone.

    Raises
    ------
    BadPartsError
        It is no body of these parts.
    """
    found = _BOUNDARY.match(data)
    return JobParts(data) if found is None else form_parts(data, found.group(1))


def declared_boundary(content_type: str) -> bytes | None:
    """The boundary that a ``multipart/form-data`` declares; None where it is of another type."""
    kind, _, parameters = content_type.partition(";")
    found = _DECLARED.search(parameters)
    if kind.strip().lower() != MULTIPART:
        return None
    if found is None:
        raise BadPartsError("multipart/form-data names no boundary")
    return (found.group(1) or found.group(2)).encode("latin-1", "replace")


def form_parts(data: bytes, boundary: bytes) -> JobParts:
    """The parts of a ``multipart/form-data`` body.

    Raises
    ------
    BadPartsError
        It is not of the parts ``job``, ``description`` and ``url``, each once at most, with a job.
    """
    found: dict[str, bytes] = {}
    for block in _blocks(data, boundary):
        name, content = _named(block)
        if name not in NAMES or name in found:
            told = "told twice" if name in found else f"none of {', '.join(NAMES)}"
            raise BadPartsError(f"the part {name[:50]!r} is {told}")
        found[name] = content
    if not found.get("job"):
        raise BadPartsError("there is no part 'job'")
    try:
        url = found.get("url", b"").decode().strip() or None
    except UnicodeDecodeError:
        raise BadPartsError("the part 'url' is not UTF-8") from None
    return JobParts(found["job"], found.get("description") or None, url)


def _blocks(data: bytes, boundary: bytes) -> list[bytes]:
    """What stands between the marks (RFC 2046, section 5.1.1)."""
    mark = b"--" + boundary
    # the line break before a mark belongs to the mark; the first may have none
    most = len(NAMES) + 1
    pieces = (b"\n" + data).split(b"\n" + mark, most + 1)
    if len(pieces) - 1 > most:
        raise BadPartsError(f"there are more than {len(NAMES)} parts")
    *blocks, end = pieces[1:] or [b""]
    if not end.startswith(b"--"):
        raise BadPartsError("the end mark of the parts is missing")
    return [block.removesuffix(b"\r") for block in blocks]


def _named(block: bytes) -> tuple[str, bytes]:
    """Name and content of one part."""
    _, line_end, rest = block.partition(b"\n")
    headers, separator, content = _parted(rest)
    if not line_end or not separator or len(headers) > _MOST_HEADERS:
        raise BadPartsError("a part has no end of its headers")
    for line in headers.decode("latin-1").splitlines():
        key, _, value = line.partition(":")
        if key.strip().lower() == "content-disposition":
            name = _NAME.search(value.partition(";")[2])
            if name is not None:
                return name.group(1), content
    raise BadPartsError("a part has no name")


def _parted(rest: bytes) -> tuple[bytes, bytes, bytes]:
    """Headers, the empty line after them, content."""
    for separator in (b"\r\n\r\n", b"\n\n"):
        head, found, content = rest.partition(separator)
        if found and len(head) <= _MOST_HEADERS:
            return head, found, content
    return rest, b"", b""
