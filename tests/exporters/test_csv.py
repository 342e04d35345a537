"""Rows of a lineage, as any CSV reader gets them."""

import csv
import io
from dataclasses import replace

from exporters.nights import lineage, node

from provstore.exporters.csv import write_csv
from provstore.model.lineage import Lineage


def rows(answer: Lineage) -> list[dict[str, str]]:
    text = b"".join(write_csv(answer)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_per_node_in_the_order_of_the_answer() -> None:
    spectrum = node("ivo://cta/dl4", "spectrum.fits", level="DL4", complete=False)._replace(
        same=("urn:uuid:1", "file:/x"),
        obs_id="7",
        target_name="Crab Nebula",
        obs_publisher_did="ivo://cta/dl4",
    )
    fit = node("fit", kind="activity", version="1.2", depth=1)
    first, second = rows(lineage([spectrum, fit], []))
    assert first == {
        "step": "0",
        "depth": "0",
        "kind": "entity",
        "class": "entity",
        "id": "ivo://cta/dl4",
        "name": "spectrum.fits",
        "level": "DL4",
        "version": "",
        "complete": "false",
        "declared": "true",
        "obs_id": "7",
        "target_name": "Crab Nebula",
        "obs_publisher_did": "ivo://cta/dl4",
        "same": "urn:uuid:1 file:/x",
    }
    assert (second["id"], second["version"], second["complete"]) == ("fit", "1.2", "")


def test_values_are_not_altered() -> None:
    names = ['=HYPERLINK("x")', "+1", "-1", "@a", 'a "quoted", b', "line\r\nbreak", "é"]
    assert [row["name"] for row in rows(lineage([node("i", n) for n in names], []))] == names


def test_an_empty_answer_has_a_header() -> None:
    empty = replace(lineage([node("a")], []), nodes=[])
    assert b"".join(write_csv(empty)).startswith(b"step,depth,kind,class,id,name,level,version,")
