"""PROV-VOTable as it is written: valid for the tools of the VO, and what stands where."""

import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from lxml import etree
from support.odd_documents import odd_documents
from support.require import require

from provstore.exporters.prov_votable import write_prov_votable
from provstore.importers.registry import read_document
from provstore.model.document import Document
from provstore.model.identifiers import Prefixes
from provstore.model.literals import XSD_DATETIME, XSD_DOUBLE, Literal, text_literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    MENTIONED,
    PROV_LABEL,
    PROV_ROLE,
    PROV_START_TIME,
    USED,
    Kind,
)

EX = "http://example.org/"
VOTABLE = "{http://www.ivoa.net/xml/VOTable/v1.3}"


def document() -> Document:
    told = Document(Prefixes({"ex": EX}))
    told.add_bundle(EX + "night")
    start = (PROV_START_TIME, Literal("2026-11-20T18:46:41", XSD_DATETIME))
    told.add_element(Kind.ACTIVITY, EX + "run", ((PROV_LABEL, Literal("calibrate")), start))
    gain = (EX + "gain", Literal("1.50", XSD_DOUBLE))
    told.add_element(Kind.ENTITY, EX + "in", (gain,), EX + "night")
    role = ((PROV_ROLE, Literal("events")),)
    told.add_relation(Relation(USED, (EX + "run", EX + "in"), "2026-11-20", None, role))
    told.add_relation(Relation(MENTIONED, (EX + "in", None, EX + "night")))
    return told


def rows(root: etree._Element, name: str) -> list[dict[str, str | None]]:
    [table] = root.iterfind(f".//{VOTABLE}TABLE[@name='{name}']")
    columns = [str(field.get("name")) for field in table.iterfind(f"{VOTABLE}FIELD")]
    return [
        dict(zip(columns, (cell.text for cell in row), strict=True))
        for row in table.iterfind(f".//{VOTABLE}TR")
    ]


def test_a_row_of_each_record_and_of_each_attribute() -> None:
    root = etree.fromstring(b"".join(write_prov_votable(document())))
    none = {"inBundle": None, "id": None}
    assert rows(root, "activity") == [
        {"record": "1", **none, "id": EX + "run", "name": "calibrate",
         "startTime": "2026-11-20T18:46:41", "endTime": None},
    ]  # fmt: skip
    assert rows(root, "used") == [
        {"record": "2", **none, "activity": EX + "run", "entity": EX + "in",
         "time": "2026-11-20", "role": "events"},
    ]  # fmt: skip
    assert rows(root, "mentionOf")[0]["bundle"] == EX + "night"
    assert rows(root, "entity")[0]["inBundle"] == EX + "night"
    assert rows(root, "bundle") == [{"id": EX + "night"}]
    assert {"record": "4", "name": EX + "gain", "value": "1.50", "datatype": XSD_DOUBLE,
            "language": None} in rows(root, "attribute")  # fmt: skip
    assert {"prefix": "ex", "uri": EX} in rows(root, "namespace")


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    """VOTable 1.4, as astropy brings it."""
    return etree.XMLSchema(
        etree.parse(Path(str(files("astropy.io.votable"))) / "data" / "VOTable.v1.4.xsd")
    )


@settings(max_examples=30)
@given(told=odd_documents())
def test_whatever_it_says_it_is_valid(schema: etree.XMLSchema, told: Document) -> None:
    schema.assertValid(etree.fromstring(b"".join(write_prov_votable(told))))


def votlint(path: Path) -> str:
    """What it has to say: nothing of a faultless table; its exit status says nothing."""
    require("stilts", present=Path("/usr/bin/stilts").exists(), advice="install stilts")
    command = ["stilts", "votlint", f"votable={path}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


def test_votlint_has_nothing_to_say(tmp_path: Path) -> None:
    path = tmp_path / "told.vot"
    written = b"".join(write_prov_votable(document()))
    path.write_bytes(written)
    assert votlint(path) == ""
    path.write_bytes(written.replace(b'datatype="long"', b'datatype="number"', 1))
    assert "number" in votlint(path)


def test_an_empty_document_is_a_votable_too(schema: etree.XMLSchema) -> None:
    schema.assertValid(etree.fromstring(b"".join(write_prov_votable(Document()))))


def test_characters_that_xml_forbids_are_escaped_and_read_back() -> None:
    told = Document(Prefixes({"ex": EX}))
    label = (PROV_LABEL, text_literal("\x07 _x0007_ <", "d\x07"))
    told.add_element(Kind.ENTITY, EX + "bell\x07", (label,))
    told.add_relation(Relation(USED, (EX + "run", EX + "bell\x07"), "\x1b"))
    text = b"".join(write_prov_votable(told))
    assert text.count(b'<INFO name="provstore_escaped" value="true"/>') == 1
    assert rows(etree.fromstring(text), "entity")[0]["id"] == EX + "bell_x0007_"
    assert read_document(text).parts[0].document == told


def test_without_such_characters_nothing_is_escaped() -> None:
    told = Document()
    told.add_element(Kind.ENTITY, EX + "_x0007_")
    text = b"".join(write_prov_votable(told))
    assert b"provstore_escaped" not in text
    assert rows(etree.fromstring(text), "entity")[0]["id"] == EX + "_x0007_"
    assert read_document(text).parts[0].document == told
