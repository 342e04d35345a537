"""What the page of a dataset says, on a history written by hand."""

from collections.abc import Iterator

import pytest
from support.catalogue import EX, prov
from support.shown import MISSING, Shown, Site, elements, site_at

LEVEL = "cta:CTA PRODUCT DATA LEVELS"
DID = "ivo://example.org/archive#spectrum"
DID_OF_RUN = "ivo://example.org/archive#run"


def run(number: str) -> str:
    """One run from raw data to an event list, as statements."""
    return (
        f"entity(raw{number}) entity(dl2-{number}) entity(dl3-{number})"
        f"activity(reco{number}) activity(select{number})"
        f"used(reco{number}, raw{number}) wasGeneratedBy(dl2-{number}, reco{number})"
        f"used(select{number}, dl2-{number}) wasGeneratedBy(dl3-{number}, select{number})"
        f"used(fit, dl3-{number})"
    )


def run_attributes(number: str, version: str, cuts: str) -> dict[str, dict[str, object]]:
    return {
        f"raw{number}": {LEVEL: "DL0"},
        f"dl2-{number}": {LEVEL: "DL2"},
        f"dl3-{number}": {LEVEL: "DL3", "ex:obs_publisher_did": DID_OF_RUN + number},
        f"reco{number}": {"prov:label": "reconstruct", "voprov:version": version},
        f"select{number}": {
            "prov:label": "select",
            "voprov:version": "2.0",
            "par:cuts": cuts,
            "par:gammaness": "0.7",
        },
    }


RUNS = (("1", "0.19", "loose"), ("2", "0.19", "loose"), ("3", "0.18", "tight"))
HISTORY = prov(
    "activity(fit) agent(team) entity(spectrum) entity(stray) entity(catalogue) activity(collect)"
    "wasGeneratedBy(spectrum, fit) used(fit, stray) wasAssociatedWith(fit, team)"
    "used(collect, spectrum) wasGeneratedBy(catalogue, collect)"
    + "".join(run(number) for number, _, _ in RUNS),
    {
        "spectrum": {
            LEVEL: "DL4",
            "ex:obs_publisher_did": DID,
            "ex:note": "first line\nsecond <line>",
        },
        "catalogue": {LEVEL: "DL5"},
        "fit": {
            "prov:label": "fit",
            "prov:startTime": "2026-01-02T03:04:05",
            "prov:endTime": "2026-01-02T04:00:00",
        },
        "team": {"prov:label": "Analysis team"},
        **{name: told for one in RUNS for name, told in run_attributes(*one).items()},
    },
).replace(
    b'"ex": "http',
    b'"cta": "urn:x-provstore:cta:", "par": "urn:x-provstore:parameter:", "ex": "http',
)
OBSCORE = (
    "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,dataproduct_subtype,"
    "target_name,access_url,s_ra,t_min,em_min\n"
    f"{DID},77,DL4,3,spectrum,DL4,Crab Nebula,https://example.org/spectrum.fits,83.6287,"
    "60676.5,1.24e-18\n"
    + "".join(f"{DID_OF_RUN}{n},100{n},DL3,2,event,DL3,Crab Nebula,,,,\n" for n in (1, 2, 3))
).encode()


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("pages")) as site:
        site.push(HISTORY)
        site.put_obscore(OBSCORE)
        yield site


@pytest.fixture(scope="module")
def spectrum(archive: Site) -> Shown:
    return archive.dataset(DID)


def test_name_level_and_where_it_is_told(spectrum: Shown) -> None:
    assert spectrum.text("//h1") == "spectrum"
    assert spectrum.text("//head/title") == "spectrum · provstore"
    assert spectrum.facts()["Data level"] == "DL4 told by its ObsCore record"


def test_every_identifier_is_there_to_be_copied(spectrum: Shown) -> None:
    codes = spectrum.texts("//dd/code")
    assert codes[0] == DID
    assert EX + "spectrum" in codes
    assert "77" in codes
    facts = spectrum.facts()
    assert facts["obs_publisher_did, IRI, IVOID"] == DID
    assert facts["IRI"] == EX + "spectrum"


def test_where_the_record_stops(spectrum: Shown) -> None:
    notice = spectrum.text("//*[contains(@class, 'notice')]")
    assert notice == ("Record incomplete: it stops at 1 input whose making is not recorded. stray")
    assert spectrum.links("//*[contains(@class, 'notice')]") == {
        "stray": "/dataset?ID=http%3A%2F%2Fexample.org%2Fstray"
    }


def test_a_record_that_stops_at_the_dataset_itself(archive: Site) -> None:
    notice = archive.dataset(EX + "stray").text("//*[contains(@class, 'notice')]")
    assert notice == "Record incomplete: it stops here. How this was made is not recorded."


def test_a_complete_record(archive: Site) -> None:
    notice = archive.dataset(EX + "dl3-1").text("//*[contains(@class, 'notice')]")
    assert notice == "Record complete. Every input is recorded back to its origin."


def test_dl3_inputs_with_programs_settings_and_what_they_do_not_share(spectrum: Shown) -> None:
    assert spectrum.section("inputs").startswith("DL3 inputs 3")
    made = "DL3 select 2.0DL2 reconstruct"
    loose = "cuts = loose in 2 of 3gammaness = 0.7"
    assert spectrum.rows("inputs") == [
        ["1001", "Crab Nebula", "dl3-1", f"{made} 0.19 in 2 of 3", loose, "complete"],
        ["1002", "Crab Nebula", "dl3-2", f"{made} 0.19 in 2 of 3", loose, "complete"],
        [
            "1003",
            "Crab Nebula",
            "dl3-3",
            f"{made} 0.18 in 1 of 3",
            "cuts = tight in 1 of 3gammaness = 0.7",
            "complete",
        ],
    ]
    assert spectrum.links("//section[@id='inputs']")["dl3-3"] == (
        "/dataset?ID=http%3A%2F%2Fexample.org%2Fdl3-3"
    )


def test_direct_inputs_where_nothing_is_above_dl3(archive: Site) -> None:
    page = archive.dataset(EX + "dl3-2")
    assert page.section("inputs").startswith("Direct inputs 1")
    assert [row[2] for row in page.rows("inputs")] == ["dl2-2"]


def test_programs_with_runs_and_differing_settings(spectrum: Shown) -> None:
    assert [row[:4] for row in spectrum.rows("programs")] == [
        ["fit", MISSING, "DL4", "1"],
        ["select", "2.0", "DL3", "3"],
        ["reconstruct", "0.19", "DL2", "2"],
        ["reconstruct", "0.18", "DL2", "1"],
    ]
    settings = spectrum.rows("programs")[1][4]
    assert "2 settings, 1 of them not the same in all runs" in settings
    assert "loose in 2 runs; tight in 1 run" in settings


def test_the_picture_stands_in_the_page_and_leads_to_pages(spectrum: Shown) -> None:
    [svg] = spectrum.find("//section[@id='picture']//svg")
    assert svg.get("aria-label") == "Lineage of spectrum"
    links = [link.get("href") for link in elements(svg, ".//a")]
    assert "/dataset?ID=http%3A%2F%2Fexample.org%2Fspectrum" in links
    boxes = [
        " ".join(str(text.text) for text in elements(box, ".//text"))
        for box in elements(svg, ".//a")
    ]
    assert "reconstruct 0.19 · x2" in boxes  # the runs that went the same way are one box
    assert "reconstruct 0.18" in boxes
    assert "dl3-… DL3 · x3" in boxes
    assert "Analysis team" not in boxes  # agents are named beside it


def test_who_is_responsible(spectrum: Shown) -> None:
    assert spectrum.facts()["Responsible"] == "Analysis team"


def test_what_was_made_from_it(spectrum: Shown) -> None:
    made = spectrum.section("made")
    assert "1 dataset: 1 of level DL5. The whole list (JSON)" in made
    assert [row[:2] for row in spectrum.rows("made")] == [["catalogue", "DL5"]]
    assert spectrum.links("//section[@id='made']")["The whole list (JSON)"] == (
        "/api/v1/impact?ID=http%3A%2F%2Fexample.org%2Fspectrum"
    )


def test_what_was_made_from_raw_data_by_level(archive: Site) -> None:
    made = archive.dataset(EX + "raw1").section("made")
    assert "4 datasets: 1 of level DL5, 1 of level DL4, 1 of level DL3, 1 of level DL2." in made


def test_nothing_was_made_from_it(archive: Site) -> None:
    assert "Nothing that is recorded." in archive.dataset(EX + "catalogue").section("made")


def test_obscore_facts_with_units_and_readings(spectrum: Shown) -> None:
    facts = spectrum.facts("//section[@id='facts']")
    assert facts["s_ra"] == "83.6287 deg"
    assert facts["t_min"] == "60676.5 d (2025-01-01 12:00:00)"
    assert facts["em_min"] == "1.24e-18 m (1 TeV)"
    assert "s_dec" not in facts
    assert spectrum.links("//section[@id='facts']") == {
        "https://example.org/spectrum.fits": "https://example.org/spectrum.fits"
    }


def test_attributes_as_told(spectrum: Shown) -> None:
    rows = spectrum.rows("attributes")
    assert ["ex:note", "first line second <line>", ""] in rows
    [note] = spectrum.find("//section[@id='attributes']//tr[contains(., 'ex:note')]/td[1]/bdi")
    assert note.text == "first line\nsecond <line>"


def test_the_documents_that_tell_of_it(spectrum: Shown) -> None:
    rows = spectrum.rows("receipts")
    assert [(row[0], row[3], row[5]) for row in rows] == [
        ("1", "prov-json", "accepted"),
        ("2", "obscore", "accepted"),
    ]
    assert spectrum.links("//section[@id='receipts']") == {
        "1": "/api/v1/documents/1",
        "2": "/api/v1/documents/2",
    }


@pytest.mark.parametrize(
    ("label", "starts"),
    [
        ("PROV-JSON", "{"),
        ("PROV-XML", "<?xml"),
        ("PROV-N", "document"),
        ("JSON", "{"),
        ("CSV", "step,depth"),
        ("SVG", "<svg"),
        ("DOT", "digraph"),
    ],
)
def test_each_download_is_what_it_is_called(
    archive: Site, spectrum: Shown, label: str, starts: str
) -> None:
    answer = archive.client.get(spectrum.links("//*[@class='columns']")[label])
    assert answer.status_code == 200
    assert answer.text.startswith(starts)
    assert "dl3-3" in answer.text


def test_how_to_ask_again_is_closed_until_wanted(archive: Site, spectrum: Shown) -> None:
    [details] = spectrum.find("//details[summary='Reproduce']")
    assert details.get("open") is None
    facts = spectrum.facts("//details[summary='Reproduce']")
    base = str(archive.client.base_url).rstrip("/")
    assert facts["This page"] == f"{base}/dataset?ID=http%3A%2F%2Fexample.org%2Fspectrum"
    assert facts["Lineage with curl"].startswith(f"curl '{base}/api/v1/lineage?ID=http%3A%2F%2F")
    assert facts["Lineage as a tree"] == (
        f"provstore lineage --url {base} -- http://example.org/spectrum"
    )
    assert archive.get(facts["This page"]).text("//h1") == "spectrum"


def test_an_activity_has_a_page(archive: Site) -> None:
    page = archive.dataset(EX + "fit")
    assert page.text("//h1") == "fit"
    facts = page.facts()
    assert list(facts)[1:3] == ["Started", "Ended"]
    assert facts["Started"] == "2026-01-02T03:04:05"
    assert facts["Ended"] == "2026-01-02T04:00:00"
    assert [row[2] for row in page.rows("inputs")] == ["dl3-1", "dl3-2", "dl3-3"]
    assert [row[0] for row in page.rows("made")] == ["spectrum"]


def test_an_agent_has_a_page(archive: Site) -> None:
    page = archive.dataset(EX + "team")
    assert page.text("//h1") == "Analysis team"
    assert page.section("picture").startswith("What it did or answers for")
    assert [row[0] for row in page.rows("picture")] == [f"fit{EX}fit"]
    assert "Record" not in page.text("//*[contains(@class, 'notice')]")
    assert not page.find("//section[@id='inputs' or @id='programs' or @id='made']")


def test_what_was_only_mentioned_says_so(site: Site) -> None:
    site.push(prov("entity(result) activity(run) wasGeneratedBy(result, run) used(run, unseen)"))
    page = site.dataset(EX + "unseen")
    assert page.facts()["Record"] == "only mentioned: no document describes it"
    assert page.section("receipts").startswith("Recorded by")


def test_the_name_of_the_parameter_is_free_in_its_case(archive: Site) -> None:
    assert archive.get("/dataset", id=DID).text("//h1") == "spectrum"


def test_files_made_with_very_many_settings_lead_to_the_table_of_them(site: Site) -> None:
    many = {f"par:setting{number}": str(number) for number in range(9)}
    document = prov(
        "entity(end) entity(events) activity(fit) activity(tool)"
        "wasGeneratedBy(end, fit) used(fit, events) wasGeneratedBy(events, tool)",
        {"tool": many},
    ).replace(b'"ex": "http', b'"par": "urn:x-provstore:parameter:", "ex": "http')
    site.push(document)
    page = site.dataset(EX + "end")
    assert page.rows("inputs")[0][4] == "9 settings"
    assert page.links("//section[@id='inputs']")["9 settings"] == "#programs"


def test_a_parameter_entity_is_a_setting(site: Site) -> None:
    document = prov(
        "entity(end) entity(p) activity(fit) wasGeneratedBy(end, fit) wasConfiguredBy(fit, p)",
        {
            "p": {
                "prov:type": {"$": "voprov:Parameter", "type": "prov:QUALIFIED_NAME"},
                "voprov:name": "model",
                "voprov:value": "power-law",
            }
        },
    )
    site.push(document)
    page = site.dataset(EX + "end")
    assert page.facts("//section[@id='programs']") == {"model": "power-law"}
    assert "Parameter" not in page.section("picture")
