"""The first page, choices, refusals, limits, and what every page says to a browser."""

import json

import pytest
from support import found
from support.catalogue import EX, prov
from support.served import token_of
from support.shown import MISSING, Shown, Site, elements, site_at, text_of

from provstore.model.access import Role
from provstore.web.dataset import MOST_NODES, MOST_ROWS
from provstore.web.render import CONTENT_SECURITY_POLICY

ONE = prov("entity(out) activity(run) wasGeneratedBy(out, run)")


def test_an_empty_archive_has_a_first_page(site: Site) -> None:
    page = site.get("/")
    assert page.facts() == {"documents": "0", "elements": "0", "relations": "0"}
    assert "Nothing was pushed yet." in page.text()


def test_the_first_page_counts_and_lists_what_came_last(site: Site) -> None:
    for number in range(11):
        site.push(prov(f"entity(out{number}) activity(run) wasGeneratedBy(out{number}, run)"))
    page = site.get("/")
    assert page.facts() == {"documents": "11", "elements": "12", "relations": "11"}
    rows = [[text_of(cell) for cell in elements(row, "*")] for row in page.find("//tbody/tr")]
    assert [row[0] for row in rows] == ["11", "10", "9", "8", "7", "6", "5", "4", "3", "2"]
    assert rows[0][2:] == [MISSING, "prov-json", "2 elements, 1 relations", "accepted"]
    assert page.links("//tbody")["11"] == "/api/v1/documents/11"


@pytest.mark.parametrize(
    "path", ["/", "/search", "/keywords", "/dataset?ID=http://example.org/out"]
)
def test_the_box_leads_to_the_page(site: Site, path: str) -> None:
    site.push(ONE)
    [form] = site.get(path).find("//form")
    [box] = elements(form, ".//input")
    assert (form.get("action"), form.get("method")) == ("/search", None)
    assert elements(form, f".//label[@for='{box.get('id')}']")
    assert box.get("name") == "q"
    answer = site.client.get("/search", params={"q": EX + "out"}, follow_redirects=True)
    assert Shown(answer).text("//h1") == "out"


def test_ready_made_questions_of_the_first_page(site: Site) -> None:
    site.push(found.DOCUMENT)
    site.put_obscore(found.TABLE)
    links = site.get("/").links("//section[@id='questions']/ul")
    shown = {text: site.get(link) for text, link in links.items()}
    titles = {
        text: {code.removeprefix(found.IVO) for code in page.texts("//tbody//th/code")}
        for text, page in shown.items()
    }
    every = {"crab1", "crab2", "crab4", "empty", "pks3"}
    assert titles == {
        "Taken with Large-Sized Telescopes (LST)": {"crab1", "pks3"},
        "Without divergent pointing": {"crab1", "crab4", "empty", "pks3"},
        "Public data of blazars": {"pks3"},
        "By proposal": every,
        "By principal investigator": every,
        "By observation": every,
        "Reconstructed with several versions": {"crab4"},
        "With no known version of reconstruction": {"empty"},
    }
    facet = shown["By proposal"].find("//section[@id='facets']/details[1]//li/a[1]")
    assert [text_of(value) for value in facet] == ["P1", "100%_sure", "P2", "unknown"]


def test_an_unknown_name_is_404(site: Site) -> None:
    page = site.dataset("ivo://example.org/nothing", 404)
    assert page.answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "Nothing is known under ivo://example.org/nothing" in page.text()


@pytest.mark.parametrize("query", ["", "ID=", "ID=a&ID=b", "ID=a%00b"])
def test_what_is_no_identifier_is_400(site: Site, query: str) -> None:
    page = site.get(f"/dataset?{query}", 400)
    assert page.text("//h1") == "Bad Request"
    assert "one identifier that is not empty and holds no NUL" in page.text()


def test_a_name_of_several_gives_the_choice(site: Site) -> None:
    where = [
        {"prov:location": f"/data/{night}/run1.fits", "prov:label": night}
        for night in ("mon", "tue")
    ]
    site.push(prov("entity(a) entity(b)", {"a": where[0], "b": where[1]}))
    page = site.dataset("run1.fits")
    assert page.text("//h1") == "Which one?"
    assert "run1.fits is a name of 2 elements." in page.text()
    assert sorted(page.links("//ul").values()) == [
        "/dataset?ID=http%3A%2F%2Fexample.org%2Fa",
        "/dataset?ID=http%3A%2F%2Fexample.org%2Fb",
    ]


def test_the_choice_names_the_elements_alone(site: Site) -> None:
    document = prov(
        "activity(x) activity(y) entity(p) wasConfiguredBy(x, p) wasConfiguredBy(y, p)",
        {name: {"ex:obs_id": "night 1"} for name in "xy"},
    )
    site.push(document)
    assert list(site.dataset("night 1").links("//ul")) == ["x", "y"]


def test_a_name_of_too_many_is_refused(site: Site) -> None:
    names = [f"e{number}" for number in range(101)]
    site.push(
        prov(
            " ".join(f"entity({name})" for name in names),
            {name: {"prov:location": f"/data/{name}/same.fits"} for name in names},
        )
    )
    page = site.dataset("same.fits", 400)
    assert "ask with a full identifier" in page.text()


def test_a_history_over_the_limit_says_so(tmp_path_factory: pytest.TempPathFactory) -> None:
    with site_at(tmp_path_factory.mktemp("limit"), max_lineage_nodes=3) as site:
        site.push(prov("used(c, b) wasGeneratedBy(d, c) wasGeneratedBy(b, a) used(a, z)"))
        page = site.dataset(EX + "d")
        assert "Cut. The history is longer than this page reads (limit=3)" in page.text()
        # where the limit cut it only looks as if the record stopped
        assert "Record incomplete: somewhere upstream" in page.text()
        assert "it stops" not in page.text()
        assert "At least" in site.dataset(EX + "z").section("made")
        assert "Cut." not in site.dataset(EX + "a").text()


def test_a_page_of_very_many_inputs_stays_readable(site: Site) -> None:
    site.client.timeout = 60  # of a busy machine
    count = MOST_NODES + 1
    statements = [f"used(run, in{number})" for number in range(count)]
    site.push(prov("wasGeneratedBy(out, run)" + "".join(statements)))
    page = site.dataset(EX + "out")
    assert "somewhere upstream the making of an input is not recorded." in page.text()
    assert f"Cut. The history is longer than this page reads (limit={MOST_NODES})" in page.text()
    assert len(page.rows("inputs")) == MOST_ROWS
    assert "The first 100 of 19,998 are listed; the CSV holds all." in page.section("inputs")


def test_a_picture_of_too_many_boxes_says_so(site: Site) -> None:
    letters = "abcdefghijklmnop"
    names = [one + other for one in letters for other in letters]
    site.push(prov("wasGeneratedBy(out, run)" + "".join(f"used(run, {name})" for name in names)))
    page = site.dataset(EX + "out")
    assert "The picture shows the nearest 200 boxes only." in page.section("picture")
    assert len(page.find("//svg//a")) == 200


def test_what_every_page_says_to_the_browser(site: Site) -> None:
    site.push(ONE)
    paths = {
        "/": 200,
        f"/dataset?ID={EX}out": 200,
        "/dataset?ID=x": 404,
        "/search": 200,
        "/search?limit=0": 400,
        "/keywords": 200,
    }
    for path, status in paths.items():
        answer = site.client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert answer.headers["cache-control"] == "no-cache"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "<script" not in answer.text
        assert " style=" not in answer.text


def test_the_policy_lets_nothing_but_our_style_and_pictures_in() -> None:
    policy = dict(part.strip().split(" ", 1) for part in CONTENT_SECURITY_POLICY.split(";"))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": "'none'",
    }


def test_pages_hold_behind_a_proxy_that_adds_a_path(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    base = "http://127.0.0.1:1/archive/"
    with site_at(tmp_path_factory.mktemp("proxy"), base_url=base) as site:
        site.push(ONE)
        page = site.dataset(EX + "out")
        targets = page.values("//@href | //@src | //@action")
        assert {target.split("/")[1] for target in targets if target[0] == "/"} == {"archive"}
        facts = page.facts("//details[summary='Reproduce']")
        assert facts["This page"].startswith("http://127.0.0.1:1/archive/dataset?ID=")


def test_a_token_that_is_not_known_gives_a_page_with_the_challenge(site: Site) -> None:
    answer = site.client.get("/", headers={"Authorization": "Bearer wrong"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="provstore"'
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_readers_need_no_token(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("tokens")
    with site_at(folder) as site:
        token_of(folder, Role.ADMIN)
        assert site.client.get("/").status_code == 200


def test_pages_are_no_part_of_the_described_interface(site: Site) -> None:
    paths = json.loads(site.client.get("/openapi.json").text)["paths"]
    assert not {"/", "/dataset", "/search", "/keywords", "/static/{version}/{name}"} & paths.keys()
