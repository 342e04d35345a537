"""The command ``provstore``, run as users run it: a process, piped or on a terminal.

Starting Python and loading SQLAlchemy takes a second on a busy machine, the command itself a few
milliseconds. So `provstore` forks a process that has loaded everything already; what the start
itself costs is tested apart, with `COMMAND`.
"""

import atexit
import json
import os
import pty
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from support.engines import database_url

COMMAND = (sys.executable, "-m", "provstore.cli.main")
_PATIENCE_S = 120

_PRELOADED = """
import json, os, sys, traceback
import provstore.cli.main, provstore.cli.embedded, rich.table, rich.console

def command(asked):
    os.setsid()
    for path, number in ((asked["out"], 1), (asked["err"], 2)):
        os.dup2(os.open(path, os.O_WRONLY), number)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["provstore", *asked["arguments"]]
    try:
        provstore.cli.main.run()
    except SystemExit as end:
        status = end.code or 0
    except BaseException:
        traceback.print_exc()
        status = 1
    else:
        status = 0
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        command(json.loads(line))
    _, status = os.waitpid(child, 0)
    print(os.waitstatus_to_exitcode(status), flush=True)
"""


def clean_environment(**settings: str | Path) -> dict[str, str]:
    """The environment without settings of the user's own; keywords become ``PROVSTORE_…``."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PROVSTORE_") and name not in {"NO_COLOR", "FORCE_COLOR"}
    }
    folder = settings.get("data_dir")
    url = database_url(Path(folder)) if folder and "database_url" not in settings else ""
    if url:
        settings["database_url"] = url
    named = {f"PROVSTORE_{name.upper()}": str(value) for name, value in settings.items()}
    return {**kept, "COLUMNS": "300", **named}


@cache
def _preloaded() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _PRELOADED],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    atexit.register(process.communicate)
    return process


def provstore(*arguments: str | Path, **settings: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, its output piped; ``settings`` are those of the environment."""
    words = [str(argument) for argument in arguments]
    with tempfile.NamedTemporaryFile() as out, tempfile.NamedTemporaryFile() as err:
        asked = {
            "arguments": words,
            "environment": clean_environment(**settings),
            "out": out.name,
            "err": err.name,
        }
        process = _preloaded()
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        status = int(process.stdout.readline())
        return subprocess.CompletedProcess(words, status, out.read().decode(), err.read().decode())


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
    # the end of a terminal is an error of its reader
    with suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
        while chunk := terminal.read(65536):
            shown += chunk
    return process.wait(_PATIENCE_S), shown.decode(errors="replace").replace("\r\n", "\n")
