"""The page of keywords, on a few datasets whose answers are written by hand."""

from collections.abc import Iterator

import pytest
from support import found
from support.found import IVO
from support.shown import Shown, Site, site_at, text_of


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("found")) as site:
        site.push(found.DOCUMENT)
        site.put_obscore(found.TABLE)
        yield site


def keyword(page: Shown, name: str) -> dict[str, str]:
    """What is told of a keyword."""
    return page.facts(f"//section[h2/bdi='{name}']")


def test_each_keyword_with_its_values_and_counts(archive: Site) -> None:
    page = archive.get("/keywords")
    assert [text_of(title) for title in page.find("//h2/bdi")] == ["applied_cuts", "reco_version"]
    told = keyword(page, "reco_version")
    assert told["Range"] == "0.9 to 0.19"
    assert told["Values"] == "0.19 3 0.9 2"
    assert told["By level"] == "DL3 3, DL4 1"
    assert told["By type"] == "event 3, spectrum 1"
    assert told["By collection"] == "DCO 4"
    assert "attribute reco_version of an entity" in told["Kept in"]
    assert "Range" not in keyword(page, "applied_cuts")
    assert "version" in page.text("//section[h2/bdi='reco_version']/h2")


def test_each_value_leads_to_as_many_datasets_as_it_says(archive: Site) -> None:
    page = archive.get("/keywords")
    lines = page.find("//ul[@class='counted']/li")
    assert len(lines) == 7
    for line in lines:
        [link], [count] = line.findall("a"), line.findall("span")
        shown = archive.get(link.get("href", ""))
        assert shown.text("//h1").split()[0] == text_of(count)


def test_under_conditions(archive: Site) -> None:
    page = archive.get("/keywords", level="DL4", q="Crab Nebula")
    assert keyword(page, "reco_version")["Values"] == "0.19 1 0.9 1"
    assert "Among the datasets with level: DL4, “Crab Nebula”." in page.text()
    assert "is taken for the target Crab Nebula" in page.text("//*[@id='notes']")
    found_here = archive.get(page.links()["These datasets"])
    assert found_here.texts("//section[@id='found']//th/code") == [IVO + "crab4"]
    links = page.links("//section[h2/bdi='reco_version']")
    assert archive.get(links["0.9"]).text("//h1") == "1 dataset"


def test_the_search_leads_to_the_keywords_of_what_it_found(archive: Site) -> None:
    search = archive.get("/search", level="DL4", limit="1", facet="obs_id")
    page = archive.get(search.links()["All keywords of these datasets"])
    assert keyword(page, "reco_version")["Values"] == "0.19 1 0.9 1"


def test_the_same_as_json(archive: Site) -> None:
    page = archive.get("/keywords", level="DL4")
    told = archive.client.get(page.links()["The same as JSON"]).json()
    assert [one["name"] for one in told["items"]] == ["applied_cuts", "reco_version"]


def test_an_archive_without_keywords_says_so(site: Site) -> None:
    assert "No dataset has a keyword yet." in site.get("/keywords").text()


def test_a_keyword_of_too_many_values_is_only_found_when_it_is_asked_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("many")
    rules = folder / "rules.toml"
    rules.write_text(
        '[[keyword]]\nname = "reco_version"\ntype = "version"\nmost_values = 1\n'
        '[[keyword.from]]\nattribute = "reco_version"\n'
    )
    with site_at(folder, keywords_file=rules) as site:
        site.push(found.DOCUMENT)
        site.put_obscore(found.TABLE)
        told = keyword(site.get("/keywords"), "reco_version")
        assert told["Values"] == "too many to be kept: found when they are asked for"
        page = site.get("/search?keyword=reco_version=0.9")
        assert page.texts("//section[@id='found']//th/code") == [IVO + "crab1", IVO + "crab4"]
        titles = [text_of(title) for title in page.find("//section[@id='facets']//summary")]
        assert titles == ["level", "type", "target", "rights", "applied_cuts"]
        assert "unknown" not in page.section("found").split("Made with:")[0]
        wanted = site.get("/search?facet=reco_version")
        assert wanted.text("//section[@id='facets']/details[1]/summary") == "reco_version"


@pytest.mark.parametrize("query", ["nothing=1", "limit=5", "keyword=reco_versio=1", "q=a&q=b"])
def test_what_the_interface_refuses_is_a_page_with_its_text(archive: Site, query: str) -> None:
    told = archive.client.get(f"/api/v1/keywords?{query}").json()
    page = archive.get(f"/keywords?{query}", 400)
    assert page.text("//section[@class='failure']/p[2]") == " ".join(told["detail"].split())
