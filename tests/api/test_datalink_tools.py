"""DataLink as the tools of the VO see it: STILTS looks for faults, pyvo follows the links."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
from astropy.config import set_temp_cache
from astropy.io.votable import parse
from astropy.utils.data import import_file_to_cache
from pyvo.dal import TAPResults
from pyvo.dal.adhoc import DatalinkResults, DatalinkService
from pyvo.dal.exceptions import DALOverflowWarning, DALQueryError
from pyvo.utils import http
from support.require import require
from support.served import archive_at

from provstore.cli.demo import write_demo

DEMO: Final = "ivo://observatory.example/demo#"
SPECTRUM: Final = DEMO + "dl4-crab-spectrum"
VOCABULARY: Final = "http://www.ivoa.net/rdf/datalink/core"
TERMS: Final = {
    "preview": ("preview-image", "preview-plot", "thumbnail"),
    **dict.fromkeys(("this", "progenitor", "derivation", "coderived", "documentation"), ()),
}
"""What pyvo looks up: terms of DataLink's core vocabulary, each with the narrower ones."""
ADDED_SINCE: Final = ("documentation", "coderived")
"""Terms that STILTS 3.4.7 does not know: it has the vocabulary of DataLink 1.0."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    night = write_demo(tmp_path_factory.mktemp("night"))
    with archive_at(tmp_path_factory.mktemp("tools"), access_by_datalink=True) as client:
        for path in night.documents:
            client.post("/api/v1/documents", content=path.read_bytes())
        for path in night.obscore:
            client.put("/api/v1/obscore", content=path.read_bytes())
        yield client


@pytest.fixture(autouse=True)
def _vocabulary(tmp_path: Path) -> Iterator[None]:
    """pyvo's copy of the vocabulary, so that nothing is fetched."""
    file = tmp_path / "core.json"
    terms = {name: {"narrower": list(narrower)} for name, narrower in TERMS.items()}
    file.write_text(json.dumps({"uri": VOCABULARY, "terms": terms}))
    with set_temp_cache(tmp_path):
        import_file_to_cache(VOCABULARY, str(file))
        yield


@pytest.fixture(autouse=True)
def _session(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One session of pyvo for each test, which is closed: its own are left open."""
    session = http.create_session()
    monkeypatch.setattr(http, "create_session", lambda: session)
    yield
    session.close()


# -- STILTS


def lint(task: str, path: Path) -> str:
    require("stilts", present=Path("/usr/bin/stilts").exists(), advice="install stilts")
    more = ["report=EWF"] if task == "datalinklint" else []
    done = subprocess.run(
        ["stilts", task, f"votable={path}", *more], capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


def totals(report: str) -> dict[str, int]:
    """What the linter counted: its exit status says nothing."""
    [line] = re.findall(r"^Totals: (.*)$", report, re.MULTILINE)
    return {name: int(number) for name, number in re.findall(r"(\w+): (\d+)", line)}


@pytest.mark.parametrize(
    "ids",
    [
        [],
        [SPECTRUM],
        [SPECTRUM, "nothing", "26004", DEMO + "dl2-26004"],
        ["urn:uuid:8d81f31a-4034-472e-a8eb-fc4e85f5f1d4", "é <b>", "bell\x07"],
    ],
)
def test_datalinklint_finds_no_error(demo: httpx.Client, tmp_path: Path, ids: list[str]) -> None:
    path = tmp_path / "links.vot"
    answer = demo.get("/datalink/links", params=[("ID", one) for one in ids])
    path.write_bytes(answer.content)
    report = lint("datalinklint", path)
    unknown = re.findall(r"^E-.*Unknown predicate '([a-z]+)'", report, re.MULTILINE)
    assert set(unknown) <= set(ADDED_SINCE)
    known = answer.content
    for term in ADDED_SINCE:
        known = known.replace(f"<TD>#{term}</TD>".encode(), b"<TD>#auxiliary</TD>")
    path.write_bytes(known)
    found = totals(lint("datalinklint", path))
    assert (found["Errors"], found["Warnings"], found["Failures"]) == (0, 0, 0)
    assert lint("votlint", path) == ""


def test_datalinklint_would_find_one(demo: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "links.vot"
    answer = demo.get("/datalink/links", params={"ID": SPECTRUM})
    path.write_bytes(answer.content.replace(b'name="semantics"', b'name="meaning"'))
    assert totals(lint("datalinklint", path))["Errors"] > 0


# -- pyvo


def follow(demo: httpx.Client, *ids: str) -> Any:  # noqa: ANN401  pyvo publishes no types
    return DatalinkService(f"{demo.base_url}/datalink/links").run_sync(list(ids))


def test_pyvo_finds_links_by_their_meaning(demo: httpx.Client) -> None:
    results = follow(demo, SPECTRUM)
    assert [row["dataset"] for row in results.bysemantics("#progenitor")] == [
        f"{DEMO}dl3-{run}-standard" for run in range(26004, 26009)
    ]
    [this] = results.bysemantics("this")
    assert this.access_url == "https://observatory.example/archive/dl4/crab-spectrum.dl4.fits"
    assert (this.content_type, this.content_length) == ("application/fits", 700_000)


def test_pyvo_goes_on_from_file_to_file(demo: httpx.Client) -> None:
    """From a DL2 file to raw data, by the links of what has no address."""
    name, met = DEMO + "dl2-26004", []
    while True:
        [*origins] = follow(demo, name).bysemantics("#progenitor")
        if not origins:
            break
        met.append([str(row.description).partition(",")[0] for row in origins])
        results = [row for row in origins if "DL" in str(row.description).partition(",")[0]]
        url = results[0].access_url
        [*rows] = DatalinkResults.from_result_url(url)
        name = rows[0].id
    assert met[0] == ["run26004.dl1.h5 (DL1)"]
    assert "run26004.dl0.fits.fz (DL0)" in met[1]
    assert len(met) == 2


def test_pyvo_asks_the_services(demo: httpx.Client) -> None:
    results = follow(demo, SPECTRUM)
    provsap, lineage = results.iter_procs()
    with provsap.process(DEPTH=0, RESPONSEFORMAT="PROV-N") as answer:
        assert b"dataset:dl4-crab-spectrum" in answer.read()
    with lineage.process(direction="forth", agents="hide", format="csv") as answer:
        rows = answer.read().decode().splitlines()
    assert any(DEMO + "dl5-catalogue-1" in row for row in rows)


def test_pyvo_sees_faults_and_what_was_left_out(demo: httpx.Client) -> None:
    results = follow(demo, "nothing", SPECTRUM)
    assert [row.error_message for row in results if row.error_message] == [
        "NotFoundFault: nothing is known under 'nothing'"
    ]
    assert {row.semantics for row in results.clone_byid("nothing")} == {"#this"}
    with pytest.warns(DALOverflowWarning):
        follow(demo, *(f"n{number}" for number in range(101)))
    with pytest.raises(DALQueryError, match="UsageFault: RESPONSEFORMAT='csv'"):
        DatalinkService(f"{demo.base_url}/datalink/links").run_sync(SPECTRUM, responseformat="csv")


def votable(path: Path, columns: dict[str, list[str]], more: str = "") -> Any:  # noqa: ANN401  as above
    """A table of texts as a discovery service answers it; each column has its name as ID."""
    fields = "".join(
        f'<FIELD name="{name}" ID="{name}" datatype="char" arraysize="*"/>' for name in columns
    )
    rows = "".join(
        "<TR>" + "".join(f"<TD>{cell}</TD>" for cell in row) + "</TR>"
        for row in zip(*columns.values(), strict=True)
    )
    path.write_text(
        '<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">'
        '<RESOURCE type="results"><INFO name="QUERY_STATUS" value="OK"/>'
        f"<TABLE>{fields}<DATA><TABLEDATA>{rows}</TABLEDATA></DATA></TABLE></RESOURCE>"
        f"{more}</VOTABLE>"
    )
    return TAPResults(parse(path))


def test_pyvo_follows_records_that_lead_to_datalink(demo: httpx.Client, tmp_path: Path) -> None:
    records = [
        demo.get("/api/v1/elements", params={"ID": DEMO + name}).json()["obscore"]
        for name in ("dl4-crab-spectrum", "dl4-crab-map")
    ]
    names = ("obs_publisher_did", "access_url", "access_format")
    found = votable(
        tmp_path / "found.vot", {name: [record[name] for record in records] for name in names}
    )
    thises = [next(links.bysemantics("#this"))["dataset"] for links in found.iter_datalinks()]
    assert thises == [SPECTRUM, DEMO + "dl4-crab-map"]


def test_pyvo_asks_on_where_a_limit_left_out_identifiers(
    demo: httpx.Client, tmp_path: Path
) -> None:
    ids = [SPECTRUM, *(f"n{number}" for number in range(149))]
    service = (
        '<RESOURCE type="meta" utype="adhoc:service">'
        '<PARAM name="standardID" datatype="char" arraysize="*" '
        'value="ivo://ivoa.net/std/DataLink#links-1.1"/>'
        '<PARAM name="accessURL" datatype="char" arraysize="*" '
        f'value="{demo.base_url}/datalink/links"/><GROUP name="inputParams">'
        '<PARAM name="ID" datatype="char" arraysize="*" value="" ref="did"/></GROUP></RESOURCE>'
    )
    found = votable(tmp_path / "found.vot", {"did": ids}, service)
    with pytest.warns(DALOverflowWarning):
        met = {links[0].id: len(links) for links in found.iter_datalinks()}
    assert met.keys() == set(ids)
    assert (met[SPECTRUM], met["n148"]) == (11, 1)
