#!/usr/bin/env python3
"""Ask a server whether it does its work: exit status 0 if so, else 1 and the reason.

Usage::

    health.py http://127.0.0.1:8000/health           can it answer questions?
    health.py http://127.0.0.1:8000/health --graph   and does some worker look after the graph?

The server answers only under its own names, so the request carries the host of
``PROVSTORE_BASE_URL`` where that is set. The standard library is enough: the image has no curl.
"""

import json
import os
import sys
from collections.abc import Sequence
from typing import Final
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import ProxyHandler, Request, build_opener

PATIENCE_S: Final = 8
"""Less than what the container engine waits for the whole check."""


def ask(url: str) -> str:
    """The answer.

    Raises
    ------
    OSError
        Nobody answers, or the answer is another than 200.
    """
    named = urlsplit(os.environ.get("PROVSTORE_BASE_URL", "")).netloc
    request = Request(url, headers={"Host": named} if named else {})  # noqa: S310  ours
    with build_opener(ProxyHandler({})).open(request, timeout=PATIENCE_S) as answer:
        return str(answer.read(), "utf-8", "replace")


def has_worker(said: str) -> bool:
    """Whether a worker has the lease of the graph, by what the server said.

    A worker keeps it while Neo4j is down, and loses it when it dies or hangs.
    """
    return bool(json.loads(said).get("graph", {}).get("written_by"))


def main(arguments: Sequence[str]) -> int:
    """Print what was answered, on one line."""
    url, *asked = arguments
    try:
        said = ask(url)
        status = int("--graph" in asked and not has_worker(said))
    except HTTPError as error:
        said, status = str(error.read(), "utf-8", "replace"), 1
    except OSError as error:
        said, status = str(error), 1
    sys.stdout.write(" ".join(said.split())[:2000] + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
