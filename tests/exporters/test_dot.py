"""DOT: every node and edge, and names that are only names."""

import shutil
import subprocess

import pytest
from exporters.nights import edge, lineage, node, spectrum

from provstore.exporters.dot import write_dot
from provstore.model.lineage import Lineage


def written(answer: Lineage, *, attributes: bool = True) -> str:
    return b"".join(write_dot(answer, attributes=attributes)).decode()


def test_every_node_and_edge_is_there_and_data_flow_along_the_arrows() -> None:
    answer = spectrum(28)
    text = written(answer)
    assert text.count("shape=") == len(answer.nodes) == 199
    assert text.count(" -> ") == len(answer.edges)
    assert '"fit" -> "dl4" [label="wasGeneratedBy"];' in text


def test_labels_say_level_and_version_when_asked() -> None:
    answer = lineage([node("a", "a.fits", level="DL3")], [])
    assert 'label="a.fits\\nDL3"' in written(answer)
    assert 'label="a.fits"' in written(answer, attributes=False)


def test_roles_are_told() -> None:
    answer = lineage([node("a"), node("b")], [edge("used", "a", "b", "events")])
    assert '"b" -> "a" [label="used (events)"];' in written(answer)


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ('a"];evil [label="', '"a\\"];evil [label=\\""'),
        ("back\\N\\", '"back\\\\N\\\\"'),
        ("<b>html</b>", '"<b>html</b>"'),
        ("a\x00\nb", '"a␀␊b"'),
    ],
)
def test_names_are_quoted(name: str, quoted: str) -> None:
    assert f"  {quoted} [label=" in written(lineage([node(name)], []))


def test_graphviz_reads_it() -> None:
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("no Graphviz: install it to check that it reads our DOT")
    answer = lineage(
        [node('a"\\<b>\x00', kind="agent"), node("b")], [edge("used", "b", 'a"\\<b>\x00')]
    )
    read = subprocess.run(
        [dot, "-Tplain"], input=written(answer).encode(), capture_output=True, check=True
    )
    assert read.stdout.count(b"\nnode ") == 2
    assert read.stdout.count(b"\nedge ") == 1
    assert read.stderr == b""
