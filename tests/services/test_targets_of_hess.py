"""Targets of the public data of H.E.S.S. are found, whose pointings wobble around them.

Counts and distances are those that astropy tells of the table: none of the 4 pointings at the Crab
Nebula is nearer to it than 0.49 degrees, and none of the 21 at PKS 2155-304 nearer than 0.49.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import catalogue
from support.sesame_server import CRAB, PKS_2155, SesameSite, sesame_server

from provstore.factory import Services
from provstore.model.box import TakenFor

pytestmark = pytest.mark.samples


@pytest.fixture(scope="module")
def hess(
    engine: str, samples: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Services]:
    """Only read here."""
    table = samples / "gammapy/generated-2.1/hess_dl3_dr1_obscore.vot"
    with sesame_server(SesameSite({"M 1": CRAB, "QSO B2155-304": PKS_2155})) as site:
        services = catalogue.fresh(tmp_path_factory.mktemp("hess"), sesame_url=site.url)
        services.ingest.push_obscore(table.read_bytes(), name="hess.vot")
        yield services
        services.close()


@pytest.mark.parametrize(
    ("text", "spelt", "datasets"),
    [
        ("crabnebula", "Crab Nebula", 4),
        ("M 1", "Crab Nebula", 4),
        ("pks2155-304", "PKS 2155-304", 21),
        ("QSO B2155-304", "PKS 2155-304", 21),
        ("rx j1713.7-3946", "RXJ 1713.7-3946", 12),
        ("msh15-52", "MSH15-52", 2),
    ],
)
def test_a_target_by_any_of_its_names(hess: Services, text: str, spelt: str, datasets: int) -> None:
    meaning = hess.box.read(text)
    assert (meaning.taken_for, meaning.target and meaning.target.names) == (
        TakenFor.TARGET,
        (spelt,),
    )
    assert meaning.question is not None
    assert hess.search.search(meaning.question).total == datasets


def test_part_of_a_name(hess: Services) -> None:
    meaning = hess.box.read("crab")
    assert meaning.taken_for is TakenFor.TEXT
    assert meaning.question is not None
    assert hess.search.search(meaning.question).total == 4
