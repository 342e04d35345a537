"""The command ``provstore``, run as users run it: a process, piped or on a terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

COMMAND = (sys.executable, "-m", "provstore.cli.main")
_PATIENCE_S = 120


def clean_environment(**settings: str | Path) -> dict[str, str]:
    """The environment without settings of the user's own; keywords become ``PROVSTORE_…``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PROVSTORE_") and name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    named = {f"PROVSTORE_{name.upper()}": str(value) for name, value in settings.items()}
    return {**kept, "COLUMNS": "300", **named}


def provstore(
    *arguments: str | Path, stdin: None = None, **settings: str | Path
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, its output piped."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        env=clean_environment(**settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )


def provstore_on_terminal(
    *arguments: str | Path, environment: Mapping[str, str] | None = None, **settings: str | Path
) -> tuple[int, str]:
    """Run a command on a terminal; its status, and what was shown on stdout."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, *map(str, arguments)],
        env={**clean_environment(**settings), "TERM": "xterm", **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    with suppress(OSError), open(ours, "rb", buffering=0, closefd=True) as terminal:  # noqa: PTH123  a descriptor  # the terminal's end is an error of its reader
        while chunk := terminal.read(65536):
            shown += chunk
    return process.wait(_PATIENCE_S), shown.decode(errors="replace").replace("\r\n", "\n")
