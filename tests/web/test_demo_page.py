"""The main question on the demo observatory: which runs are behind the Crab spectrum, and how."""

from collections.abc import Iterator

import pytest
from support.shown import Shown, Site, site_at

from provstore.cli.demo import DemoNight, write_demo


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> DemoNight:
    return write_demo(tmp_path_factory.mktemp("night"))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, night: DemoNight) -> Iterator[Site]:
    with site_at(tmp_path_factory.mktemp("demo")) as site:
        site.push(*(path.read_bytes() for path in night.documents))
        for table in night.obscore:
            site.put_obscore(table.read_bytes(), table.name)
        yield site


@pytest.fixture(scope="module")
def spectrum(archive: Site, night: DemoNight) -> Shown:
    return archive.dataset(night.spectrum_did)


def test_the_runs_behind_the_crab_spectrum(spectrum: Shown) -> None:
    rows = spectrum.rows("inputs")
    assert [row[:3] for row in rows] == [
        [str(run), "Crab Nebula", f"run{run}.standard.dl3.fits.gz"] for run in range(26004, 26009)
    ]
    assert {row[5] for row in rows} == {"complete"}


def test_the_run_with_the_older_version_stands_out(spectrum: Shown) -> None:
    made = {row[0]: row[3] for row in spectrum.rows("inputs")}
    assert [run for run, text in made.items() if "ctapipe-process 0.18.0 in 1 of 5" in text] == [
        "26006"
    ]
    assert "ctapipe-process 0.19.0 in 4 of 5" in made["26004"]


def test_versions_of_calibration_and_cuts_of_each_run(spectrum: Shown) -> None:
    for row in spectrum.rows("inputs"):
        version = "0.24.0" if row[0] == "26004" else "0.25.0"
        assert f"ctapipe-calculate-camcal-coefficients {version}" in row[3]
        assert "applied_cuts = standard" in row[4]
        assert " of 5" not in row[4]


def test_the_settings_of_the_spectrum_itself(spectrum: Shown) -> None:
    settings = spectrum.facts("//section[@id='programs']//tr[1]")
    assert settings["spectral_model"] == "log-parabola"


def test_the_product_whose_record_stops_short(archive: Site, night: DemoNight) -> None:
    page = archive.dataset(night.story.catalogue)
    notice = page.text("//*[contains(@class, 'notice')]")
    assert notice.startswith("Record incomplete: it stops at 1 input whose making is not recorded.")
    assert page.links("//*[contains(@class, 'notice')]") == {
        "run26012.standard.dl3.fits.gz": (
            "/dataset?ID=ivo%3A%2F%2Fobservatory.example%2Fdemo%23dl3-26012-standard"
        )
    }


def test_what_the_bad_calibration_reached(archive: Site, night: DemoNight) -> None:
    made = archive.dataset(night.story.bad_calibration).section("made")
    assert "15 datasets: 1 of level DL5, 4 of level DL4, 4 of level DL3" in made


def test_one_file_under_its_two_names_is_one_page(archive: Site, night: DemoNight) -> None:
    pages = [archive.dataset(n) for n in (night.story.seam_dataset, night.story.seam_product)]
    assert pages[0].text("//section[1]") == pages[1].text("//section[1]")
    assert "run26004.dl2.h5" in pages[0].text("//h1")


def test_every_link_of_the_page_leads_somewhere(archive: Site, spectrum: Shown) -> None:
    targets = {link for link in spectrum.values("//a/@href") if link.startswith("/")}
    assert len(targets) > 40
    for target in targets:
        assert archive.client.get(target).status_code == 200, target


def test_every_jump_within_the_page_has_its_end(spectrum: Shown) -> None:
    jumps = {link[1:] for link in spectrum.values("//a/@href") if link.startswith("#")}
    assert {"picture", "inputs", "programs", "made", "facts", "receipts"} <= jumps
    assert jumps <= set(spectrum.values("//@id"))


def test_ids_are_unique(spectrum: Shown) -> None:
    ids = spectrum.values("//@id")
    assert len(ids) == len(set(ids))
