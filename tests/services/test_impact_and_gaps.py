"""Impact and gaps on a night made by hand: two runs, one bad calibration, one lost file."""

import pytest
from support.catalogue import EX, prov, push, short

from provstore.errors import BadParameterError, UnknownIdentifierError
from provstore.factory import Services
from provstore.model.answers import Gap

NIGHT = """
    entity(raw1) entity(raw2) entity(flat) entity(pedestal) entity(lost) entity(cfg)
    entity(dl1a) entity(dl1b) entity(dl2) entity(dl3a) entity(dl3b) entity(all) entity(spectrum)
    activity(calibrate) activity(process1) activity(process2) activity(merge) activity(fit)
    agent(observer)
    wasGeneratedBy(flat, calibrate) used(calibrate, pedestal) wasGeneratedBy(pedestal, take)
    used(process1, raw1) used(process1, flat) wasGeneratedBy(dl1a, process1)
    used(process2, raw2) used(process2, flat) wasGeneratedBy(dl1b, process2)
    wasConfiguredBy(process1, cfg) wasConfiguredBy(process2, cfg)
    used(merge, dl1a) wasGeneratedBy(dl2, merge)
    wasDerivedFrom(dl3a, dl2) wasGeneratedBy(dl3a, reco1) used(reco1, dl2)
    wasGeneratedBy(dl3b, reco2) used(reco2, lost)
    hadMember(all, dl3a) hadMember(all, dl3b) used(fit, all) used(fit, mentioned)
    wasGeneratedBy(spectrum, fit) wasAttributedTo(spectrum, observer)
"""


def level(name: str) -> dict[str, object]:
    return {"cta:CTA PRODUCT DATA LEVELS": name}


LEVELS = {
    **dict.fromkeys(["raw1", "raw2"], level("DL0")),
    **dict.fromkeys(["dl1a", "dl1b"], level("DL1_IMAGES,DL1_PARAMETERS")),
    **dict.fromkeys(["dl3a", "dl3b"], level("DL3")),
    "dl2": level("DL1_PARAMETERS,DL2"),
    "spectrum": level("DL4"),
}


@pytest.fixture
def night(archive: Services) -> Services:
    cta = b'"prefix": {"cta": "urn:x-provstore:cta:", '
    push(archive, prov(NIGHT, LEVELS).replace(b'"prefix": {', cta))
    return archive


def test_impact_of_the_calibration(night: Services) -> None:
    impact = night.lineage.impact([EX + "flat"])
    assert [short(node.id) for node in impact.items] == [
        "spectrum",
        "dl3a",
        "dl2",
        "dl1a",
        "dl1b",
        "all",
    ]
    assert impact.counts == {"DL4": 1, "DL3": 1, "DL2": 1, "DL1": 2, "unknown": 1}
    assert impact.activities == 5  # process1, process2, merge, reco1, fit
    assert impact.roots == (EX + "flat",)
    assert impact.cut is None


def test_impact_of_one_run(night: Services) -> None:
    impact = night.lineage.impact([EX + "raw2"])
    assert [short(node.id) for node in impact.items] == ["dl1b"]
    assert impact.activities == 1


def test_impact_of_a_configuration_and_of_a_program(night: Services) -> None:
    configured = night.lineage.impact([EX + "cfg"])
    assert {short(node.id) for node in configured.items} == {
        "dl1a",
        "dl1b",
        "dl2",
        "dl3a",
        "all",
        "spectrum",
    }
    of_run = night.lineage.impact([EX + "reco2"])
    assert [short(node.id) for node in of_run.items] == ["spectrum", "dl3b", "all"]


def test_a_cut_list_keeps_its_counts(night: Services) -> None:
    impact = night.lineage.impact([EX + "flat"], limit=2)
    assert [short(node.id) for node in impact.items] == ["spectrum", "dl3a"]
    assert sum(impact.counts.values()) == 6
    assert impact.cut == "limit=2"


def test_impact_of_nothing_known(night: Services) -> None:
    with pytest.raises(UnknownIdentifierError):
        night.lineage.impact(["nobody"])


def test_gaps(night: Services) -> None:
    """What only mentions have named, in the order of arrival, the lost file among them."""
    page = night.lineage.gaps()
    assert {(short(gap.id), gap.reason) for gap in page.items} == {
        ("lost", "no-generation"),
        ("take", "undeclared"),
        ("reco1", "undeclared"),
        ("reco2", "undeclared"),
        ("mentioned", "undeclared"),
    }
    assert page.total == 5
    assert page.next is None
    [lost] = [gap for gap in page.items if gap.id == EX + "lost"]
    assert lost == Gap(EX + "lost", EX + "lost", None, "no-generation", 1)


def test_gaps_come_in_pages(night: Services) -> None:
    whole = night.lineage.gaps().items
    found: list[Gap] = []
    cursor = None
    while True:
        page = night.lineage.gaps(limit=2, cursor=cursor)
        assert page.total == 5
        found.extend(page.items)
        cursor = page.next
        if cursor is None:
            break
    assert found == list(whole)


@pytest.mark.parametrize("cursor", ["'; DROP", "-1", "\u0664", "9" * 19, "9" * 5000])
def test_a_cursor_that_no_page_gave_is_refused(night: Services, cursor: str) -> None:
    with pytest.raises(BadParameterError, match=r"cursor=.* is not allowed"):
        night.lineage.gaps(cursor=cursor)


def test_a_gap_is_closed_by_who_tells_the_making_and_opens_again(night: Services) -> None:
    [told] = push(night, prov("wasGeneratedBy(lost, found) activity(found)"))
    assert EX + "lost" not in {gap.id for gap in night.lineage.gaps().items}
    night.ingest.retract(told.id)
    assert EX + "lost" in {gap.id for gap in night.lineage.gaps().items}


def test_a_file_that_another_name_explains_is_no_gap(night: Services) -> None:
    doi = {"ex:doi": "10.1/lost"}
    push(night, prov("entity(lost)", {"lost": doi}))
    push(night, prov("entity(copy) wasGeneratedBy(copy, found) activity(found)", {"copy": doi}))
    assert {"lost", "copy"} & {short(gap.id) for gap in night.lineage.gaps().items} == set()


def test_no_gaps_are_members_cases_and_collections(archive: Services) -> None:
    """A member of a made collection, a case of something general, a collection of members."""
    push(
        archive,
        prov(
            "entity(member) entity(night) entity(copy) entity(made) entity(raw) activity(a)"
            "entity(entry) hadDictionaryMember(night, entry)"
            "hadMember(night, member) wasGeneratedBy(night, a) specializationOf(copy, made)"
            "wasGeneratedBy(made, a)",
            {"raw": {"prov:type": "DL0"}},
        ),
    )
    assert archive.lineage.gaps().items == []
