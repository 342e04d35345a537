"""The page of the graph's model and its picture say what the program has."""

import re
import subprocess
import sys
from pathlib import Path

from provstore.cypher.names import LABELS, RELATIONSHIP_TYPES, STATE

ROOT = Path(__file__).parents[2]
PICTURE = ROOT / "docs" / "img" / "graph.svg"


def test_the_picture_is_the_one_that_is_drawn_now(tmp_path: Path) -> None:
    drawn = tmp_path / "graph.svg"
    subprocess.run([sys.executable, ROOT / "docs" / "graph_picture.py", drawn], check=True)
    assert PICTURE.read_text() == drawn.read_text()


def test_the_picture_shows_every_label_and_type() -> None:
    shown = re.findall(r">([^<>]+)</text>", PICTURE.read_text())
    assert {text.removeprefix(":") for text in shown if text.startswith(":")} == LABELS | {STATE}
    assert {text for text in shown if re.fullmatch(r"[A-Z_]+", text)} == RELATIONSHIP_TYPES
