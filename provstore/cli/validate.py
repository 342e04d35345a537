"""Judging documents without a database."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Final

import typer

from provstore.cli.exits import Exit, exit_of
from provstore.cli.files import AUTO, InputFile, decoded, input_files, wanted_format
from provstore.cli.options import AsJson, Format, Paths
from provstore.cli.output import Cell, note, print_json, print_table, progress
from provstore.errors import (
    Finding,
    ProvstoreError,
    RefusedDocumentError,
    Severity,
    UnknownFormatError,
)

COLUMNS: Final = ("file", "severity", "rule", "place", "value", "message")

Strict = Annotated[
    bool, typer.Option("--strict", help="Rules of PROV and the IVOA count as errors.")
]


def validate(
    paths: Paths,
    strict: Strict = False,
    format: Format = AUTO,  # noqa: A002  the users' word
    as_json: AsJson = False,
) -> None:
    """Say what is wrong with documents; nothing is stored and no database is needed.

    Ends with 4 where a push would be refused, with --strict also where a rule of PROV or the IVOA
    is broken.
    """
    found: list[tuple[InputFile, Finding]] = []
    for file in progress(input_files(paths), "reading"):
        found.extend((file, finding) for finding in _findings(file, format, strict=strict))
    if as_json:
        print_json([_finding_json(file, finding) for file, finding in found])
    else:
        print_table(COLUMNS, (_row(file, finding) for file, finding in found))
    errors = sum(1 for _, finding in found if finding.severity is Severity.ERROR)
    note(f"{len(paths)} path(s), {len(found)} finding(s), {errors} of them errors")
    raise typer.Exit(Exit.REFUSED if errors else Exit.OK)


def _findings(file: InputFile, form: str, *, strict: bool) -> Iterator[Finding]:
    from provstore.services.quality import weighed

    return (weighed(finding, strict=strict) for finding in _told(file, form))


def _told(file: InputFile, form: str) -> Iterator[Finding]:
    from provstore.cli.embedded import settings
    from provstore.importers.registry import read_document
    from provstore.services.quality import noticed

    try:
        data = decoded(file.read(), settings().max_document_bytes)
        parsed = read_document(data, format=wanted_format(form))
        yield from parsed.findings
        yield from noticed(parsed.parts, every_end=True)
    except RefusedDocumentError as refusal:
        yield from refusal.findings
    except UnknownFormatError as error:
        severity = Severity.ERROR if file.named else Severity.INFO
        yield Finding(severity, error.code, "", "", str(error))
    except ProvstoreError as error:
        if exit_of(error) is not Exit.REFUSED:
            raise
        yield Finding(Severity.ERROR, error.code, "", "", str(error))


def _row(file: InputFile, finding: Finding) -> Sequence[Cell]:
    return (str(file.path), *finding.as_json().values())


def _finding_json(file: InputFile, finding: Finding) -> dict[str, Any]:
    return {"file": str(file.path), **finding.as_json()}
