"""Identity: what a file, a run or an agent is called by different people."""

import json
from itertools import permutations

import pytest
from support.catalogue import EX, ask, edges, nodes, prov, push

from provstore.errors import AmbiguousIdentifierError, UnknownIdentifierError
from provstore.factory import Services
from provstore.model.ledger import Receipt
from provstore.model.lineage import LineageQuestion

PRODUCT = "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
UUID = f"urn:uuid:{PRODUCT}"
DID = "ivo://example.org/cta?dl3/7"
PATH = "/data/dl3/run7.fits"

PRODUCER = prov(
    f"activity(ex:dl3-maker) entity(ex:dl2) entity({PATH})"
    f"used(ex:dl3-maker, ex:dl2) wasGeneratedBy({PATH}, ex:dl3-maker)",
    {PATH: {"cta:CTA PRODUCT ID": PRODUCT}},
    prefix="",
).replace(b'"ex": "http', b'"cta": "urn:x-provstore:cta:", "ex": "http')
ARCHIVE = (
    "obs_publisher_did,obs_id,obs_collection,calib_level,dataproduct_type,dataproduct_subtype,"
    f"target_name,CTA PRODUCT ID\n{DID},7,DL3,2,event,DL3,Crab Nebula,{PRODUCT}\n"
).encode()
CONSUMER = prov(
    f"activity(ex:fit) entity({PRODUCT}) entity(ex:dl4)"
    f"used(ex:fit, {PRODUCT}) wasGeneratedBy(ex:dl4, ex:fit)",
    prefix="",
)
STORED_PATH = f"urn:provstore:pipeline:{PATH}"
TELLERS = {"producer": STORED_PATH, "archive": DID, "consumer": UUID}
ORDERS = list(permutations(TELLERS))


def tell(archive: Services, who: str) -> Receipt:
    if who == "producer":
        return archive.ingest.push(PRODUCER, source="pipeline").receipt
    if who == "archive":
        return archive.ingest.push_obscore(ARCHIVE, name="night.csv").receipt
    return archive.ingest.push(CONSUMER, source="analysis").receipt


@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
def test_one_file_under_three_names_is_one_node(
    archive: Services, order: tuple[str, str, str]
) -> None:
    for who in order:
        tell(archive, who)
    answer = ask(archive, "dl4")
    file = TELLERS[order[0]]
    others = {TELLERS[who] for who in order[1:]}
    assert nodes(answer) == {"dl4", "fit", file, "dl3-maker", "dl2"}
    assert edges(answer) == {
        "wasGeneratedBy(dl4, fit)",
        f"used(fit, {file})",
        f"wasGeneratedBy({file}, dl3-maker)",
        "used(dl3-maker, dl2)",
    }
    [node] = [node for node in answer.nodes if node.same]
    assert node.id == file
    assert set(node.same) == others
    assert (node.depth, node.steps) == (2, 1)
    assert (node.level, node.level_from) == ("DL3", "obscore")
    assert (node.obs_publisher_did, node.obs_id, node.target_name) == (DID, "7", "Crab Nebula")
    assert archive.maintenance.doctor() == []


@pytest.mark.parametrize("gone", TELLERS)
@pytest.mark.parametrize("order", ORDERS, ids=" then ".join)
def test_what_one_told_is_taken_back_from_the_node(
    archive: Services, order: tuple[str, str, str], gone: str
) -> None:
    receipts = {who: tell(archive, who) for who in order}
    archive.ingest.retract(receipts[gone].id)
    assert archive.maintenance.doctor() == []
    left = [TELLERS[who] for who in order if who != gone]
    if gone == "consumer":
        with pytest.raises(UnknownIdentifierError):
            ask(archive, "dl4")
        answer = ask(archive, DID)
        assert nodes(answer) == {left[0], "dl3-maker", "dl2"}
    else:
        answer = ask(archive, "dl4")
        upstream = {"dl3-maker", "dl2"} if gone != "producer" else set()
        assert nodes(answer) == {"dl4", "fit", left[0], *upstream}
    node = next(node for node in answer.nodes if node.id == left[0])
    assert node.same == (left[1],)
    assert node.obs_id == (None if gone == "archive" else "7")
    assert node.level == (None if gone == "archive" else "DL3")


@pytest.mark.parametrize("name", [STORED_PATH, DID, DID.replace("example", "EXAMPLE"), UUID])
def test_every_full_name_finds_the_whole_node(archive: Services, name: str) -> None:
    for who in TELLERS:
        tell(archive, who)
    answer = ask(archive, name)
    assert answer.roots == (STORED_PATH,)
    assert answer.notes == ()
    assert nodes(answer) == {STORED_PATH, "dl3-maker", "dl2"}


def test_one_local_id_of_two_sources_is_two_activities(archive: Services) -> None:
    document = prov("activity(run1) entity(raw) used(run1, raw)", prefix="")
    push(archive, document, source="lst1")
    push(archive, document, source="lst2")
    answer = ask(archive, "urn:provstore:lst1:run1")
    assert nodes(answer) == {"urn:provstore:lst1:run1", "urn:provstore:lst1:raw"}
    both = archive.lineage.ask(_question("run1"))
    assert set(both.roots) == {"urn:provstore:lst1:run1", "urn:provstore:lst2:run1"}
    assert both.notes == ("'run1' is a written id of 2 elements; all of them are roots",)


def test_without_a_source_local_ids_meet_those_of_no_other_document(archive: Services) -> None:
    first, second = push(
        archive, prov("activity(run1)", prefix=""), prov("activity(run1) entity(x)", prefix="")
    )
    assert [f.rule for f in first.findings] == ["identity/no-source"]
    answer = archive.lineage.ask(_question("run1"))
    assert set(answer.roots) == {
        f"urn:provstore:{first.sha256}:run1",
        f"urn:provstore:{second.sha256}:run1",
    }


def test_one_file_name_in_two_folders_is_two_files(archive: Services) -> None:
    push(
        archive,
        prov(
            "entity(/data/a/run.fits) entity(/data/b/run.fits)"
            "wasGeneratedBy(/data/a/run.fits, ex:a) wasGeneratedBy(/data/b/run.fits, ex:b)",
            prefix="",
        ),
        source="host",
    )
    one = archive.lineage.ask(_question("/data/a/run.fits"))
    assert nodes(one) == {"urn:provstore:host:/data/a/run.fits", "a"}
    both = archive.lineage.ask(_question("run.fits"))
    assert len(both.roots) == 2
    assert both.notes == ("'run.fits' is a file name of 2 elements; all of them are roots",)


# -- checksums

SHA = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def file(path: str, size: str = "100", checksum: str = SHA) -> dict[str, object]:
    return {"ex:checksum": f"sha256:{checksum}", "ex:size": size, "prov:location": path}


def copy_of(archive: Services, **copy: str) -> set[str]:
    """The lineage of what was made from a copy of a file that another pipeline made."""
    push(
        archive,
        prov("wasGeneratedBy(out, maker) entity(out)", {"out": file("/a/run.fits")}),
        prov("used(user, in) entity(in)", {"in": file(**{"path": "/b/run.fits", **copy})}),
    )
    assert archive.maintenance.doctor() == []
    return nodes(ask(archive, "user"))


def test_a_checksum_ties_a_copy_to_its_origin(archive: Services) -> None:
    assert copy_of(archive) == {"user", "out", "maker"}


@pytest.mark.parametrize(
    "copy",
    [{"path": "/b/other.fits"}, {"size": "101"}, {"checksum": SHA[::-1]}],
    ids=["name", "size", "checksum"],
)
def test_a_checksum_ties_only_with_size_and_name(archive: Services, copy: dict[str, str]) -> None:
    assert copy_of(archive, **copy) == {"user", "in"}


def test_empty_files_are_never_tied(archive: Services) -> None:
    push(
        archive,
        prov("wasGeneratedBy(out, maker) entity(out)", {"out": file("/a/log", "0")}),
        prov("used(user, in) entity(in)", {"in": file("/b/log", "0")}),
    )
    assert nodes(ask(archive, "user")) == {"user", "in"}


def test_a_checksum_ties_no_files_that_were_made(archive: Services) -> None:
    """Two runs that write the same bytes are two files."""
    first, second = push(
        archive,
        prov("wasGeneratedBy(out1, m1) entity(out1) activity(m1)", {"out1": file("/a/run.fits")}),
        prov("wasGeneratedBy(out2, m2) entity(out2) activity(m2)", {"out2": file("/c/run.fits")}),
    )
    assert first.findings == []
    [finding] = second.findings
    assert finding.rule == "identity/checksum-ambiguous"
    assert SHA in finding.value
    push(archive, prov("used(user, in) entity(in)", {"in": file("/b/run.fits")}))
    assert nodes(ask(archive, "user")) == {"user", "in"}
    archive.ingest.retract(second.id)
    assert nodes(ask(archive, "user")) == {"user", "out1", "m1"}
    assert archive.maintenance.doctor() == []


def test_a_late_generation_unties_and_its_retraction_ties_again(archive: Services) -> None:
    assert copy_of(archive) == {"user", "out", "maker"}
    [late] = push(archive, prov("wasGeneratedBy(in, copier)"))
    assert nodes(ask(archive, "user")) == {"user", "in", "copier"}
    assert archive.maintenance.doctor() == []
    archive.ingest.retract(late.id)
    assert nodes(ask(archive, "user")) == {"user", "out", "maker"}
    assert archive.maintenance.doctor() == []


# -- strong names


def test_a_doi_ties_in_all_its_spellings(archive: Services) -> None:
    push(
        archive,
        prov("wasGeneratedBy(https://doi.org/10.5281/Zenodo.14, pub)"),
        prov("used(user, copy) entity(copy)", {"copy": {"ex:doi": "10.5281/zenodo.14"}}),
    )
    answer = ask(archive, "user")
    assert nodes(answer) == {"user", "https://doi.org/10.5281/Zenodo.14", "pub"}
    assert set(ask(archive, "doi:10.5281/ZENODO.14").roots) == {"https://doi.org/10.5281/Zenodo.14"}


def test_activities_and_agents_are_not_tied_by_what_they_tell(archive: Services) -> None:
    """An activity that tells the product id of its output is not its output."""
    told = {"ex:product_id": PRODUCT}
    push(archive, prov("activity(run) agent(who) entity(out)", dict.fromkeys(["run", "who"], told)))
    push(archive, prov("entity(out)", {"out": told}))
    assert nodes(ask(archive, "run")) == {"run"}
    assert ask(archive, UUID).roots == (EX + "out",)


def test_a_chain_of_strong_names_is_one_node(archive: Services) -> None:
    """One element shares an IVOID with a second and a DOI with a third."""
    push(
        archive,
        prov("entity(a) used(act, a)", {"a": {"ex:obs_publisher_did": DID}}),
        prov("entity(b)", {"b": {"ex:obs_publisher_did": DID, "ex:doi": "10.1/x"}}),
        prov("entity(c) wasGeneratedBy(c, maker)", {"c": {"ex:doi": "10.1/x"}}),
    )
    assert nodes(ask(archive, "act")) == {"act", "a", "maker"}
    [node] = [node for node in ask(archive, "c").nodes if node.same]
    assert {node.id, *node.same} == {EX + "a", EX + "b", EX + "c"}


# -- weak names


def test_the_first_kind_of_weak_name_that_hits_wins(archive: Services) -> None:
    """`written` before `path`: the id of one element is the location of another."""
    push(archive, prov("entity(/data/x)", prefix=""), source="host")
    push(archive, prov("entity(other)", {"other": {"prov:location": "/data/x"}}))
    answer = archive.lineage.ask(_question("/data/x"))
    assert answer.roots == ("urn:provstore:host:/data/x",)
    assert answer.notes == ()


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("ex:e", "e"),
        ("https://Archive.example.org//files/e.fits/", "e"),
        ("e.fits", "e"),
        ("4711", "e"),
        ("/data/e.fit", "f"),
    ],
    ids=["qualified name", "access URL", "base name", "obs_id", "path"],
)
def test_weak_names(archive: Services, name: str, found: str) -> None:
    url = "https://archive.example.org/files/e.fits"
    told = {
        "e": {"prov:location": url, "ex:obs_id": "4711"},
        "f": {"prov:location": "/data/e.fit"},
    }
    push(archive, prov("entity(e) entity(f)", told))
    assert archive.lineage.ask(_question(name)).roots == (EX + found,)


def test_a_qualified_name_is_looked_up_under_every_declared_namespace(archive: Services) -> None:
    push(archive, prov("entity(e)"))
    push(archive, prov("entity(e)").replace(EX.encode(), b"http://example.net/"))
    answer = archive.lineage.ask(_question("ex:e"))
    assert set(answer.roots) == {"http://example.org/e", "http://example.net/e"}
    assert answer.notes == ("'ex:e' is a qualified name of 2 elements; all of them are roots",)


def test_over_a_hundred_elements_are_no_start(archive: Services) -> None:
    hundred = " ".join(f"entity(/d{n}/run.fits)" for n in range(100))
    push(archive, prov(hundred, prefix=""), source="host")
    assert len(archive.lineage.ask(_question("run.fits")).roots) == 100
    push(archive, prov("entity(/one/more/run.fits)", prefix=""), source="host")
    with pytest.raises(AmbiguousIdentifierError):
        archive.lineage.ask(_question("run.fits"))


def test_unknown_names_are_refused_only_if_none_is_known(archive: Services) -> None:
    push(archive, prov("entity(e)"))
    answer = ask(archive, "e", "nobody")
    assert nodes(answer) == {"e"}
    assert answer.notes == ("nothing is known under 'http://example.org/nobody'",)
    with pytest.raises(UnknownIdentifierError) as refusal:
        ask(archive, "nobody", "no one")
    assert refusal.value.names == (EX + "nobody", EX + "no one")


def test_a_name_that_was_only_mentioned_is_known(archive: Services) -> None:
    push(archive, prov("used(a, e)"))
    [node] = ask(archive, "e").nodes
    assert not node.declared
    assert node.kinds == ("entity",)


HOSTILE = ["a'; DROP TABLE element; --", 'b"<b>', "c\nd", "`} MATCH (n) DETACH DELETE n", "%_*?"]


@pytest.mark.parametrize("name", HOSTILE)
def test_ids_are_data(archive: Services, name: str) -> None:
    content = {"entity": {name: {}}, "used": {"_:1": {"prov:activity": "x", "prov:entity": name}}}
    push(archive, json.dumps(content).encode(), source="host")
    [root] = archive.lineage.ask(_question(name)).roots
    assert root == "urn:provstore:host:" + name
    assert nodes(ask(archive, "urn:provstore:host:x")) == {root, "urn:provstore:host:x"}


def _question(name: str) -> LineageQuestion:
    return LineageQuestion((name,))


def test_a_prefix_goes_with_the_document_that_declared_it(archive: Services) -> None:
    [first] = push(archive, prov("entity(e)"))
    push(archive, prov("entity(e)").replace(b'"ex"', b'"p"').replace(b"ex:", b"p:"))
    assert archive.lineage.ask(_question("ex:e")).roots == (EX + "e",)
    archive.ingest.retract(first.id)
    assert archive.lineage.ask(_question("p:e")).roots == (EX + "e",)
    with pytest.raises(UnknownIdentifierError):
        archive.lineage.ask(_question("ex:e"))
