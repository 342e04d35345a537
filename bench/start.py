"""How long commands take to start that grid jobs call, often, beside bare Python."""

import os
import subprocess
import sys
import tempfile

from measure import compare

_RUN = "from provstore.cli.main import run; run()"


def _python(settings: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, *arguments]
    environment = {**os.environ, **settings}
    subprocess.run(command, capture_output=True, check=True, env=environment)  # noqa: S603  our own


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _against_python("provstore --help", {}, "--help")
        _against_python("provstore flush, nothing spooled", {"PROVSTORE_SPOOL": folder}, "flush")


def _against_python(title: str, settings: dict[str, str], *arguments: str) -> None:
    compare(
        title,
        ("provstore", lambda: _python(settings, "-c", _RUN, *arguments)),
        ("bare Python", lambda: _python({}, "-c", "pass")),
        goal="the command to start in under 300 ms",
    )


if __name__ == "__main__":
    main()
