"""Attributes of the root of an HDF5 file, and the logs that lstchain puts into it.

The file is read by a process of its own, see `hdf5_child`.
"""

import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

from provstore.errors import NotInstalledError
from provstore.importers.base import Findings
from provstore.importers.metadata.headers import Header, Headers
from provstore.importers.strict_json import Json, JsonText, pointer

_MAGIC: Final = b"\x89HDF\r\n\x1a\n"
_CHILD: Final = Path(__file__).with_name("hdf5_child.py")
_COMMAND: Final = (sys.executable, "-I", str(_CHILD))
_PATIENCE_S: Final = 30
_UNREADABLE: Final = 1
_NOT_INSTALLED: Final = 3
_ENVIRONMENT: Final = {
    "HDF5_PLUGIN_PRELOAD": "::",  # no filters from elsewhere (HDF5 reference manual)
    "HDF5_USE_FILE_LOCKING": "FALSE",
    "OPENBLAS_NUM_THREADS": "1",  # each thread takes memory that nobody uses
}


def is_hdf5(head: bytes) -> bool:
    """Whether a file begins as HDF5 does; one with a user block before it is not recognised."""
    return head.startswith(_MAGIC)


def read_hdf5(data: bytes, findings: Findings) -> Headers:
    """The header of the root group; an error where the file cannot be read.

    Raises
    ------
    NotInstalledError
        h5py, which comes with ``provstore[files]``, is not installed.
    """
    text = _ask_child(data, findings)
    content = None if text is None else JsonText(text, findings).only_value()
    if not isinstance(content, dict):
        return Headers([])
    for name, why in _texts(content["left_out"]).items():
        place = name if name.startswith("/") else pointer(name)
        findings.warning("hdf5/left-out", place, name, f"it cannot be read, and is left out: {why}")
    attributes = content["attributes"]
    keys = attributes if isinstance(attributes, dict) else {}
    return Headers([Header("", keys)], logs=_texts(content["logs"]))


def _texts(told: Json) -> dict[str, str]:
    pairs = told.items() if isinstance(told, dict) else ()
    return {key: value for key, value in pairs if isinstance(value, str)}


def _ask_child(data: bytes, findings: Findings) -> str | None:
    """What the process that reads the file says; None, with an error, where it could not."""
    try:
        answer = subprocess.run(  # noqa: S603  our own program, without arguments
            _COMMAND,
            input=data,
            capture_output=True,
            env=_ENVIRONMENT,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        _refuse(findings, "timeout", f"reading it took more than {_PATIENCE_S} s")
        return None
    said = answer.stdout.decode(errors="replace")
    if answer.returncode == _NOT_INSTALLED:
        raise NotInstalledError("HDF5 files are read by h5py: install provstore[files]")
    if answer.returncode == 0:
        return said
    if answer.returncode == _UNREADABLE:
        _refuse(findings, said.partition(":")[0], f"it cannot be read: {said}")
    else:
        cause = _ended_by(answer.returncode)
        _refuse(findings, cause, f"the HDF5 library gave up over it ({cause})")
    return None


def _refuse(findings: Findings, value: str, message: str) -> None:
    findings.error("hdf5/unreadable", "", value, message)


def _ended_by(code: int) -> str:
    if code >= 0:
        return f"status {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"
