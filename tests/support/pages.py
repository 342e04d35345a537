"""Pages of the documentation, run as a reader would run them.

The convention of the pages:

- ``console``: lines that begin with ``$ `` are commands, the lines below are what they print, first
  to a terminal 140 columns wide, then as notes. ``…`` stands for any text, alone on a line for any
  lines; several blanks stand for several, or for a tab. A command that shows no output may print
  anything. Every command ends with status 0.
- ``python``: a script that ends with status 0; a ``text`` block after it is what it prints.
- ``cypher``: a statement for Neo4j; a ``text`` block after it is what it answers, a line of names
  and a line for each row. Lines with ``:param`` set parameters for all statements below.
- ``http``: a request, and after an empty line how the answer begins.
- ``json file=NAME``, ``toml file=NAME``: writes a file.
- ``mermaid``: a picture.
- Any of them with the word ``not-run`` is only shown.

Commands share their variables. The server that ``http://127.0.0.1:8000`` stands for is the page's
own; it has the demo observatory, or nothing where the page says ``<!-- archive: empty -->``. A page
with ``cypher`` has a Neo4j beside it, for which ``bolt://127.0.0.1:7687`` stands.
"""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx
from support.command import clean_environment

SHOWN_URL: Final = "http://127.0.0.1:8000"
SHOWN_GRAPH_URL: Final = "bolt://127.0.0.1:7687"
SHOWN_KINDS: Final = frozenset({"mermaid"})
RUN_KINDS: Final = frozenset({"console", "python", "cypher", "http", "json", "toml", "text"})
_PATIENCE_S: Final = 120
_FENCE: Final = re.compile(r"^```(\w*) ?(.*)\n((?:(?!```).*\n)*?)```$", re.MULTILINE)
_FILE: Final = re.compile(r"file=(\S+)")
_PARAMETER: Final = re.compile(r"^:param (\w+) => (?:'([^'\\]*)'|(\d+))$")


class Block(NamedTuple):
    """One fenced block."""

    page: Path
    line: int
    kind: str
    options: str
    text: str

    @property
    def is_run(self) -> bool:
        """Whether the suite runs it."""
        return self.kind in RUN_KINDS and "not-run" not in self.options.split()


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, *found.groups())
        for found in _FENCE.finditer(text)
    ]


def wants_empty_archive(page: Path) -> bool:
    """Whether the page begins with nothing in the archive."""
    return "<!-- archive: empty -->" in page.read_text(encoding="utf-8")


def wants_graph(page: Path) -> bool:
    """Whether the page asks Neo4j."""
    return any(block.kind == "cypher" for block in blocks(page))


class Command(NamedTuple):
    """A command, and the output that the page shows."""

    line: int
    text: str
    shown: str


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block, each with the lines up to the next."""
    lines = block.text.splitlines()
    starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
    assert starts[:1] == [0], f"{block.page.name}:{block.line}: begins with no command"
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        last = start
        while lines[last].endswith("\\"):
            last += 1
        text = "\n".join(lines[start : last + 1]).removeprefix("$ ")
        yield Command(block.line + 1 + start, text, "\n".join(lines[last + 1 : end]))


def fits(shown: str, printed: str) -> bool:
    """Whether what was printed is what a page shows."""
    pattern = ""
    for line in shown.splitlines():
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in _even(line).split("…")) + r"\n"
    lines = "".join(_even(line) + "\n" for line in printed.strip("\n").splitlines())
    return re.fullmatch(pattern, lines) is not None


def _even(line: str) -> str:
    """A line whose columns are two blanks apart, whatever is between them."""
    return re.sub(r"(?<=\S)(?: {2,}|\t)", "  ", line.rstrip())


class Reader:
    """Somebody who follows a page, in a folder, with a server.

    Parameters
    ----------
    folder
        Where the commands are run.
    url, data_dir
        The server and its data folder.
    graph_url
        Neo4j, for pages that want it.
    """

    def __init__(self, folder: Path, url: str, data_dir: Path, graph_url: str = "") -> None:
        self._folder, self._url, self._graph_url = folder, url, graph_url
        self._parameters: dict[str, Any] = {}
        self._state = folder / ".state"
        self._state.touch()
        self._notes = folder / ".notes"
        bin_dir = str(Path(sys.executable).parent)
        self._environment = {
            **clean_environment(data_dir=data_dir),
            "PATH": f"{bin_dir}:{os.environ['PATH']}",
            "TERM": "dumb",
            "COLUMNS": "140",
            "LINES": "50",
            "NO_PROXY": "127.0.0.1",
        }

    def follow(self, page: Path) -> None:
        """Run all blocks of a page; the first that does not do what it shows is an error."""
        printed = ""
        for block in blocks(page):
            if not block.is_run:
                continue
            place = f"{page.name}:{block.line}"
            match block.kind:
                case "console":
                    self._run_commands(block)
                case "python":
                    printed = self._run(place, f"python - <<'END'\n{block.text}END")
                case "cypher":
                    printed = self._ask(place, block.text)
                case "text":
                    assert fits(block.text, printed), f"{place}: printed was\n{printed}"
                case "http":
                    self._request(block)
                case _:
                    self._write(block)

    def _run_commands(self, block: Block) -> None:
        for command in commands(block):
            place = f"{block.page.name}:{command.line}: {command.text}"
            printed = self._run(place, command.text)
            if command.shown:
                assert fits(command.shown, printed), f"{place}\nprinted\n{printed}"

    def _run(self, place: str, text: str) -> str:
        """What a command prints; it fails the test if it fails."""
        script = (
            f"set -a; . {self._state}\n{self._ours(text)}\n"
            f"status=$?; export -p > {self._state}; exit $status"
        )
        ours, theirs = pty.openpty()
        with self._notes.open("wb") as notes:
            process = subprocess.Popen(
                ["bash", "-c", script],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=notes,
            )
        os.close(theirs)
        shown = _read_terminal(ours).replace("\r\n", "\n")
        status = process.wait(_PATIENCE_S)
        printed = self._as_shown(shown + self._notes.read_text())
        assert status == 0, f"{place}\nended with {status}:\n{printed}"
        return printed

    def _ours(self, text: str) -> str:
        text = text.replace(SHOWN_URL, self._url)
        return text.replace(SHOWN_GRAPH_URL, self._graph_url) if self._graph_url else text

    def _as_shown(self, text: str) -> str:
        text = text.replace(self._url, SHOWN_URL)
        return text.replace(self._graph_url, SHOWN_GRAPH_URL) if self._graph_url else text

    def _ask(self, place: str, text: str) -> str:
        """What Neo4j answers, in lines with tabs: texts as they are, all else as JSON."""
        from neo4j import READ_ACCESS, GraphDatabase

        statement = []
        for line in text.splitlines():
            if line.startswith(":"):
                told = _PARAMETER.fullmatch(line)
                assert told, f"{place}: {line}"
                self._parameters[told[1]] = told[2] if told[3] is None else int(told[3])
            else:
                statement.append(line)
        if not statement:
            return ""
        with (
            GraphDatabase.driver(self._graph_url) as driver,
            driver.session(database="neo4j", default_access_mode=READ_ACCESS) as session,
        ):
            answer = session.run("\n".join(statement), self._parameters)
            lines = [answer.keys(), *answer.values()]
        return "".join("\t".join(map(_cell, line)) + "\n" for line in lines)

    def _request(self, block: Block) -> None:
        """Of the answer, its first line is compared, and the headers that the page shows."""
        request, _, shown = block.text.partition("\n\n")
        method, path = request.split()[:2]
        answer = httpx.request(method, self._url + path, trust_env=False, timeout=_PATIENCE_S)
        head = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\n"
        names = [line.partition(":")[0] for line in shown.splitlines()[1:] if ": " in line]
        head += "".join(f"{name}: {answer.headers.get(name)}\n" for name in names)
        assert fits(shown, head.replace(self._url, SHOWN_URL)), (
            f"{block.page.name}:{block.line}: {head}"
        )

    def _write(self, block: Block) -> None:
        named = _FILE.search(block.options)
        assert named, f"{block.page.name}:{block.line}: a {block.kind} block names no file"
        (self._folder / named[1]).write_text(self._ours(block.text), encoding="utf-8")


def _cell(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _read_terminal(descriptor: int) -> str:
    """All that is written to a terminal; that its last writer is gone is an error of its reader."""
    shown = b""
    with (
        suppress(OSError),
        open(descriptor, "rb", buffering=0, closefd=True) as terminal,
    ):
        while chunk := terminal.read(65536):
            shown += chunk
    return shown.decode(errors="replace")
