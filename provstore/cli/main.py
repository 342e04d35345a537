"""The command ``provstore``."""

import io
import sys
from typing import Annotated

import typer

from provstore import __version__
from provstore.cli import (
    ask,
    convert,
    demonstration,
    harvest,
    load,
    maintain,
    push,
    search,
    serve,
    tokens,
    validate,
    worker,
)
from provstore.cli.exits import exit_of
from provstore.cli.output import note, print_line, say_findings
from provstore.errors import ProvstoreError, RefusedDocumentError

app = typer.Typer(
    name="provstore",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print_line(__version__)
        raise typer.Exit


Version = Annotated[
    bool,
    typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version."),
]


@app.callback()
def provstore(version: Version = False) -> None:
    """The provenance archive of an observatory: provenance in, lineage out.

    Exit status: 0 ok, 1 nothing found, 2 usage, 3 server or network, 4 refused document.
    """


app.command("serve")(serve.serve)
app.command("push")(push.push)
app.command("flush")(push.flush_spool)
app.command("ingest")(load.ingest)
app.command("obscore")(load.obscore)
app.command("harvest")(harvest.harvest)
app.command("show")(ask.show)
app.command("lineage")(ask.lineage)
app.command("search")(search.search)
app.command("keywords")(search.keywords)
app.command("impact")(ask.impact)
app.command("gaps")(ask.gaps)
app.command("validate")(validate.validate)
app.command("convert")(convert.convert)
app.command("worker")(worker.worker)
app.command("rebuild")(maintain.rebuild)
app.command("doctor")(maintain.doctor)
app.command("demo")(demonstration.demo)
app.add_typer(tokens.app, name="token")


def run() -> None:
    """Run the command of ``sys.argv`` and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name may be no text in the user's locale
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except RefusedDocumentError as refusal:
        say_findings("provstore", refusal.findings)
        sys.exit(exit_of(refusal))
    except ProvstoreError as error:
        note(f"provstore: {error}")
        sys.exit(exit_of(error))


if __name__ == "__main__":
    run()
