"""VOSI documents, against the schemas that the VO's own checker ships."""

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from lxml import etree
from sqlalchemy import text
from support.engines import connected
from support.served import archive_at

from provstore.api.provsap import TAKEN

pytestmark = pytest.mark.usefixtures("engine")

JAR = Path(os.environ.get("PROVSTORE_STILTS_JAR", "/usr/share/java/starlink-ttools.jar"))
FOLDER = "uk/ac/starlink/ttools/taplint/"
IVOA = "http://www.ivoa.net/xml/"
SCHEMAS = {
    IVOA + "VOSICapabilities/v1.0": "VOSICapabilities-v1.0.xsd",
    IVOA + "VOSIAvailability/v1.0": "VOSIAvailability-v1.0.xsd",
    IVOA + "VODataService/v1.0": "VODataService-v1.0.xsd",
    IVOA + "VODataService/v1.1": "VODataService-v1.2.xsd",
    IVOA + "VOResource/v1.0": "VOResource-v1.1.xsd",
    IVOA + "STC/stc-v1.30.xsd": "stc-v1.30.xsd",
    "http://www.w3.org/1999/xlink": "xlink.xsd",
    "http://www.w3.org/XML/1998/namespace": "xmlnamespace.xsd",
}
XSD = "http://www.w3.org/2001/XMLSchema"


class FromJar(etree.Resolver):
    """Gives the schemas of the jar, with their imports pointing at one another."""

    def __init__(self, jar: Path) -> None:
        super().__init__()
        self._jar = zipfile.ZipFile(jar)

    def resolve(  # type: ignore[override]  # the stubs leave out the context
        self, system_url: str, public_id: str, context: object
    ) -> object:
        del public_id
        schema = etree.fromstring(self._jar.read(FOLDER + system_url.removeprefix("vo:")))
        for imported in schema.iter(f"{{{XSD}}}import"):
            imported.set("schemaLocation", "vo:" + SCHEMAS[str(imported.attrib["namespace"])])
        return self.resolve_string(etree.tostring(schema), context, base_url=system_url)


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not JAR.is_file():
        pytest.skip(f"no STILTS: install it, or set PROVSTORE_STILTS_JAR ({JAR} is none)")
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(FromJar(JAR))
    imports = "".join(
        f'<xs:import namespace="{namespace}" schemaLocation="vo:{file}"/>'
        for namespace, file in SCHEMAS.items()
    )
    root = etree.fromstring(f'<xs:schema xmlns:xs="{XSD}">{imports}</xs:schema>', parser)
    return etree.XMLSchema(root)


@pytest.fixture(scope="module")
def client(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with archive_at(tmp_path_factory.mktemp("vosi")) as client:
        yield client


def _document(answer: httpx.Response) -> "etree._Element":
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.content)


@pytest.mark.parametrize("path", ["/capabilities", "/availability"])
def test_the_document_is_valid(client: httpx.Client, schema: etree.XMLSchema, path: str) -> None:
    schema.assertValid(_document(client.get(path)))


def test_the_schema_refuses_what_is_wrong(client: httpx.Client, schema: etree.XMLSchema) -> None:
    root = _document(client.get("/capabilities"))
    [interface, *_] = root.iter("interface")
    etree.SubElement(interface, "colour").text = "blue"
    assert not schema.validate(root)


def test_each_capability_is_there_once_with_its_address(client: httpx.Client) -> None:
    root = _document(client.get("/capabilities"))
    found = {
        capability.get("standardID"): capability.findtext("interface/accessURL")
        for capability in root.findall("capability")
    }
    base = str(client.base_url).rstrip("/")
    assert found == {
        "ivo://ivoa.net/std/VOSI#capabilities": f"{base}/capabilities",
        "ivo://ivoa.net/std/VOSI#availability": f"{base}/availability",
        "ivo://ivoa.net/std/ProvenanceDM#ProvDAL-1.0": f"{base}/provsap",
        "ivo://ivoa.net/std/DataLink#links-1.1": f"{base}/datalink/links",
    }
    for url in found.values():
        assert client.get(url or "").status_code in {200, 400}


def _parameters(client: httpx.Client, standard_id: str) -> dict[str, "etree._Element"]:
    root = _document(client.get("/capabilities"))
    [capability] = root.findall(f"capability[@standardID='{standard_id}']")
    return {param.findtext("name") or "": param for param in capability.iter("param")}


def test_the_parameters_of_datalink_are_those_of_the_standard(client: httpx.Client) -> None:
    told = _parameters(client, "ivo://ivoa.net/std/DataLink#links-1.1")
    assert {name: (param.get("use"), param.get("std")) for name, param in told.items()} == {
        "ID": ("optional", "true"),
        "RESPONSEFORMAT": ("optional", "true"),
    }


def test_every_parameter_of_provsap_is_described(client: httpx.Client) -> None:
    told = _parameters(client, "ivo://ivoa.net/std/ProvenanceDM#ProvDAL-1.0")
    assert list(told) == [parameter.name for parameter in TAKEN]
    assert told["ID"].get("use") == "required"
    assert [name for name, param in told.items() if param.get("std") == "false"] == [
        *("AGENTS", "CONFIGURATION", "DESCRIPTIONS", "ATTRIBUTES", "GD")
    ]
    assert told["MEMBERS"].findtext("dataType") == "boolean"


def test_a_server_that_works_is_available(client: httpx.Client) -> None:
    root = _document(client.get("/availability"))
    spaces = {"v": IVOA + "VOSIAvailability/v1.0"}
    assert root.findtext("v:available", namespaces=spaces) == "true"
    assert root.find("v:note", namespaces=spaces) is None


def test_a_server_that_cannot_answer_says_so(tmp_path: Path, schema: etree.XMLSchema) -> None:
    with archive_at(tmp_path) as client:
        with connected(tmp_path) as catalogue:
            catalogue.execute(text("UPDATE alembic_version SET version_num = 'other'"))
        root = _document(client.get("/availability"))
        schema.assertValid(root)
        spaces = {"v": IVOA + "VOSIAvailability/v1.0"}
        assert root.findtext("v:available", namespaces=spaces) == "false"
        assert root.findtext("v:note", namespaces=spaces)
        health = client.get("/health")
        assert (health.status_code, health.json()["code"]) == (503, "stale-schema")


def test_health_is_never_cached(client: httpx.Client) -> None:
    answer = client.get("/health?probe=1")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"
