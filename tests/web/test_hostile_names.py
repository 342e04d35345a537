"""Names that look like HTML, SQL or orders to a terminal are text, and their links lead to them."""

import json
from collections.abc import Iterator

import pytest
from support.catalogue import EX
from support.shown import Shown, Site, site_at

NAMES = {
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>': '"><img src=x onerror=alert(1)>',
    "a'b\"c`d": "a'b\"c`d",
    "{{ 7 * 7 }}{% raw %}": "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;&amp;": "&lt;b&gt;&amp;",
    "'; DROP TABLE element; --": "'; DROP TABLE element; --",
    "100%25 + 1#a?b=c&ID=d": "100%25 + 1#a?b=c&ID=d",
    "line\nbreak\ttab": "line⟨U+000A⟩break⟨U+0009⟩tab",
    "\x01\x1b[31mred\x7f\x9b": "⟨U+0001⟩⟨U+001B⟩[31mred⟨U+007F⟩⟨U+009B⟩",
    "\u202egnp.exe": "⟨U+202E⟩gnp.exe",
    "zero\u200bwidth\ufeff": "zero⟨U+200B⟩width⟨U+FEFF⟩",
    "Крабовидная туманность 😀": "Крабовидная туманность 😀",
    "-o /etc/passwd": "-o /etc/passwd",
}
"""Each name with the text that a page shows for it."""


def document(name: str) -> bytes:
    """A dataset, its input, activity and agent, all of that name in every place that takes one."""
    told = {"prov:label": name, f"ex:{name}": name, "ex:note": {"$": name, "lang": "en"}}
    dataset, used, activity, agent = (f"ex:{name}/{part}" for part in ("out", "in", "do", "who"))
    return json.dumps(
        {
            "prefix": {"ex": EX},
            "entity": {dataset: told, used: told},
            "activity": {activity: told | {"voprov:version": name}},
            "agent": {agent: told},
            "wasGeneratedBy": {"_:1": {"prov:entity": dataset, "prov:activity": activity}},
            "used": {"_:2": {"prov:activity": activity, "prov:entity": used, "prov:role": name}},
            "wasAssociatedWith": {"_:3": {"prov:activity": activity, "prov:agent": agent}},
        }
    ).encode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("hostile")) as site:
        site.push(*map(document, NAMES))
        yield site


def assert_nothing_came_alive(page: Shown) -> None:
    """The page has the elements and attributes of its templates and no others."""
    assert page.find("//script | //iframe | //object | //style | //b[not(ancestor::svg)]") == []
    assert {image.get("src") for image in page.find("//img")} == {
        page.values("//link[@rel='icon']/@href")[0]
    }
    attributes = {str(name) for element in page.html.iter() for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name == "style"}
    targets = page.values("//@href | //@src | //@action")
    assert {target[:1] for target in targets} <= {"/", "#"}


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("part", ["out", "in", "do", "who"])
def test_shown_as_text(archive: Site, name: str, part: str) -> None:
    page = archive.dataset(f"{EX}{name}/{part}")
    assert_nothing_came_alive(page)
    assert page.texts("//h1") == [NAMES[name]]
    codes = page.texts("//dd/code")
    assert f"{EX}{NAMES[name]}/{part}" in codes
    values = page.texts("//section[@id='attributes']//td[1]")
    # in a value, line breaks are part of the text
    shown = NAMES[name].replace("⟨U+000A⟩", "\n").replace("⟨U+0009⟩", "\t")
    assert values.count(shown) == (4 if part == "do" else 3)


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_links_lead_to_the_element_itself(archive: Site, name: str) -> None:
    page = archive.dataset(f"{EX}{name}/out")
    for section, part in (("inputs", "in"), ("programs", "do"), ("picture", "do")):
        targets = page.values(f"//section[@id='{section}']//a/@href")
        shown = [Shown(archive.client.get(target)) for target in targets]
        codes = [one.texts("//dd/code")[0] for one in shown]
        assert f"{EX}{NAMES[name]}/{part}" in codes


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_an_unknown_name_is_repeated_as_text(archive: Site, name: str) -> None:
    page = archive.dataset(f"unknown {name}", 404)
    assert_nothing_came_alive(page)
    assert page.texts("//code")[0] == f"unknown {NAMES[name]}"
    box = page.find("//input[@name='q']")[0]
    # what an input takes has no line breaks (HTML, 4.10.5.1.2); the others are escaped
    assert "<" not in name or box.get("value") == f"unknown {NAMES[name]}"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_choices_are_text(archive: Site, name: str) -> None:
    archive.push(
        json.dumps(
            {
                "prefix": {"ex": EX},
                "entity": {
                    f"ex:{part}/{name}": {"prov:label": name, "prov:location": f"/data/{part}/both"}
                    for part in ("one", "two")
                },
            }
        ).encode()
    )
    page = archive.dataset("both")
    assert_nothing_came_alive(page)
    assert NAMES[name] in page.texts("//ul//a")


def test_an_access_url_that_is_a_script_is_no_link(site: Site) -> None:
    did = "ivo://example.org/a#1"
    table = (
        "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,access_url\n"
        f"{did},1,DL4,3,spectrum,javascript:alert(1)\n"
    )
    site.put_obscore(table.encode())
    page = site.dataset(did)
    assert "javascript:alert(1)" in page.text()
    assert not [link for link in page.values("//@href") if link.startswith("javascript")]


# -- pages of searches

DIDS = "ivo://example.org/hostile#"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A dataset for each name, which it has as target, title and keyword."""
    with site_at(tmp_path_factory.mktemp("records")) as site:
        told = {f"{DIDS}{number}": {"ex:applied_cuts": name} for number, name in enumerate(NAMES)}
        document = {"prefix": {"ex": EX, "ivo": "ivo:"}, "entity": told}
        site.push(json.dumps(document).encode())
        rows = [
            {
                "obs_publisher_did": f"{DIDS}{number}",
                "obs_id": str(number),
                "obs_collection": name,
                "calib_level": 3,
                "dataproduct_type": "event",
                "target_name": name,
                "obs_title": name,
                "access_url": "javascript:alert(1)",
            }
            for number, name in enumerate(NAMES)
        ]
        answer = site.client.put("/api/v1/obscore?name=t.json", content=json.dumps(rows).encode())
        assert answer.status_code == 201, answer.text
        yield site


def test_datasets_that_were_found_are_text(records: Site) -> None:
    page = records.get("/search?facet=obs_collection")
    assert_nothing_came_alive(page)
    assert page.text("//h1") == f"{len(NAMES)} datasets"
    shown = {*page.texts("//section[@id='found']//tbody//th/a")}
    assert {*NAMES.values()} <= shown
    assert not [link for link in page.values("//@href") if "javascript" in link]


@pytest.mark.parametrize("facet", ["target", "applied_cuts", "obs_collection"])
def test_values_of_facets_are_text_and_lead_to_their_datasets(records: Site, facet: str) -> None:
    page = records.get("/search?facet=obs_collection")
    lines = page.find(f"//details[summary='{facet}']//li")
    found = set()
    for line in lines:
        first, *_ = line.findall("a")
        narrowed = records.get(first.get("href", ""))
        assert_nothing_came_alive(narrowed)
        assert narrowed.text("//h1") == "1 dataset"
        found |= {*narrowed.texts("//section[@id='found']//tbody//th/code")}
    assert found == {f"{DIDS}{number}" for number in range(len(NAMES))}


def test_values_of_keywords_are_text_and_lead_to_their_datasets(records: Site) -> None:
    page = records.get("/keywords")
    assert_nothing_came_alive(page)
    for link in page.values("//ul[@class='counted']//a/@href"):
        assert records.get(link).text("//h1") == "1 dataset"


@pytest.mark.parametrize("name", NAMES, ids=ascii)
@pytest.mark.parametrize("parameter", ["q", "target", "keyword", "where", "pos", "order", "cursor"])
def test_what_is_asked_is_repeated_as_text(records: Site, name: str, parameter: str) -> None:
    answer = records.client.get("/search", params={parameter: name}, follow_redirects=True)
    assert answer.status_code in {200, 400}
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert_nothing_came_alive(Shown(answer))


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_the_page_of_a_record_is_text(records: Site, number: int) -> None:
    page = records.dataset(f"{DIDS}{number}")
    assert_nothing_came_alive(page)
    name = [*NAMES][number]
    assert page.texts("//section[@id='keywords']//tbody//bdi")[1] == NAMES[name]
    target = page.links("//section[@id='questions']")["The same target"]
    assert records.get(target).text("//h1") == "1 dataset"
