"""Where the page of a dataset leads: what it inherits, its neighbours, ready-made questions."""

from collections.abc import Iterator

import pytest
from pyvo.dal.adhoc import DatalinkResults
from support import found
from support.catalogue import EX
from support.found import IVO
from support.shown import MISSING, Shown, Site, site_at

from provstore.cli.demo import DemoNight, write_demo


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("found")) as site:
        site.push(found.DOCUMENT)
        site.put_obscore(found.TABLE)
        yield site


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> DemoNight:
    return write_demo(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, night: DemoNight) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("demo")) as site:
        site.push(*(path.read_bytes() for path in night.documents))
        for table in night.obscore:
            site.put_obscore(table.read_bytes(), table.name)
        yield site


def datasets(page: Shown) -> set[str]:
    codes = page.texts("//section[@id='found']//tbody//th/code")
    return {code.removeprefix(IVO) for code in codes}


def test_what_a_dataset_inherits(archive: Site) -> None:
    page = archive.dataset(IVO + "crab4")
    assert [row[:3] for row in page.rows("keywords")] == [
        ["applied_cuts", "single", "loose"],
        ["reco_version", "mixed", "0.19 0.9"],
    ]
    links = page.links("//section[@id='keywords']")
    assert datasets(archive.get(links["0.9"])) == {"crab1", "crab4"}
    assert page.links("//nav[@class='contents']")["Keywords"] == "#keywords"


def test_what_has_no_record_inherits_too(archive: Site) -> None:
    rows = archive.dataset(EX + "a4").rows("keywords")
    assert [row[:3] for row in rows] == [
        ["applied_cuts", "single", "loose"],
        ["reco_version", "mixed", "0.19 0.9"],
    ]


def test_nothing_inherited_is_not_shown(archive: Site) -> None:
    page = archive.dataset(IVO + "empty")
    assert page.find("//section[@id='keywords']") == []
    assert "Keywords" not in page.links("//nav[@class='contents']")


def test_one_thing_under_two_names_inherits_the_same(demo: Site, night: DemoNight) -> None:
    pages = [demo.dataset(n) for n in (night.story.seam_dataset, night.story.seam_product)]
    rows = pages[0].rows("keywords")
    assert rows == pages[1].rows("keywords")
    assert ["reco_version", "single", "0.19.0"] in [row[:3] for row in rows]


def test_an_incomplete_record_is_told_beside_what_it_has(demo: Site, night: DemoNight) -> None:
    said = "record incomplete What is not recorded may have had other values."
    assert said in demo.dataset(night.story.catalogue).section("keywords")
    assert "incomplete" not in demo.dataset(night.spectrum_did).section("keywords")


def test_links_are_those_of_datalink(demo: Site, night: DemoNight) -> None:
    page = demo.dataset(night.spectrum_did)
    rows = page.rows("links")
    assert rows[0] == [
        "#this",
        "crab-spectrum.dl4.fits DL4",
        MISSING,
        "File 700 kB",
        "application/fits",
        "public",
    ]
    base = str(demo.client.base_url).rstrip("/")
    url = f"{base}/datalink/links?ID={night.spectrum_did.replace('#', '%23')}"
    told = DatalinkResults.from_result_url(url)
    expected = [
        (row.semantics, row.access_url) for row in told if row.semantics != "#documentation"
    ]
    files = page.values("//section[@id='links']//td[3]/a/@href")
    assert list(zip((row[0] for row in rows), files, strict=True)) == expected
    assert [row[0] for row in rows] == ["#this", *["#progenitor"] * 5, "#derivation"]
    assert rows[1][2] == "gammapy-spectrum as DL3 events"


def test_an_agent_has_no_links(demo: Site) -> None:
    page = demo.dataset("https://observatory.example/teams/processing")
    assert page.find("//section[@id='links']") == []


def test_ready_made_questions(archive: Site) -> None:
    page = archive.dataset(IVO + "crab4")
    links = page.links("//section[@id='questions']")
    assert list(links) == [
        "What was made from it",
        "The same observation",
        "The same target",
        "The same proposal",
        "Observed at the same time",
        "Made with the same versions",
    ]
    assert archive.client.get(links["What was made from it"]).json()["items"] == []
    answers = {text: datasets(archive.get(url)) for text, url in list(links.items())[1:]}
    assert answers == {
        "The same observation": {"crab4"},
        "The same target": {"crab1", "crab2", "crab4"},
        "The same proposal": {"crab1", "crab4"},
        "Observed at the same time": {"crab1", "crab2"},
        "Made with the same versions": {"crab4"},
    }


def test_questions_of_what_has_no_record(archive: Site) -> None:
    links = archive.dataset(EX + "a4").links("//section[@id='questions']")
    assert list(links) == ["What was made from it", "Made with the same versions"]
