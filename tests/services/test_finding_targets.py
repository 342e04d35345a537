"""Targets are found by the names of datasets, then by a resolver, then by what their names say."""

from collections.abc import Iterator

import pytest
from support import catalogue, sky
from support.sesame_server import CRAB, PKS_2155, SesameSite, sesame_server

from provstore.errors import BadParameterError
from provstore.factory import Services
from provstore.model.regions import Circle, Position
from provstore.model.search import NO_CONDITION, SearchQuestion
from provstore.model.targets import Origin, Target
from provstore.services.resolver import Resolver
from provstore.services.sesame import Sesame
from provstore.services.targets import Targets, narrowed


@pytest.fixture(scope="module")
def archive(engine: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    """Only read here; it asks no resolver."""
    services = catalogue.fresh(tmp_path_factory.mktemp("sky"))
    sky.fill(services)
    yield services
    services.close()


@pytest.fixture
def site() -> Iterator[SesameSite]:
    known = {"M 1": CRAB, "PKS 2155-304": PKS_2155, "HESS J1745-290": PKS_2155}
    with sesame_server(SesameSite(known)) as site:
        yield site


@pytest.fixture
def finder(archive: Services, site: SesameSite) -> Targets:
    return Targets(archive._database, Resolver(Sesame(site.url, 1)))


# -- names of datasets


@pytest.mark.parametrize("name", ["Crab Nebula", "crabnebula", " CRAB \n Nebula ", "CrabNebula"])
def test_case_and_blanks_of_a_name_do_not_count(
    finder: Targets, site: SesameSite, name: str
) -> None:
    found = finder.resolve(name)
    assert found.origin is Origin.CATALOGUE
    assert sorted(found.names) == ["CRAB  NEBULA", "Crab Nebula"]
    assert found.position == pytest.approx((83.63, 22.01))
    assert found.notes == ()
    assert site.asked == [], "a name that the catalogue knows is told to nobody"


def test_the_middle_of_pointings_on_both_sides_of_the_meridian(finder: Targets) -> None:
    position = finder.resolve("east").position
    assert position is not None
    assert (position.ra + 180) % 360 == pytest.approx(180)
    assert position.dec == pytest.approx(10, abs=0.001)


def test_a_target_without_a_position(finder: Targets) -> None:
    found = finder.resolve("nowhere")
    assert (found.names, found.position) == (("Nowhere",), None)


def test_names_with_marks_of_queries_and_pages(finder: Targets, site: SesameSite) -> None:
    name = 'O\'Neil "x" % _ <b>'
    assert finder.resolve(name).names == (name,)
    assert finder.resolve('O\'Neil "x" % % <b>').origin is None
    assert finder.resolve("%").origin is None


def test_that_other_names_have_this_one_in_them_is_said(finder: Targets) -> None:
    found = finder.resolve("east")
    assert found.names == ("East",)
    assert found.notes == ("other targets have this in their names: East Lobe",)


# -- a resolver


def test_what_a_resolver_knows_has_the_names_that_datasets_have_for_its_place(
    finder: Targets,
) -> None:
    """Two of three pointings are half a degree off; their middle is not."""
    found = finder.resolve("M 1")
    assert found.origin is Origin.RESOLVER
    assert found.names == ("CRAB  NEBULA", "Crab Nebula", "Crab Pulsar")
    assert found.position == (83.6287, 22.0147)
    [note] = found.notes
    told, _, called = note.partition("; ")
    assert told == "'M 1' is M 1 of Simbad, at 83.6287 +22.0147"
    assert called == "datasets call what is there CRAB  NEBULA, Crab Nebula, Crab Pulsar"


def test_where_no_dataset_lies_its_position_is_known(finder: Targets) -> None:
    found = finder.resolve("PKS 2155-304")
    assert (found.origin, found.names) == (Origin.RESOLVER, ())
    assert found.position == (329.71693792, -30.22558833)
    assert found.notes == ("'PKS 2155-304' is QSO B2155-304 of Simbad, at 329.7169 -30.2256",)


def test_names_of_a_place_on_the_meridian(finder: Targets, site: SesameSite) -> None:
    """``East`` was observed half a degree before and behind it, ``East Lobe`` lies as near."""
    site.objects["Ost"] = CRAB.replace("83.628700", "359.999").replace("22.014700", "10.0")
    assert finder.resolve("Ost").names == ("East",)


def test_a_resolver_knows_better_than_the_name_says(finder: Targets) -> None:
    found = finder.resolve("HESS J1745-290")
    assert (found.origin, found.radius) == (Origin.RESOLVER, None)
    assert found.position == (329.71693792, -30.22558833)


@pytest.mark.parametrize("fault", ["hang", "hang up"])
def test_without_the_resolver_known_names_and_coordinates_go_on(
    finder: Targets, site: SesameSite, fault: str
) -> None:
    site.fault = fault
    assert finder.resolve("Crab Nebula").origin is Origin.CATALOGUE
    assert finder.resolve("83.63 22.01").position == (83.63, 22.01)
    in_name = finder.resolve("HESS J1745-290")
    assert in_name.origin is Origin.COORDINATES
    assert in_name.position == pytest.approx((266.375, -29.05))
    assert len(in_name.notes) == 2
    unknown = finder.resolve("PKS 2155-304")
    assert (unknown.origin, unknown.names, unknown.position) == (None, (), None)
    away, missing = unknown.notes
    assert away.startswith("the name resolver ")
    assert away.endswith(": targets are found by the names of datasets alone")
    assert missing == "no target 'PKS 2155-304' is known"
    assert len(site.asked) == 1, "it is left alone for a while"


@pytest.mark.parametrize("whole", [b"", b"<html/>", b"<Sesame>"])
def test_a_resolver_that_talks_nonsense(finder: Targets, site: SesameSite, whole: bytes) -> None:
    site.whole = whole
    found = finder.resolve("M 1")
    assert found.origin is None
    assert found.notes[0].startswith("the answer of the name resolver cannot be read: ")


def test_an_archive_that_asks_nobody_says_so(archive: Services) -> None:
    found = archive.targets.resolve("M 1")
    assert found.notes == ("this archive asks no name resolver", "no target 'M 1' is known")


def test_a_name_that_is_nearly_one_of_ours_is_suggested(finder: Targets) -> None:
    [note] = finder.resolve("Crab Nebla").notes
    assert note.startswith("no target 'Crab Nebla' is known; did you mean ")
    assert "Crab Pulsar" in note


# -- coordinates


def test_a_position_is_one(finder: Targets, site: SesameSite) -> None:
    found = finder.resolve("05h34m31.9s +22d00m52s")
    assert found.origin is Origin.COORDINATES
    assert found.position == pytest.approx((83.632917, 22.014444), abs=1e-6)
    assert site.asked == []


def test_a_name_says_where_it_is(archive: Services) -> None:
    found = archive.targets.resolve("PSR J0534+2200")
    assert found.origin is Origin.COORDINATES
    assert found.position == pytest.approx((83.625, 22.008333), abs=1e-6)
    assert found.radius == pytest.approx(0.11619, abs=1e-5)
    assert "'PSR J0534+2200' is taken for the position that it says" in found.notes


@pytest.mark.parametrize("name", ["400 0", "10 -91", "25:00:00 +10:00:00"])
def test_a_position_off_the_sky_is_refused(finder: Targets, name: str) -> None:
    with pytest.raises(BadParameterError, match="a position on the sky") as caught:
        finder.resolve(name)
    assert (caught.value.name, caught.value.value) == ("target", name)


@pytest.mark.parametrize("name", ["", "  \n", "a\0b", "x" * 2001, "a\ud800"], ids=ascii)
def test_what_can_be_no_name_is_refused(finder: Targets, site: SesameSite, name: str) -> None:
    with pytest.raises(BadParameterError, match="1 to 2000 characters without NUL"):
        finder.resolve(name)
    assert site.asked == []


def test_a_name_that_cannot_be_printed_is_asked_of_nobody(
    finder: Targets, site: SesameSite
) -> None:
    assert finder.resolve("a\x1b[31m").notes == (r"no target 'a\x1b[31m' is known",)
    assert site.asked == []


def test_a_long_name_is_asked_of_nobody(finder: Targets, site: SesameSite) -> None:
    found = finder.resolve("Crab " * 400)
    assert found.origin is None
    assert all(len(note) < 200 for note in found.notes)
    assert site.asked == []


# -- the question


HERE = Position(1, 2)
PLACE = Circle(1, 2, 0.1)


@pytest.mark.parametrize(
    ("target", "radius", "expected"),
    [
        (Target("x", Origin.CATALOGUE, ("X", "x"), HERE), None, {"target_names": ("X", "x")}),
        (Target("x", Origin.CATALOGUE, ("X",), HERE), 3.0, {"region": Circle(1, 2, 3.0)}),
        (Target("x", Origin.CATALOGUE, ("X",), None), 3.0, {"target_names": ("X",)}),
        (Target("x", Origin.RESOLVER, (), HERE), None, {"region": PLACE}),
        (Target("x", Origin.RESOLVER, (), HERE), 0.0, {"region": Circle(1, 2, 0.0)}),
        (Target("x", Origin.COORDINATES, (), HERE, 0.2), None, {"region": Circle(1, 2, 0.2)}),
        (Target("x", Origin.COORDINATES, (), HERE, 0.01), None, {"region": PLACE}),
        (Target("x"), None, {"target_names": ("x",)}),
    ],
)
def test_what_is_asked(target: Target, radius: float | None, expected: dict[str, object]) -> None:
    assert narrowed(NO_CONDITION, [target], radius) == SearchQuestion(**expected)  # type: ignore[arg-type]  # any of its fields
