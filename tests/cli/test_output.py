"""What commands print cannot steer a terminal, and can be cut by programs."""

import json

import pytest

from provstore.cli import output
from provstore.cli.output import finding_text, print_cells, print_json, print_table, visible
from provstore.errors import Finding, Severity


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("run\x1b[31m", "run\\u001b[31m"),
        ("a\tb\nc\rd", "a\\u0009b\\u000ac\\u000dd"),
        ("\x00\x7f\x85\x9b", "\\u0000\\u007f\\u0085\\u009b"),
        ("\u202egpj.exe\u2066\u2069", "\\u202egpj.exe\\u2066\\u2069"),
        ("\u2028\u2029\u200e\u061c", "\\u2028\\u2029\\u200e\\u061c"),
        ("é 漢 😀 <b>[red]&\\", "é 漢 😀 <b>[red]&\\"),
        (None, ""),
        (0, "0"),
        (False, "False"),
    ],
)
def test_what_could_steer_a_terminal_is_shown(value: output.Cell, shown: str) -> None:
    assert visible(value) == shown


def test_cells_are_separated_by_tabs(capsys: pytest.CaptureFixture[str]) -> None:
    print_cells(["a\tb", None, 3])
    assert capsys.readouterr().out == "a\\u0009b\t\t3\n"


def test_a_piped_table_has_a_header(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("id", "name"), [("1", "x"), ("2", None)])
    assert capsys.readouterr().out == "id\tname\n1\tx\n2\t\n"


def test_json_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    value = {"id": 'é "\n\x1b\u009b', "n": [1, None]}
    print_json(value)
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert json.loads(printed) == value


def test_json_on_a_terminal_is_still_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "on_terminal", lambda: True)
    print_json({"id": "\u009b31m\u202e"})
    printed = capsys.readouterr().out
    assert "\u009b" not in printed
    assert json.loads(printed) == {"id": "\u009b31m\u202e"}


def test_a_finding_reads_like_a_message_of_a_compiler() -> None:
    finding = Finding(Severity.WARNING, "prov/bad-time", "/used/u", "31.12.", "no time")
    assert finding_text("run.json", finding) == (
        "run.json:/used/u: warning: no time (31.12.) [prov/bad-time]"
    )
    whole = Finding(Severity.ERROR, "json/syntax", "", "", "no JSON")
    assert finding_text("run.json", whole) == "run.json: error: no JSON [json/syntax]"
