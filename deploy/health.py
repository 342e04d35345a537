#!/usr/bin/env python3
"""Ask a server whether it can answer questions: exit status 0 if so, else 1 and the reason.

Usage: ``health.py http://127.0.0.1:8000/health``. The server answers only under its own names, so
the request carries the host of ``PROVSTORE_BASE_URL`` where that is set. It needs the standard
library alone: the image has no curl.
"""

import os
import sys
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_S: Final = 8
"""Less than what the container engine waits for the whole check."""


def ask(url: str) -> str:
    """The first bytes of the answer.

    Raises
    ------
    OSError
        Nobody answers, or the answer is another than 200.
    """
    named = urlsplit(os.environ.get("PROVSTORE_BASE_URL", "")).netloc
    request = Request(url, headers={"Host": named} if named else {})  # noqa: S310  ours
    with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE_S) as answer:
        return str(answer.read(2000), "utf-8", "replace")


def main() -> int:
    """Print what was answered, on one line."""
    try:
        said, status = ask(sys.argv[1]), 0
    except HTTPError as error:
        said, status = str(error.read(2000), "utf-8", "replace"), 1
    except OSError as error:
        said, status = str(error), 1
    sys.stdout.write(" ".join(said.split()) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())
