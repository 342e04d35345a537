"""Documents of real software leave as they came, but for blank names and the form of numbers."""

import json
from pathlib import Path
from typing import Any

import pytest
from prov.model import ProvDocument

from provstore.errors import BadParameterError
from provstore.exporters.registry import FORMATS, write_document
from provstore.importers.registry import read_document
from provstore.model.document import Document

pytestmark = pytest.mark.samples
LEGACY = "voprov/legacy-reference/reference_legacy.json"
MARKED = "voprov/constructed-0.1-flavour/reference_marked.json"
OPUS = "OPUS/provsap/job_provenance.json"
LSTOSA = "lstosa/generated/calibration_to_dl1_01807_prov.json"


def read(path: Path) -> Document:
    (part,) = read_document(path.read_bytes(), format="prov-json").parts
    return part.document


def records(told: dict[str, Any]) -> set[tuple[str, str, str]]:
    """Section, identifier unless blank, and content of every record outside bundles."""
    return {
        (section, "" if name.startswith("_:") else name, json.dumps(record, sort_keys=True))
        for section, names in told.items()
        if section not in {"prefix", "bundle"}
        for name, bodies in names.items()
        for record in (bodies if isinstance(bodies, list) else [bodies])
    }


def as_text(value: Any) -> Any:  # noqa: ANN401  any JSON
    """The document with every number in a value object as text, as PROV-JSON section 3.1 has it."""
    if isinstance(value, dict):
        return {k: str(v) if k == "$" else as_text(v) for k, v in value.items()}
    return [as_text(v) for v in value] if isinstance(value, list) else value


def test_the_ivoa_flavour_is_that_of_voprov(samples: Path) -> None:
    path = samples / LEGACY
    written = json.loads(b"".join(write_document(read(path), "prov-json", model="IVOA")))
    assert records(written) == records(as_text(json.loads(path.read_bytes())))


def test_the_w3c_flavour_is_that_of_voprov_with_agents_typed(samples: Path) -> None:
    path = samples / MARKED
    written = json.loads(b"".join(write_document(read(path), "prov-json", model="W3C")))
    types = [agent.pop("prov:type")["$"] for agent in written["agent"].values()]
    assert types == ["prov:Person", "prov:SoftwareAgent"]
    assert records(written) == records(as_text(json.loads(path.read_bytes())))


def test_the_two_flavours_of_one_document_are_one_document(samples: Path) -> None:
    legacy, marked = read(samples / LEGACY), read(samples / MARKED)
    first, second = (
        json.loads(b"".join(write_document(told, "prov-json", model="IVOA")))
        for told in (legacy, marked)
    )
    assert records(first) == records(second)


@pytest.mark.parametrize("path", [LEGACY, MARKED, OPUS, LSTOSA])
def test_prov_reads_the_w3c_flavour_in_every_syntax(samples: Path, path: str) -> None:
    document = read(samples / path)
    for name, form in (("prov-json", "json"), ("prov-n", "provn"), ("prov-xml", "xml")):
        text = b"".join(write_document(document, name)).decode()
        told = ProvDocument.deserialize(content=text, format=form)
        assert len(told.get_records()) >= len(
            [telling for telling in document.elements if telling.bundle is None]
        )


@pytest.mark.parametrize("path", [LEGACY, MARKED, OPUS, LSTOSA])
@pytest.mark.parametrize("model", ["W3C", "IVOA"])
def test_every_format_writes_it(samples: Path, path: str, model: str) -> None:
    document = read(samples / path)
    for known in FORMATS:
        if known.name == "turtle" and document.bundles:  # TriG is Turtle with named graphs
            with pytest.raises(BadParameterError, match="trig"):
                write_document(document, known, model=model)
        else:
            assert b"".join(write_document(document, known, model=model))
