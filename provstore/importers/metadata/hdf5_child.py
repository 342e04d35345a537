"""A program: an HDF5 file on standard input -> its root attributes and logs, as JSON.

The HDF5 library is written in C, and a hostile file may bring down the process that reads it, or
make it use any amount of memory and time. So it is read here, apart, with little of all of them.
Only attributes of the root and short texts under ``provenance`` are read: no data, no links to
elsewhere, no virtual or external storage, no plugins (the caller sets the environment for that).

It imports nothing of provstore, so that it starts quickly.
"""

import io
import json
import math
import resource
import sys
from typing import Any

_MEMORY = 2 << 30
_CPU_SECONDS = 3
_MAX_ATTRIBUTES = 2000
_MAX_LOGS = 100
_MAX_CHARACTERS = 16 << 20
"""Of all that is told."""


def limit(size: int) -> None:
    """Take away from this process what a hostile file would use up."""
    for what, most in (
        (resource.RLIMIT_AS, _MEMORY + 2 * size),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (allowed, hard))


def told(data: bytes) -> dict[str, Any]:
    """What the file tells, as JSON can say it.

    ``attributes``: name -> value; ``logs``: place -> text; ``left_out``: name -> why not read.
    """
    import h5py  # noqa: PLC0415  after the limits are set

    found: dict[str, Any] = {"attributes": {}, "logs": {}, "left_out": {}, "size": 0}
    with h5py.File(io.BytesIO(data), "r") as file:
        for index, name in enumerate(file.attrs):
            if index >= _MAX_ATTRIBUTES:
                raise ValueError(f"it has more than {_MAX_ATTRIBUTES} attributes")
            _read(found, "attributes", name, lambda name=name: _plain(file.attrs[name]))
        if isinstance(file.get("provenance", getlink=True), h5py.HardLink):
            _read_logs(found, file["provenance"], h5py)
    return found


def _read(found: dict[str, Any], kind: str, name: str, read: Any) -> None:  # noqa: ANN401  a function without arguments
    try:
        value = read()
    except Exception as error:  # noqa: BLE001  the library raises anything over broken bytes
        found["left_out"][name] = f"{type(error).__name__}: {error}"[:200]
        return
    found[kind][name] = value
    found["size"] += len(name) + len(json.dumps(value))
    if found["size"] > _MAX_CHARACTERS:
        raise ValueError(f"its attributes have more than {_MAX_CHARACTERS} characters")


def _read_logs(found: dict[str, Any], group: Any, h5py: Any) -> None:  # noqa: ANN401  h5py publishes no types
    if not isinstance(group, h5py.Group):
        return
    for index, name in enumerate(group):
        if index >= _MAX_LOGS:
            raise ValueError(f"it has more than {_MAX_LOGS} provenance logs")
        if isinstance(group.get(name, getlink=True), h5py.HardLink):
            _read(found, "logs", f"/provenance/{name}", lambda name=name: _log(group[name], h5py))


def _log(stored: Any, h5py: Any) -> str:  # noqa: ANN401  as above
    if not isinstance(stored, h5py.Dataset) or stored.is_virtual or stored.external:
        raise ValueError("this is no text in the file itself")
    if stored.shape not in {(), (1,)} or h5py.check_string_dtype(stored.dtype) is None:
        raise ValueError("this is no single text")
    value = stored[()]
    return str(_plain(value if stored.shape == () else value[0]))


def _plain(value: Any) -> object:  # noqa: ANN401  whatever the library gives
    """Text, number, boolean, or a list of them."""
    told = value.tolist() if hasattr(value, "tolist") else value  # numpy
    match told:
        case bytes():
            return told.decode()
        case list():
            return [_plain(item) for item in told]
        case float() if not math.isfinite(told):  # JSON has no such numbers
            return repr(told)
        case str() | bool() | int() | float():
            return told
        case _ if type(told).__name__ == "Empty":  # how PyTables stores an empty text
            return ""
        case _:
            raise TypeError(f"a value of type {type(told).__name__} is not read")


def main() -> int:
    """Read standard input, write standard output; 1 where the library cannot read the file."""
    data = sys.stdin.buffer.read()
    limit(len(data))
    try:
        text = json.dumps(told(data))
    except ImportError:
        return 3
    except Exception as error:  # noqa: BLE001  as above
        sys.stdout.write(f"{type(error).__name__}: {error}"[:500])
        return 1
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
