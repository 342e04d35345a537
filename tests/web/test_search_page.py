"""The page of a search, on a few datasets whose answers are written by hand."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from support import found
from support.catalogue import EX
from support.found import IVO
from support.shown import MISSING, Shown, Site, elements, site_at, text_of

ALL = ["crab1", "crab2", "crab4", "empty", "pks3"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("found")) as site:
        site.push(found.DOCUMENT)
        site.put_obscore(found.TABLE)
        yield site


def names(page: Shown) -> list[str]:
    """The datasets of a page, in its order."""
    codes = page.texts("//section[@id='found']//tbody//th/code")
    return [code.removeprefix(IVO) for code in codes]


def row(page: Shown, name: str) -> list[str]:
    [cells] = [row for row in page.rows("found") if IVO + name in row[0]]
    return cells


def facets(page: Shown) -> dict[str, dict[str, int]]:
    """The counts of each value of each facet."""
    return {
        text_of(elements(facet, "summary")[0]): {
            text_of(elements(line, "*[1]")[0]): int(text_of(elements(line, "*[@class='count']")[0]))
            for line in elements(facet, ".//li")
        }
        for facet in page.find("//section[@id='facets']/details")
    }


def chosen(page: Shown, facet: str, value: str, *, out: bool = False) -> str:
    """Where a value of a facet leads, or the word beside it that leaves it out."""
    place = "*[@class='not']" if out else "a[1]"
    path = f"//details[summary='{facet}']//li[*[1]='{value}' or *[1]='{value} ✓']/{place}"
    [link] = page.find(path)
    return str(link.get("href", ""))


def test_everything_there_is(archive: Site) -> None:
    page = archive.get("/search")
    assert page.text("//h1") == "5 datasets"
    assert page.text("//head/title") == "search · provstore"
    assert names(page) == ALL
    assert "5 of 5 on this page" in page.section("found")
    assert page.find("//section[@id='conditions']") == []


def test_a_dataset_with_what_it_was_made_with(archive: Site) -> None:
    page = archive.get("/search", obs_id="crab4")
    [cells] = page.rows("found")
    assert cells[0].startswith(f"crab4{IVO}crab4")
    assert cells[1:4] == ["Crab Nebula", "DL4", "spectrum"]
    # MJD 60000 is 25 February 2023
    assert cells[4] == "2023-02-25 00:00:00to 2023-02-26 00:28:48"
    assert cells[5] == "reco_version 0.19, 0.9 mixed applied_cuts loose"


def test_the_end_of_an_observation_on_the_same_day_is_a_time(archive: Site) -> None:
    page = archive.get("/search", obs_id="pks3")
    assert row(page, "pks3")[4] == "2023-02-27 12:00:00to 12:28:48"


def test_what_is_not_known_is_said(archive: Site) -> None:
    page = archive.get("/search", keyword="reco_version=unknown")
    assert names(page) == ["empty"]
    assert row(page, "empty")[5] == "reco_version unknown record incomplete"
    assert row(page, "empty")[1:5] == [MISSING, "DL3", "event", MISSING]


def test_keywords_that_were_asked_for_come_first(archive: Site) -> None:
    page = archive.get("/search", exclude="applied_cuts=standard", obs_id="crab1")
    assert row(page, "crab1")[5] == "applied_cuts loose reco_version 0.9"


def test_each_dataset_leads_on(archive: Site) -> None:
    page = archive.get("/search", obs_id="crab1")
    links = page.links("//section[@id='found']//tbody//th")
    assert links == {
        "crab1": "/dataset?ID=ivo%3A%2F%2Fexample.org%2Fdco%3Fcrab1",
        "Lineage": "/dataset?ID=ivo%3A%2F%2Fexample.org%2Fdco%3Fcrab1#picture",
        "DataLink": "/datalink/links?ID=ivo%3A%2F%2Fexample.org%2Fdco%3Fcrab1",
    }
    for link in links.values():
        assert archive.client.get(link).status_code == 200


def test_facets_count_what_is_found(archive: Site) -> None:
    told = facets(archive.get("/search"))
    assert told == {
        "level": {"DL3": 4, "DL4": 1},
        "type": {"event": 4, "spectrum": 1},
        "target": {"Crab Nebula": 3, "PKS 2155-304": 1, "unknown": 1},
        "rights": {"public": 4, "secure": 1},
        "reco_version": {"0.19": 3, "0.9": 2, "mixed": 1, "unknown": 1},
        "applied_cuts": {"loose": 3, "standard": 1, "unknown": 1},
    }
    assert facets(archive.get("/search", level="DL4"))["reco_version"] == {
        "0.19": 1,
        "0.9": 1,
        "mixed": 1,
    }


def test_a_facet_that_is_asked_for_comes_first(archive: Site) -> None:
    told = facets(archive.get("/search", facet="proposal_id"))
    assert list(told)[:2] == ["proposal_id", "level"]
    assert told["proposal_id"] == {"P1": 2, "100%_sure": 1, "P2": 1, "unknown": 1}


@pytest.mark.parametrize("start", ["/search", "/search?facet=proposal_id&q=Crab"])
def test_each_value_of_a_facet_finds_as_many_as_it_says(archive: Site, start: str) -> None:
    page = archive.get(start)
    total = int(page.text("//h1").split()[0])
    for facet, values in facets(page).items():
        for value, count in values.items():
            only = archive.get(chosen(page, facet, value))
            assert only.text("//h1").split()[0] == str(count), (facet, value)
            others = archive.get(chosen(page, facet, value, out=True))
            assert others.text("//h1").split()[0] == str(total - count), (facet, value)


def test_conditions_are_added_and_taken_away(archive: Site) -> None:
    page = archive.get("/search", limit="2")
    page = archive.get(chosen(page, "reco_version", "0.19"))
    assert names(page) == ["crab2", "crab4"]
    page = archive.get(chosen(page, "target", "Crab Nebula", out=True))
    assert names(page) == ["pks3"]
    chips = [text_of(chip) for chip in page.find("//section[@id='conditions']//li")]
    assert chips == ["reco_version=0.19 remove", "not target_name=Crab Nebula remove", "Remove all"]
    assert page.text("//*[@aria-current]") == "0.19 ✓"
    without = archive.get(chosen(page, "reco_version", "0.19"))
    assert names(without) == ["empty", "pks3"]
    removing = page.values("//section[@id='conditions']//li/a/@href")
    assert names(archive.get(removing[0])) == ["empty", "pks3"]
    assert names(archive.get(removing[1])) == ["crab2", "crab4"]
    assert names(archive.get(removing[2])) == ALL


def test_one_of_several_conditions_of_a_sort_is_taken_away(archive: Site) -> None:
    page = archive.get("/search?keyword=reco_version=0.19&keyword=applied_cuts=loose")
    assert names(page) == ["crab2", "crab4"]
    cuts, version, _ = page.values("//section[@id='conditions']//li/a/@href")
    assert names(archive.get(version)) == ["crab2", "crab4", "pks3"]
    assert names(archive.get(cuts)) == ["crab1", "crab2", "crab4"]


def test_pages_follow_one_another(archive: Site) -> None:
    page, seen = archive.get("/search", limit="2", q="", order="-t_min"), []
    assert "First page" not in page.links()
    while True:
        seen.append(names(page))
        assert page.text("//h1") == "5 datasets"
        if "Next page" not in page.links():
            break
        page = archive.get(page.links()["Next page"])
    assert seen == [["pks3", "crab2"], ["crab1", "crab4"], ["empty"]]
    assert names(archive.get(page.links()["First page"])) == ["pks3", "crab2"]
    narrowed = archive.get(chosen(page, "level", "DL4"))
    assert names(narrowed) == ["crab4"]


def test_a_column_is_sorted_one_way_and_the_other(archive: Site) -> None:
    page = archive.get("/search")
    assert set(page.values("//th/@aria-sort")) == {"none"}
    page = archive.get(page.links("//thead")["Observed"])
    assert names(page) == ["crab1", "crab4", "crab2", "pks3", "empty"]
    assert page.values("//th[a='Observed']/@aria-sort") == ["ascending"]
    page = archive.get(page.links("//thead")["Observed"])
    assert names(page) == ["pks3", "crab2", "crab1", "crab4", "empty"]
    assert page.values("//th[a='Observed']/@aria-sort") == ["descending"]
    page = archive.get(page.links("//thead")["Target"])
    assert names(page) == ["crab1", "crab2", "crab4", "pks3", "empty"]


def test_some_input_or_every_input(archive: Site) -> None:
    page = archive.get("/search", keyword="reco_version=0.9")
    assert names(page) == ["crab1", "crab4"]
    assert page.text("//section[@id='conditions']//strong") == "some input has the value"
    every = archive.get(
        page.links("//section[@id='conditions']")["every input that has the keyword has the value"]
    )
    assert names(every) == ["crab1"]
    assert "match: all" in every.section("conditions")
    some = archive.get(every.links("//section[@id='conditions']")["some input has the value"])
    assert names(some) == ["crab1", "crab4"]


def test_nothing_found_leads_to_everything(archive: Site) -> None:
    page = archive.get("/search", keyword="reco_version=0.9", level="DL9")
    assert page.text("//h1") == "0 datasets"
    assert "Nothing that is recorded fits all conditions." in page.section("found")
    assert names(archive.get(page.links()["Everything there is"])) == ALL


def test_the_same_answer_elsewhere(archive: Site) -> None:
    page = archive.get("/search?q=Crab&exclude=pointing_mode=divergent&limit=1&facet=obs_id")
    links = page.links("//p[@class='buttons']")
    types = {
        "JSON": "application/json",
        "CSV": "text/csv",
        "VOTABLE": "application/x-votable+xml",
        "FITS": "application/fits",
    }
    assert links.keys() == types.keys()
    for name, link in links.items():
        answer = archive.client.get(link)
        assert answer.status_code == 200
        assert answer.headers["content-type"].partition(";")[0] == types[name]
    told = archive.client.get(links["JSON"]).json()
    assert [item["obs_id"] for item in told["items"]] == ["crab1", "crab4"]
    assert page.texts("//pre/code") == [told["adql"]]
    assert archive.client.get(links["CSV"]).text.count(IVO) >= 2


def test_a_format_leads_to_the_interface(archive: Site) -> None:
    answer = archive.client.get("/search?obs_id=crab1&format=csv")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/api/v1/search?obs_id=crab1&format=csv"


# -- the box


@pytest.mark.parametrize(
    ("text", "taken", "expected"),
    [
        ("crab nebula", "the target Crab Nebula", ["crab1", "crab2", "crab4"]),
        ("pks3", "an obs_id", ["pks3"]),
        ("83.63 +22.01", "the sky within 0.1 deg of 83.6300 +22.0100", ["crab1", "crab2", "crab4"]),
        ("reco_version>=0.10", "reco_version>=0.10", ["crab2", "crab4", "pks3"]),
        ("Crab Nebula, reco_version=mixed", "the target Crab Nebula", ["crab4"]),
        ("P2", "a proposal_id", ["crab2"]),
        ("no such thing", "part of a title", []),
    ],
)
def test_the_box_says_what_a_text_was_taken_for(
    archive: Site, text: str, taken: str, expected: list[str]
) -> None:
    page = archive.get("/search", q=f"  {text} ")
    assert names(page) == expected
    assert taken in page.text("//*[@id='notes']/ul/li[1]")
    assert page.values("//input[@name='q']/@value") == [text]
    assert page.text("//section[@id='conditions']//li[1]/bdi") == f"“{text}”"


def test_an_identifier_leads_to_its_page(archive: Site) -> None:
    answer = archive.client.get("/search", params={"q": IVO + "crab4"})
    assert answer.status_code == 303
    parts = urlsplit(answer.headers["location"])
    assert parts.path == "/dataset"
    assert parse_qsl(parts.query) == [("ID", IVO + "crab4"), ("q", IVO + "crab4")]
    page = archive.get(answer.headers["location"])
    assert f"{IVO}crab4" in page.texts("//dd/code")
    assert f"“{IVO}crab4” was taken for the dataset {IVO}crab4." in page.text("//*[@id='taken']")


def test_an_activity_leads_to_its_page(archive: Site) -> None:
    answer = archive.client.get("/search", params={"q": EX + "a4"}, follow_redirects=True)
    page = Shown(answer)
    assert page.text("//h1") == "a4"
    assert "was taken for the activity a4." in page.text("//*[@id='taken']")


def test_an_identifier_beside_conditions_is_one_of_them(archive: Site) -> None:
    page = archive.get("/search", q=IVO + "crab4", level="DL4")
    assert names(page) == ["crab4"]
    assert names(archive.get("/search", q=IVO + "crab4", level="DL3")) == []
    assert names(archive.get("/search", q=f"{IVO}crab4, reco_version=0.9")) == ["crab4"]


def test_a_name_of_several_leads_to_the_choice(site: Site) -> None:
    site.push(
        b'{"prefix": {"ex": "http://example.org/"}, "entity": {'
        b'"ex:1": {"prov:location": "/a/same.fits"}, "ex:2": {"prov:location": "/b/same.fits"}}}'
    )
    answer = site.client.get("/search?q=same.fits", follow_redirects=True)
    page = Shown(answer)
    assert page.text("//h1") == "Which one?"
    assert "was taken for a name of 2 things" in page.text("//*[@id='taken']")


# -- refusals


REFUSED = [
    "q=nonsense%3D1",
    "q=a&q=b",
    "q=a%00b",
    "q=CIRCLE 10 20 -1",
    "q=" + "x" * 10_000,
    "nonsense=1",
    "keyword=reco_versio=1",
    "keyword=reco_version",
    "keyword=reco_version>=<b>",
    "where=no_such_column=1",
    "where=s_fov>=many",
    "where=t_min=NaN",
    "pos=CIRCLE 10 20 -1",
    "pos=400,95",
    "pos=POLYGON 1 1 2 2",
    "radius=-1&pos=1,1",
    "radius=NaN&pos=1,1",
    "time=yesterday",
    "energy=5 parsec",
    "simultaneous=ivo://nobody/nothing",
    "match=some",
    "order=nothing",
    "facet=no_such_thing",
    "limit=0",
    "limit=100000",
    "cursor=abc",
    "level=DL3&level=DL4",
    "target=" + "x" * 10_000,
    "exclude=%00",
    "format=docx&level=",
]


@pytest.mark.parametrize("query", REFUSED, ids=range(len(REFUSED)))
def test_what_the_interface_refuses_is_a_page_with_its_text(archive: Site, query: str) -> None:
    told = archive.client.get(f"/api/v1/search?{query}")
    assert told.status_code == 400
    answer = archive.client.get(f"/search?{query}", follow_redirects=True)
    assert answer.status_code == 400
    if "format" in query:
        return  # answered by the interface itself
    page = Shown(answer)
    assert page.text("//h1") == "Bad Request"
    assert page.text("//section[@class='failure']/p[2]") == " ".join(told.json()["detail"].split())


def test_a_text_that_is_refused_stays_in_the_box(archive: Site) -> None:
    page = archive.get("/search", 400, q="nonsense=<1>")
    assert page.values("//input[@name='q']/@value") == ["nonsense=<1>"]
    assert "q='nonsense=<1>' is not allowed" in page.text()


def test_links_hold_behind_a_proxy_that_adds_a_path(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = "http://127.0.0.1:1/archive/"
    with site_at(tmp_path_factory.mktemp("proxy"), base_url=base) as site:
        site.push(found.DOCUMENT)
        site.put_obscore(found.TABLE)
        for path in ("/search?limit=2", "/keywords"):
            targets = site.get(path).values("//@href | //@src | //@action")
            assert {target.split("/")[1] for target in targets if target[0] == "/"} == {"archive"}
        moved = site.client.get("/search", params={"q": IVO + "crab1"})
        assert moved.headers["location"].startswith("/archive/dataset?")
