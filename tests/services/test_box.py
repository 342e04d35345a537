"""One box takes a text for what it most specifically is, and says what else it may be."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from support import catalogue, sky
from support.catalogue import EX
from support.sesame_server import CRAB, PKS_2155, SesameSite, sesame_server
from support.sky import IVO

from provstore.errors import BadParameterError
from provstore.factory import Services
from provstore.model.box import Meaning, TakenFor
from provstore.model.conditions import parse_condition
from provstore.model.regions import Circle, Polygon, Position
from provstore.model.search import NO_CONDITION
from provstore.services.box import Box
from provstore.services.resolver import Resolver
from provstore.services.sesame import Sesame
from provstore.services.targets import Targets


@pytest.fixture(scope="module")
def archive(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Only read here; it asks no resolver."""
    services = catalogue.fresh(tmp_path_factory.mktemp("sky"))
    sky.fill(services)
    yield services
    services.close()


def _columns(meaning: Meaning) -> list[str]:
    assert meaning.question is not None
    assert meaning.question == replace(NO_CONDITION, columns=meaning.question.columns)
    return [
        f"{name}{operator.value}{value}" for name, operator, value, _ in meaning.question.columns
    ]


def _found(archive: Services, meaning: Meaning) -> list[str]:
    """The datasets, by the ends of their ids."""
    assert meaning.question is not None
    page = archive.search.search(meaning.question)
    return sorted(hit.record.obs_publisher_did.removeprefix(IVO) for hit in page.items)


# -- identifiers


@pytest.mark.parametrize(
    "text",
    [
        f"{IVO}crab1",
        f" {IVO}crab1\n",
        f"{IVO}crab1".replace("example.org", "EXAMPLE.ORG"),
        sky.DOI,
        f"https://doi.org/{sky.DOI}",
    ],
)
def test_a_dataset_by_its_identifiers(archive: Services, text: str) -> None:
    meaning = archive.box.read(text)
    assert (meaning.taken_for, meaning.ids) == (TakenFor.IDENTIFIER, (f"{IVO}crab1",))
    assert meaning.said == f"the dataset {IVO}crab1"
    assert _columns(meaning) == [f"obs_publisher_did={IVO}crab1"]
    assert _found(archive, meaning) == ["crab1"]


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (f"{EX}reconstruct", "reconstruct", "the activity reconstruct"),
        ("ex:reconstruct", "reconstruct", "the activity reconstruct"),
        ("/data/dl0/run23523.zfits", "raw", "the entity run23523.zfits"),
        ("run23523.zfits", "raw", "the entity run23523.zfits"),
    ],
)
def test_what_is_no_dataset_has_no_question(
    archive: Services, text: str, name: str, said: str
) -> None:
    meaning = archive.box.read(text)
    assert (meaning.taken_for, meaning.question) == (TakenFor.IDENTIFIER, None)
    assert (meaning.ids, meaning.said) == ((EX + name,), said)


def test_a_name_of_several_things_lists_them(archive: Services) -> None:
    meaning = archive.box.read("events.fits")
    assert (meaning.taken_for, meaning.question) == (TakenFor.IDENTIFIER, None)
    assert sorted(meaning.ids) == [f"{EX}one", f"{EX}two"]
    assert meaning.said.startswith("a name of 2 things: ")


# -- observations and other columns


def test_an_observation(archive: Services) -> None:
    meaning = archive.box.read("23523")
    assert (meaning.taken_for, meaning.said) == (TakenFor.OBS_ID, "an obs_id")
    assert meaning.notes == (), "its datasets are no other meaning"
    assert _columns(meaning) == ["obs_id=23523"]
    assert _found(archive, meaning) == ["crab1", "crab2"]


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("P-2025/17", "proposal_id", ["crab1", "crab2", "crab3", "pulsar"]),
        ("p-2025/17", "proposal_id", ["crab1", "crab2", "crab3", "pulsar"]),
        ("marie  curie", "obs_creator_name", ["sgr"]),
        ("snr", "target_class", ["crab1", "crab2", "crab3", "pulsar"]),
    ],
)
def test_what_people_know_by_heart(
    archive: Services, text: str, column: str, expected: list[str]
) -> None:
    meaning = archive.box.read(text)
    assert meaning.taken_for is TakenFor.COLUMN
    assert _columns(meaning)[0].partition("=")[0] == column
    assert _found(archive, meaning) == expected


# -- places


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("83.63 22.01", Circle(83.63, 22.01, 0.1)),
        ("83.63, +22.01", Circle(83.63, 22.01, 0.1)),
        ("05:34:30 +22:00:36", Circle(83.625, 22.01, 0.1)),
        ("83.63 22.01 2.5", Circle(83.63, 22.01, 2.5)),
        ("83.63,22.01,2.5", Circle(83.63, 22.01, 2.5)),
        ("circle 83.63 22.01 2.5", Circle(83.63, 22.01, 2.5)),
    ],
)
def test_places(archive: Services, text: str, region: Circle) -> None:
    meaning = archive.box.read(text)
    assert meaning.taken_for is TakenFor.REGION
    assert meaning.question is not None
    assert meaning.question.region == pytest.approx(region)
    assert meaning.question == replace(NO_CONDITION, region=meaning.question.region)


def test_a_polygon(archive: Services) -> None:
    meaning = archive.box.read("POLYGON ICRS 1 1 2 1 2 2")
    corners = (Position(1, 1), Position(2, 1), Position(2, 2))
    assert meaning.question == replace(NO_CONDITION, region=Polygon(corners))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("400 20", "the right ascension 400 is not within 0 to 360 degrees"),
        ("83 22 200", "the radius 200.0 is not within 0 to 180"),
        ("CIRCLE 83 22", "CIRCLE has 3 numbers, not 2"),
        ("polygon 1 1 2 2", "a polygon has at least 3 points of two numbers, not 4 numbers"),
        ("CIRCLE GALACTIC 1 2 3", "it is in GALACTIC: coordinates of ObsCore are ICRS"),
    ],
)
def test_places_that_are_none_say_why(archive: Services, text: str, why: str) -> None:
    with pytest.raises(BadParameterError, match="a region of the sky") as caught:
        archive.box.read(text)
    assert (caught.value.name, caught.value.value) == ("q", text)
    assert caught.value.allowed == f"a region of the sky: {why}"


# -- targets


@pytest.mark.parametrize("text", ["Crab Nebula", "crabnebula", "CRAB NEBULA"])
def test_a_target_of_the_catalogue(archive: Services, text: str) -> None:
    meaning = archive.box.read(text)
    assert meaning.taken_for is TakenFor.TARGET
    assert meaning.said.endswith(", at 83.6300 +22.0100")
    assert meaning.target is not None
    assert _found(archive, meaning) == ["crab1", "crab2", "crab3"]


def test_a_star_at_the_end_is_part_of_a_name_where_there_is_one(archive: Services) -> None:
    meaning = archive.box.read("sgr a*")
    assert meaning.taken_for is TakenFor.TARGET
    assert _found(archive, meaning) == ["sgr"]


def test_a_name_that_says_where(archive: Services) -> None:
    meaning = archive.box.read("PSR J0534+2200")
    assert meaning.taken_for is TakenFor.TARGET
    assert meaning.question is not None
    assert meaning.question.region == pytest.approx((83.625, 22.008333, 0.11619), abs=1e-5)


@pytest.fixture
def site() -> Iterator[SesameSite]:
    with sesame_server(SesameSite({"M 1": CRAB, "PKS 2155-304": PKS_2155})) as site:
        yield site


@pytest.fixture
def asking(archive: Services, site: SesameSite) -> Box:
    finder = Targets(archive._database, Resolver(Sesame(site.url, 1)))
    return Box(archive._database, archive.box._graph, finder, archive.box._rules)


def test_a_target_that_a_resolver_knows(archive: Services, asking: Box, site: SesameSite) -> None:
    meaning = asking.read("M  1")
    assert meaning.taken_for is TakenFor.TARGET
    assert _found(archive, meaning) == ["crab1", "crab2", "crab3", "pulsar"]
    assert meaning.notes[0].startswith("'M 1' is M 1 of Simbad, at 83.6287 +22.0147; ")
    assert site.names_asked() == ["M 1"]


def test_a_target_without_datasets_of_its_own_is_looked_for_by_position(asking: Box) -> None:
    meaning = asking.read("PKS 2155-304, calib_level>1")
    assert meaning.taken_for is TakenFor.TARGET
    assert meaning.question == replace(
        NO_CONDITION,
        region=Circle(329.71693792, -30.22558833, 0.1),
        columns=(parse_condition("calib_level>1"),),
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{IVO}crab1",
        "23523",
        "83.63 22.01",
        "Crab Nebula",
        "p-2025/17",
        "Marie Curie",
        "reco_version>=0.19",
        "sgr*",
        "events.fits",
    ],
)
def test_what_the_catalogue_knows_is_told_to_nobody(
    asking: Box, site: SesameSite, text: str
) -> None:
    asking.read(text)
    assert site.asked == []


def test_without_the_resolver_the_box_goes_on(
    archive: Services, asking: Box, site: SesameSite
) -> None:
    site.fault = "hang"
    meaning = asking.read("Nebula")
    assert meaning.taken_for is TakenFor.TEXT
    assert _found(archive, meaning) == ["crab1", "crab2", "crab3"]
    assert "does not answer within 1 s: targets are found by the names of" in meaning.notes[0]


# -- comparisons


@pytest.mark.parametrize(
    ("text", "keywords", "columns"),
    [
        ("reco_method=hillas", [], ["reco_method=hillas"]),
        ("irf_version>=0.19", ["irf_version>=0.19"], []),
        (" s_fov >= 5 ", [], ["s_fov>=5"]),
        ("target_name~crab*", [], ["target_name~crab*"]),
        (
            "irf_version>=0.19, s_fov>5 ; calib_level=3",
            ["irf_version>=0.19"],
            ["s_fov>5", "calib_level=3"],
        ),
        ("applied_cuts=mixed", [], ["applied_cuts=mixed"]),
        ("activity:version=2", ["activity:version=2"], []),
    ],
)
def test_comparisons(archive: Services, text: str, keywords: list[str], columns: list[str]) -> None:
    meaning = archive.box.read(text)
    assert meaning.taken_for is TakenFor.CONDITION
    assert meaning.question == replace(
        NO_CONDITION,
        keywords=tuple(map(parse_condition, keywords)),
        columns=tuple(map(parse_condition, columns)),
    )


def test_a_target_with_comparisons(archive: Services) -> None:
    meaning = archive.box.read("crab nebula, obs_id>=23524, calib_level=2")
    assert meaning.taken_for is TakenFor.TARGET
    assert _found(archive, meaning) == ["crab3"]
    assert meaning.text == "crab nebula, obs_id>=23524, calib_level=2"


def test_a_place_with_a_comma_and_a_comparison(archive: Services) -> None:
    meaning = archive.box.read("83.63, 22.01, calib_level=2")
    assert meaning.taken_for is TakenFor.REGION
    assert meaning.question == replace(
        NO_CONDITION,
        region=Circle(83.63, 22.01, 0.1),
        columns=(parse_condition("calib_level=2"),),
    )


def test_what_can_not_be_compared_suggests_the_nearest(archive: Services) -> None:
    with pytest.raises(BadParameterError, match="did you mean reco_version") as caught:
        archive.box.read("Crab Nebula, reco_versoin>=0.19")
    assert (caught.value.name, caught.value.value) == ("q", "reco_versoin>=0.19")


def test_an_address_with_a_query_is_no_comparison(archive: Services) -> None:
    meaning = archive.box.read("https://example.org/get?id=17")
    assert meaning.taken_for is TakenFor.TEXT


# -- words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nebula", ["crab1", "crab2", "crab3"]),
        ("crab*", ["crab1", "crab2", "crab3", "pulsar"]),
        ("*PULSAR", ["pulsar"]),
        ("c*b*a", ["crab1", "crab2", "crab3"]),
        ("<b>", ["quote"]),
        ("run 23526", ["crab3"]),
        ("Run 2352*", ["crab1", "crab2", "crab3", "pulsar"]),
        ("%", ["quote"]),
        ("no such thing", []),
        ("'; DROP TABLE obscore; --", []),
    ],
)
def test_words_in_names_of_targets_and_in_titles(
    archive: Services, text: str, expected: list[str]
) -> None:
    meaning = archive.box.read(text)
    assert meaning.taken_for is TakenFor.TEXT
    assert _found(archive, meaning) == expected


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_an_empty_box_means_everything(archive: Services, text: str) -> None:
    meaning = archive.box.read(text)
    assert (meaning.taken_for, meaning.question) == (TakenFor.EVERYTHING, NO_CONDITION)


@pytest.mark.parametrize("text", ["a\0b", "a\ud800", "x" * 2001], ids=ascii)
def test_what_is_no_text_is_refused(archive: Services, text: str) -> None:
    with pytest.raises(BadParameterError, match="1 to 2000 characters without NUL") as caught:
        archive.box.read(text)
    assert caught.value.name == "q"


# -- several meanings


def test_the_most_specific_comes_first_and_the_others_are_said(archive: Services) -> None:
    meaning = archive.box.read("23526")
    assert meaning.taken_for is TakenFor.OBS_ID
    assert _found(archive, meaning) == ["crab3"]
    assert meaning.notes == ("'23526' is also the activity 23526",)


def test_a_number_that_is_a_target(archive: Services) -> None:
    meaning = archive.box.read("4242")
    assert meaning.taken_for is TakenFor.TARGET
    assert _found(archive, meaning) == ["number"]
