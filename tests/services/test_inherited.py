"""What one thing inherits, whether it has a record or not."""

import pytest
from support import found
from support.catalogue import EX, prov
from support.found import IVO

from provstore.errors import UnknownIdentifierError
from provstore.factory import Services
from provstore.model.search import Inherited, State

LOOSE = Inherited(State.SINGLE, ("loose",))


def test_datasets_activities_and_inputs_have_theirs(archive: Services) -> None:
    found.fill(archive)
    mixed = {"applied_cuts": LOOSE, "reco_version": Inherited(State.MIXED, ("0.19", "0.9"))}
    old = {"applied_cuts": LOOSE, "reco_version": Inherited(State.SINGLE, ("0.9",))}
    assert archive.inherited.keywords(IVO + "crab4") == mixed
    assert archive.inherited.keywords(EX + "a4") == mixed
    assert archive.inherited.keywords(IVO + "crab1") == old
    assert archive.inherited.keywords(EX + "raw1") == old
    assert archive.inherited.keywords(IVO + "empty") == {}


def test_names_of_one_thing_inherit_the_same(archive: Services) -> None:
    archive.ingest.push(
        prov(
            "entity(raw) entity(made) entity(archived) activity(run)"
            "used(run, raw) wasGeneratedBy(made, run)",
            {
                "raw": {"ex:applied_cuts": "loose"},
                "made": {"ex:obs_publisher_did": "ivo://example.org/a#1"},
                "archived": {"ex:obs_publisher_did": "ivo://example.org/a#1"},
            },
        )
    )
    for name in (EX + "made", EX + "archived", "ivo://example.org/a#1"):
        assert archive.inherited.keywords(name) == {"applied_cuts": LOOSE}


@pytest.mark.parametrize("name", [EX + "nothing", "", "a\0b", "crab1"])
def test_a_name_that_is_not_known_or_is_weak(archive: Services, name: str) -> None:
    found.fill(archive)
    with pytest.raises(UnknownIdentifierError):
        archive.inherited.keywords(name)
