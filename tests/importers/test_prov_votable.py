"""PROV-VOTable: the layout of the draft of 2017 column by column, and what is refused."""

from collections.abc import Sequence
from pathlib import Path
from time import process_time

import pytest

from provstore.errors import RefusedDocumentError, Severity
from provstore.importers.registry import read_document, recognise
from provstore.model.document import Document
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.literals import XSD_DATETIME, XSD_LONG, Literal
from provstore.model.records import Relation
from provstore.model.vocabulary import (
    ASSOCIATED,
    DERIVED,
    DESCRIBED,
    INFORMED,
    PROV_ROLE,
    PROV_START_TIME,
    PROV_TYPE,
    RELATED,
    USED,
    Kind,
)

EX = "http://example.org/"


def table(name: str, fields: Sequence[str], rows: str, data: str = "TABLEDATA") -> bytes:
    columns = "".join(f'<FIELD name="{field}" datatype="char" arraysize="*"/>' for field in fields)
    return (
        '<VOTABLE xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="provenance">'
        f'<TABLE utype="voprov:{name}">{columns}<DATA><{data}>{rows}</{data}></DATA></TABLE>'
        "</RESOURCE></VOTABLE>"
    ).encode()


def draft(data: Path) -> Document:
    return read_document((data / "votable" / "draft-2017.vot").read_bytes()).parts[0].document


class TestDraft:
    def test_elements(self, data: Path) -> None:
        document = (
            read_document((data / "votable" / "draft-2017.vot").read_bytes()).parts[0].document
        )
        told = {(t.iri, t.kind): set(values) for t, values in document.elements.items()}
        assert told == {
            (EX + "reduce", Kind.ACTIVITY): {
                (VOPROV + "name", Literal("Reduction")),
                (PROV_START_TIME, Literal("2017-05-01T10:00:00", XSD_DATETIME)),
            },
            (EX + "fit", Kind.ACTIVITY): {(VOPROV + "name", Literal("Fit"))},
            (EX + "reduction", Kind.ENTITY): {
                (PROV_TYPE, Iri(VOPROV + "ActivityDescription")),
                (VOPROV + "type", Literal("Reduction")),
            },
            (EX + "spectrum", Kind.ENTITY): {
                (VOPROV + "rights", Literal("public")),
                (VOPROV + "size", Literal("007", XSD_LONG)),
            },
            (EX + "image", Kind.ENTITY): set(),
            ("_:row1", Kind.ENTITY): {
                (PROV_TYPE, Iri(VOPROV + "UsageDescription")),
                (PROV_ROLE, Literal("raw")),
            },
        }

    def test_relations_from_tables_and_from_columns(self, data: Path) -> None:
        document = (
            read_document((data / "votable" / "draft-2017.vot").read_bytes()).parts[0].document
        )
        assert {r.identity for r in document.relations} == {
            r.identity
            for r in (
                Relation(DESCRIBED, (EX + "reduce", EX + "reduction")),
                Relation(INFORMED, (EX + "fit", EX + "reduce")),
                Relation(DERIVED, (EX + "spectrum", EX + "image")),
                Relation(
                    USED,
                    (EX + "reduce", EX + "image"),
                    attributes=((PROV_ROLE, Literal("raw")),),
                ),
                Relation(RELATED, ("_:row1", EX + "reduction")),
                Relation(
                    ASSOCIATED,
                    (EX + "reduce", EX + "team"),
                    attributes=((PROV_ROLE, Literal("operator")),),
                ),
            )
        }

    def test_tables_that_are_no_provenance_are_passed_over(self, data: Path) -> None:
        found = read_document((data / "votable" / "draft-2017.vot").read_bytes())
        assert found.format == "votable"
        assert [(f.severity, f.rule, f.value) for f in found.findings] == [
            (Severity.INFO, "votable/unknown-table", "note")
        ]

    def test_names_with_prefixes_that_a_votable_cannot_declare_are_kept(self) -> None:
        found = read_document(table("Entity", ["e_id"], "<TR><TD>rave:obs1</TD></TR>"))
        assert [t.iri for t in found.parts[0].document.elements] == ["rave:obs1"]
        assert [f.rule for f in found.findings] == ["votable/undeclared-prefix"]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (table("Workflow", ["id"], ""), "votable/unknown-table"),
        (table("Entity", ["name"], "<TR><TD>x</TD></TR>"), "votable/no-identifier"),
        (table("Entity", ["e_id", "x_id"], ""), "votable/duplicate-column"),
        (table("Entity", ["id"], "<TR><TD>a</TD><TD>b</TD></TR>"), "votable/row-length"),
        (table("Entity", ["id"], "<STREAM/>", "BINARY2"), "votable/serialization"),
        (table("Entity", ["id"], "<TR>"), "xml/syntax"),
    ],
)
def test_what_is_refused(data: bytes, rule: str) -> None:
    with pytest.raises(RefusedDocumentError) as refusal:
        read_document(data, format="votable")
    assert rule in {f.rule for f in refusal.value.findings if f.severity is Severity.ERROR}


@pytest.mark.parametrize(
    ("told", "rule"),
    [
        ("<TR><TD>1</TD><TD>urn:n</TD><TD/><TD>urn:t</TD><TD/></TR>", None),
        ("<TR><TD>x</TD><TD>urn:n</TD><TD/><TD>urn:t</TD><TD/></TR>", "votable/attribute"),
        ("<TR><TD>1</TD><TD/><TD>v</TD><TD>urn:t</TD><TD/></TR>", "votable/attribute"),
        ("<TR><TD>1</TD><TD>urn:n</TD><TD>v</TD><TD/><TD/></TR>", "votable/attribute"),
    ],
)
def test_own_layout_with_faults(told: str, rule: str | None) -> None:
    fields = "".join(
        f'<FIELD name="{name}" datatype="char" arraysize="*"/>'
        for name in ("record", "name", "value", "datatype", "language")
    )
    attributes = (
        f'<TABLE name="attribute">{fields}<DATA><TABLEDATA>{told}</TABLEDATA></DATA></TABLE>'
    )
    data = table("Entity", ["record", "id"], "<TR><TD>1</TD><TD>urn:e:1</TD></TR>").replace(
        b"</RESOURCE>", attributes.encode() + b"</RESOURCE>"
    )
    if rule is None:
        [telling] = read_document(data).parts[0].document.elements
        assert telling.iri == "urn:e:1"
        [read] = read_document(data).parts[0].document.elements.values()
        assert read == (("urn:n", Literal("", "urn:t")),)
        return
    with pytest.raises(RefusedDocumentError) as refusal:
        read_document(data)
    assert [f.rule for f in refusal.value.findings] == [rule]


def test_a_relation_that_has_no_time_keeps_a_column_of_this_name() -> None:
    fields = ["informed", "informant", "time"]
    row = "<TR><TD>urn:b</TD><TD>urn:a</TD><TD>2017-05-01</TD></TR>"
    [relation] = read_document(table("WasInformedBy", fields, row)).parts[0].document.relations
    assert relation.time is None
    assert relation.attributes == ((VOPROV + "time", Literal("2017-05-01")),)


def test_a_table_of_many_columns_is_read_in_linear_time() -> None:
    fields = [f"c{number}" for number in range(60_000)]
    started = process_time()
    read_document(table("Entity", fields, ""))
    assert process_time() - started < 10  # in quadratic time it takes minutes


def test_other_votables_are_not_taken_for_provenance() -> None:
    obscore = b'<VOTABLE><RESOURCE type="results"><TABLE name="ivoa.obscore"/></RESOURCE></VOTABLE>'
    with pytest.raises(Exception, match="XML with the root VOTABLE"):
        recognise(obscore)
