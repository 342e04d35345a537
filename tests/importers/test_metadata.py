"""Reference metadata of the CTAO: what one header says becomes one step of lineage."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from support.reading import attribute, encoded, parsed, refused, rules, shape, text, told

from provstore.errors import UnknownFormatError
from provstore.importers.base import Parsed
from provstore.importers.registry import read_document, recognise
from provstore.model.document import Document
from provstore.model.identifiers import CTA, PARAMETER, PROV, VOPROV, XSD
from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

PRODUCT = "urn:uuid:2f0e9f4c-6f6c-4b0e-8a53-0f7f2c1f3a10"
MEASURED = "urn:uuid:8c7a5d14-8a0a-4a51-9f29-0c3f0a0a7b01"
ACTIVITY = "urn:uuid:5d2e3b0a-1c64-4a3f-9d4e-7a6f1b2c3d4e"
MEASURING = "urn:uuid:0a1b2c3d-0000-4000-8000-000000000001"
UUID = "9b22dbfc-99e5-40da-9be1-99e4eb3e0025"


def only(result: Parsed) -> Document:
    (part,) = result.parts
    return part.document


def relations(document: Document) -> list[tuple[str, tuple[str | None, ...]]]:
    return sorted(map(shape, document.relations), key=repr)


@pytest.fixture(scope="module")
def model(data: Path) -> Parsed:
    return read_document((data / "metadata/mirror-model.v2.yml").read_bytes())


class TestVersion2:
    @pytest.mark.samples
    def test_our_file_is_valid_by_the_schema(self, data: Path, samples: Path) -> None:
        schemas = yaml.safe_load_all((samples / "simtools/metadata.metaschema.yml").read_text())
        by_version = {schema["schema_version"]: schema for schema in schemas}
        for version, name in (("2.0.0", "mirror-model.v2.yml"), ("1.0.0", "mirror-model.v1.yml")):
            content = yaml.safe_load((data / "metadata" / name).read_text())
            jsonschema_rs.Draft6Validator(by_version[version]).validate(content)

    def test_what_is_noticed(self, model: Parsed) -> None:
        assert model.format == "cta-metadata"
        assert [(f.severity, f.rule, f.place) for f in model.findings] == [
            ("info", "cta/personal", "/cta/activity/runtime_environment"),
            ("info", "cta/personal", "/cta/context/application_configuration/arguments"),
            ("warning", "cta/bad-id", "/cta/context/associated_activities/1/activity_id"),
        ]

    def test_the_relations_are_one_step(self, model: Parsed) -> None:
        description = "urn:x-provstore:description:simtools:derive-reflectivity:0.25.0"
        assert relations(only(model)) == [
            ("isDescribedBy", (ACTIVITY, description)),
            ("used", (ACTIVITY, MEASURED)),
            ("used", (ACTIVITY, "wavelengths.yml")),
            ("wasAttributedTo", (PRODUCT, "contact/M. Odeller")),
            ("wasDerivedFrom", (PRODUCT, MEASURED, ACTIVITY)),
            ("wasDerivedFrom", (PRODUCT, "wavelengths.yml", ACTIVITY)),
            ("wasGeneratedBy", (PRODUCT, ACTIVITY)),
            ("wasInformedBy", (ACTIVITY, "activity/review-2026-09")),
            ("wasInformedBy", (ACTIVITY, MEASURING)),
        ]

    def test_the_product(self, model: Parsed) -> None:
        product = told(only(model), PRODUCT, Kind.ENTITY)
        assert text(product, PROV + "label") == "reflectivity-v2.ecsv"
        assert attribute(product, VOPROV + "generatedAtTime") == Literal(
            "2026-10-02T09:31:05+00:00", XSD + "dateTime"
        )
        assert text(product, CTA + "CTA PRODUCT DATA LEVEL") == "R1"
        assert text(product, CTA + "CTA PRODUCT DATA MODEL VERSION") == "0.1.0"
        assert text(product, CTA + "CTA PRODUCT VALID START") == "2026-01-01T00:00:00Z"
        assert text(product, CTA + "CTA INSTRUMENT ID") == "LSTN-01"
        assert attribute(product, CTA + "CTA PROCESS ID") == Literal("17", XSD + "int")
        assert text(product, CTA + "CTA CONTEXT NOTES") == (
            '{"title":"Choice of mirrors","text":"Mirrors of the second ring only.",'
            '"creation_time":null}'
        )
        assert text(product, CTA + "CTA CONTEXT DOCUMENT").startswith(
            '{"type":"Report","title":"Reflectivity measured in 2025","id":1412,'
        )
        assert text(product, CTA + "CTA CONTEXT ASSOCIATED ELEMENTS") == (
            '{"site":"CTA-North","class":"mirrorPanel","type":"LST","id":41}'
        )

    def test_the_activity(self, model: Parsed) -> None:
        activity = told(only(model), ACTIVITY, Kind.ACTIVITY)
        assert text(activity, PROV + "label") == "derive-reflectivity"
        assert text(activity, PROV + "startTime") == "2026-10-02T09:30:00Z"
        assert text(activity, PROV + "endTime") == "2026-10-02T09:31:04Z"
        assert text(activity, CTA + "CTA ACTIVITY TYPE") == "software"
        environment = CTA + "CTA ACTIVITY RUNTIME ENVIRONMENT "
        assert text(activity, environment + "container_engine") == "podman"
        assert text(activity, environment + "options.network") == "none"
        configuration = CTA + "CTA CONTEXT APPLICATION CONFIGURATION "
        assert text(activity, configuration + "APPLICATION") == "simtools-derive-reflectivity"
        assert text(activity, configuration + "SOURCES.command_line") == '["rings"]'

    def test_arguments_are_parameters_in_their_written_form(self, model: Parsed) -> None:
        activity = told(only(model), ACTIVITY, Kind.ACTIVITY)
        assert {key: value for key, value in activity if key.startswith(PARAMETER)} == {
            PARAMETER + "minimum_wavelength": Literal("300.50 nm"),
            PARAMETER + "rings": Literal("[1,2]"),
            PARAMETER + "smoothing": Literal("0.10", XSD + "double"),
            PARAMETER + "site": Literal("North"),
        }

    def test_inputs_have_the_attributes_of_their_own_products(self, model: Parsed) -> None:
        measured = told(only(model), MEASURED, Kind.ENTITY)
        assert text(measured, CTA + "CTA PRODUCT ACTIVITY NAME") == "measure-mirrors"
        assert text(measured, CTA + "CTA PRODUCT DATA CATEGORY") == "CAL"
        unnamed = told(only(model), "wavelengths.yml", Kind.ENTITY)
        assert text(unnamed, CTA + "CTA PRODUCT FORMAT") == "yaml"

    @pytest.mark.parametrize(
        "personal", ["modeller@", "node17", "'modeller'", "report_to", "cluster.example"]
    )
    def test_personal_and_host_data_stay_out(
        self, data: Path, model: Parsed, personal: str
    ) -> None:
        assert personal.strip("'") in (data / "metadata/mirror-model.v2.yml").read_text()
        document = only(model)
        assert personal not in repr(document.elements) + repr(document.relations)


class TestTwoFilesMeet:
    def test_a_header_and_the_header_of_its_input(self, data: Path, model: Parsed) -> None:
        measured = only(read_document((data / "metadata/mirror-model.v1.yml").read_bytes()))
        assert ("wasGeneratedBy", (MEASURED, MEASURING)) in relations(measured)
        assert ("used", (ACTIVITY, MEASURED)) in relations(only(model))
        united = Document()
        united.absorb(only(model))
        united.absorb(measured)
        product = told(united, MEASURED, Kind.ENTITY)
        assert text(product, CTA + "CTA PROCESS TYPE") == "lab"
        assert text(product, CTA + "CTA PRODUCT ACTIVITY NAME") == "measure-mirrors"

    def test_a_header_and_the_log_that_reads_the_file(self) -> None:
        flat = {"CTA PRODUCT ID": UUID, "CTA ACTIVITY ID": ACTIVITY.removeprefix("urn:uuid:")}
        log = {
            "activity_name": "merge",
            "activity_uuid": UUID.replace("9", "a"),
            "input": [{"url": "/data/x.h5", "role": "input", "reference_meta": flat}],
        }
        header = only(parsed(flat, "cta-metadata"))
        read = only(parsed([log], "ctapipe"))
        generation = [r for r in header.relations if r.type.name == "wasGeneratedBy"]
        assert len(generation) == 1
        assert generation[0] in read.relations
        assert ("used", ("urn:uuid:" + UUID.replace("9", "a"), "urn:uuid:" + UUID)) in relations(
            read
        )

    def test_a_header_and_the_log_that_wrote_the_file(self) -> None:
        flat = {
            "CTA PRODUCT ID": UUID, "CTA ACTIVITY ID": UUID, "CTA ACTIVITY NAME": "ctapipe-process",
            "CTA ACTIVITY SOFTWARE NAME": "ctapipe", "CTA ACTIVITY SOFTWARE VERSION": "0.32.0",
        }  # fmt: skip
        log = {
            "activity_name": "ctapipe-process", "activity_uuid": UUID,
            "system": {"ctapipe_version": "0.32.0"},
        }  # fmt: skip
        described = [
            [s for s in relations(only(parsed(content, name))) if s[0] == "isDescribedBy"]
            for content, name in ((flat, "cta-metadata"), (log, "ctapipe"))
        ]
        assert described[0] == described[1] != []


class TestVersion1:
    def test_flat_keys_in_a_json_document(self, data: Path) -> None:
        result = read_document((data / "metadata/irf.json").read_bytes())
        assert (result.format, rules(result.findings)) == (
            "cta-metadata",
            [
                ("cta/missing-field", "/metadata"),
                ("cta/wrong-type", "/metadata/CTA PRODUCT DATA MODEL VERSION"),
                ("prov/bad-time", "/metadata/CTA ACTIVITY STOP"),
                ("cta/bad-id", "/metadata/CTA ACTIVITY ID"),
            ],
        )
        assert [f.value for f in result.findings] == [
            "CTA INSTRUMENT ID", "0.30", "soon after", "job 17"
        ]  # fmt: skip
        document = only(result)
        product = told(document, "urn:uuid:6b1d7d2e-3a44-4d0c-b9a5-1f1c8e2d9f00", Kind.ENTITY)
        assert text(product, CTA + "CTA PRODUCT DATA LEVELS") == "DL2,DL3"
        assert text(product, CTA + "CTA PROCESS ID") == "20136,20137"
        version = attribute(product, CTA + "CTA PRODUCT DATA MODEL VERSION")
        assert version == Literal("0.30", XSD + "double")
        activity = told(document, "make-irf/2026-11-20T18:40:00.000Z", Kind.ACTIVITY)
        assert text(activity, PROV + "startTime") == "2026-11-20T18:40:00.000Z"
        assert text(activity, PROV + "endTime") == "soon after"
        assert text(activity, CTA + "CTA ACTIVITY ID") == "job 17"
        assert "analyst@" not in repr(document.elements)

    def test_a_tree_in_capitals(self, data: Path) -> None:
        result = read_document((data / "metadata/mirror-model.v1.yml").read_bytes())
        assert result.findings == []
        product = told(only(result), MEASURED, Kind.ENTITY)
        assert text(product, VOPROV + "generatedAtTime") == "2025-11-30T12:00:00Z"
        assert attribute(product, CTA + "CTA PROCESS ID") == Literal("01")
        # nobody is named: what is told of the contact stays with the product
        assert text(product, CTA + "CTA CONTACT ORGANIZATION") == "CTAO"
        assert relations(only(result)) == [("wasGeneratedBy", (MEASURED, MEASURING))]

    def test_headers_of_several_files(self, data: Path) -> None:
        result = read_document((data / "metadata/fileinfo.yml").read_bytes())
        document = only(result)
        first = told(document, "urn:uuid:75ae1d7a-a9c3-42a6-91ca-f896711c1f70", Kind.ENTITY)
        assert text(first, PROV + "location") == "run/first.dl1.h5"
        # no UUID: the file is known by its name, and nothing made it that anybody tells
        second = told(document, "run/second.dl1.h5", Kind.ENTITY)
        assert attribute(second, CTA + "CTA PROCESS ID") == Literal("2", XSD + "int")
        assert [shape(r)[0] for r in document.relations] == ["wasGeneratedBy"]
        # `unknown` is what ctapipe writes where nobody said anything: no wrong id
        assert {rule for rule, _ in rules(result.findings)} == {"cta/missing-field"}
        assert ("cta/missing-field", "/run~1first.dl1.h5") in rules(result.findings)


class TestIdentity:
    @pytest.mark.parametrize(
        ("flat", "name"),
        [
            ({"CTA PRODUCT ID": UUID.upper()}, "urn:uuid:" + UUID),
            ({"CTA PRODUCT ID": 17}, "product/17"),
            ({"CTA PRODUCT ID": "x", "CTA PRODUCT FILENAME": "a.fits"}, "a.fits"),
        ],
    )
    def test_of_products(self, flat: dict[str, Any], name: str) -> None:
        (telling,) = only(parsed(flat, "cta-metadata")).elements
        assert telling.iri == name

    def test_of_a_product_without_any_name(self) -> None:
        names = [
            next(iter(only(parsed({"CTA PROCESS ID": number}, "cta-metadata")).elements)).iri
            for number in ("1", "1", "2")
        ]
        assert names[0].startswith("product/sha256-")
        assert names[0] == names[1] != names[2]

    @pytest.mark.parametrize(
        ("flat", "name"),
        [
            ({"CTA ACTIVITY ID": 5}, "activity/5"),
            ({"CTA ACTIVITY NAME": "a"}, UUID + "#activity"),
            (
                {"CTA ACTIVITY NAME": "a", "CTA ACTIVITY START": "2026-01-01 00:00:00"},
                "a/2026-01-01T00:00:00Z",
            ),
        ],
    )
    def test_of_activities(self, flat: dict[str, Any], name: str) -> None:
        document = only(parsed({"CTA PRODUCT ID": UUID, **flat}, "cta-metadata"))
        assert [t.iri for t in document.elements if t.kind is Kind.ACTIVITY] == [name]

    @pytest.mark.parametrize("flat", [{}, {"CTA ACTIVITY ID": None}, {"CTA ACTIVITY NAME": ""}])
    def test_no_activity_is_invented(self, flat: dict[str, Any]) -> None:
        document = only(parsed({"CTA PRODUCT ID": UUID, **flat}, "cta-metadata"))
        assert (len(document.elements), document.relations) == (1, [])


class TestWrongTypes:
    @pytest.mark.parametrize(
        ("context", "place"),
        [
            (5, "/cta/context"),
            ({"associated_data": {}}, "/cta/context/associated_data"),
            ({"associated_data": [3]}, "/cta/context/associated_data/0"),
            ({"associated_activities": "x"}, "/cta/context/associated_activities"),
            ({"application_configuration": []}, "/cta/context/application_configuration"),
            (
                {"application_configuration": {"arguments": "-v"}},
                "/cta/context/application_configuration/arguments",
            ),
        ],
    )
    def test_of_the_context_are_kept_as_text(self, context: object, place: str) -> None:
        tree = {"cta": {"product": {"id": UUID}, "context": context}}
        result = parsed(tree, "cta-metadata")
        assert ("cta/wrong-type", place) in rules(result.findings)
        product = told(only(result), "urn:uuid:" + UUID, Kind.ENTITY)
        assert any(key.startswith(CTA + "CTA CONTEXT ") for key, _ in product)

    def test_of_a_field_are_kept_as_text(self) -> None:
        result = parsed({"CTA PRODUCT ID": UUID, "CTA PRODUCT FORMAT": [{"a": 1}]}, "cta-metadata")
        assert ("cta/wrong-type", "/CTA PRODUCT FORMAT") in rules(result.findings)
        product = told(only(result), "urn:uuid:" + UUID, Kind.ENTITY)
        assert text(product, CTA + "CTA PRODUCT FORMAT") == '[{"a":1}]'

    def test_two_values_of_one_key_are_refused(self) -> None:
        content = {"CTA PRODUCT ID": UUID, "cta": {"product": {"id": "other"}}}
        assert rules(refused(content, "cta-metadata")) == [("cta/told-twice", "/cta/product/id")]


class TestRecognising:
    @pytest.mark.parametrize(
        ("content", "name"),
        [
            ({"CTA PRODUCT ID": UUID}, "cta-metadata"),
            ({"a": {"b": {"CTA PRODUCT ID": UUID}}}, "cta-metadata"),
            ({"cta": {"activity": {"id": 1}}}, "cta-metadata"),
            ({"prefix": {}, "entity": {"cta": {"CTA PRODUCT ID": UUID}}}, "prov-json"),
            ({"entity": {"ex:a": {"CTA PRODUCT ID": UUID}}}, "prov-json"),
            (b"cta:\n  product:\n", "cta-metadata"),
            (b"x:\n  'CTA PRODUCT ID': 5\n", "cta-metadata"),
        ],
    )
    def test_content_decides(self, content: object, name: str) -> None:
        assert recognise(encoded(content)).name == name

    @pytest.mark.parametrize("opening", ["---\n$schema: x\n", '{"$schema": "x", '])
    def test_a_schema_is_no_metadata(self, opening: str) -> None:
        rest = '"cta": {}}' if opening.startswith("{") else "cta:\n  type: object\n"
        with pytest.raises(UnknownFormatError, match="a JSON schema, which says what documents"):
            recognise((opening + rest).encode())

    @pytest.mark.parametrize("content", [{}, {"a": 1}, [], "5", "a: 1"])
    def test_what_has_none_is_refused(self, content: object) -> None:
        assert rules(refused(content, "cta-metadata")) == [("cta/no-metadata", "")]


STEP = {
    "CTA PRODUCT ID": "6b1d7d2e-3a44-4d0c-b9a5-1f1c8e2d9f00",
    "CTA ACTIVITY ID": "7c152d08-fcc0-436c-8b84-8b7c5d35b9b2",
    "CTA CONTACT EMAIL": "jane@example.org",
}


@pytest.mark.parametrize(
    "more",
    [
        {"cta": {"context": {"notes": ["ask jane@example.org"]}}},
        {"cta": {"context": {"notes": "ask jane@example.org"}}},
        {"cta": {"context": {"application_configuration": ["jane@example.org"]}}},
        {"cta": {"context": {"associated_data": [{"id": 1, "user": "cluster-7"}]}}},
        {"cta": {"activity": {"runtime_environment": ["cluster-7"]}}},
        {"cta": {"activity": {"runtime_environment": "on cluster-7"}}},
        {"CTA ACTIVITY RUNTIME ENVIRONMENT": "on cluster-7"},
        {"CTA ACTIVITY RUNTIME ENVIRONMENT HOST": "cluster-7"},
        {"CTA ACTIVITY HOSTNAME": "cluster-7"},
        {"CTA CONTACT NAME": "jane@example.org"},
        {"CTA CONTACT ORGANIZATION": "c/o jane@example.org"},
        {"CTA PRODUCT DESCRIPTION": "made by jane@example.org"},
    ],
    ids=str,
)
def test_personal_data_stay_out_wherever_they_stand(more: dict[str, object]) -> None:
    """Also where the schema has something else."""
    result = parsed({"metadata": {**STEP, **more}}, "cta-metadata")
    document = only(result)
    said = repr(document.elements) + repr(document.relations)
    assert "jane@" not in said
    assert "cluster-7" not in said
    noticed = [f for f in result.findings if f.rule == "cta/personal"]
    assert noticed
    assert not any("jane@" in f.value or "cluster-7" in f.value for f in noticed)
