"""PNG by Graphviz: a picture where it is installed, a clear error where not."""

import shutil
import struct

import pytest
from exporters.nights import edge, lineage, node
from support.require import require

from provstore.errors import BadParameterError, NotInstalledError
from provstore.exporters.png import MOST_BOXES, write_png
from provstore.exporters.registry import write_lineage

ANSWER = lineage(
    [node("e:out", '<b>"out\\'), node("a:run", kind="activity", depth=1)],
    [edge("wasGeneratedBy", "e:out", "a:run")],
)


@pytest.fixture
def graphviz() -> None:
    require("graphviz", present=shutil.which("dot") is not None, advice="install Graphviz")


@pytest.mark.usefixtures("graphviz")
def test_a_picture_is_drawn() -> None:
    picture = b"".join(write_lineage(ANSWER, "png"))
    assert picture.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", picture[16:24])
    assert width > height > 20, "data flow from left to right"


def test_without_graphviz_the_error_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NotInstalledError, match="Graphviz"):
        next(write_png(ANSWER))


def test_what_nobody_could_read_is_refused_before_anything_is_drawn() -> None:
    many = lineage([node(f"e:{number}") for number in range(MOST_BOXES + 1)], [])
    with pytest.raises(BadParameterError, match=str(MOST_BOXES)):
        next(write_png(many))
