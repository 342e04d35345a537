"""Compacting: the longest namespace wins, and what is made up is new and comes back as it was."""

from hypothesis import given
from hypothesis import strategies as st

from provstore.model.identifiers import Compactor, Prefixes

HOST = "https://observatory.example/"


def test_the_longest_namespace_wins() -> None:
    names = Compactor({"o": HOST, "r": HOST + "runs/"})
    assert names.compact(HOST + "runs/1") == "r:1"
    assert names.compact(HOST + "runs") == "o:runs"
    assert names.compact(HOST) == "o:"


def test_of_two_prefixes_of_a_namespace_the_first_of_the_alphabet_is_written() -> None:
    assert Compactor({"z": HOST, "a": HOST}).compact(HOST + "x") == "a:x"


def test_a_prefix_is_made_up_that_nobody_has() -> None:
    names = Compactor({"ns1": "urn:one:", "ns3": "urn:three:"})
    made = [names.compact(f"urn:{word}:x") for word in ("a", "b", "a", "c")]
    assert made == ["ns2:x", "ns4:x", "ns2:x", "ns5:x"]
    assert names.minted == {"ns2": "urn:a:", "ns4": "urn:b:", "ns5": "urn:c:"}


def test_blank_and_bare_names_stay() -> None:
    names = Compactor({"o": HOST})
    assert [names.compact(name) for name in ("_:b1", "run1", "a b: c")] == [
        "_:b1",
        "run1",
        "a b: c",
    ]
    assert names.minted == {}


def test_as_many_namespaces_as_names() -> None:
    # Compared with every namespace in turn, a hundred thousand would take an hour.
    names = Compactor({})
    made = [names.compact(f"http://host{number}.example/x") for number in range(100_000)]
    assert made[-1] == "ns100000:x"


_WORDS = st.text("ab/#:", min_size=1, max_size=6)


@given(st.dictionaries(st.sampled_from(["a", "b", "ns1", "x"]), _WORDS), st.lists(_WORDS))
def test_an_iri_comes_back(declared: dict[str, str], words: list[str]) -> None:
    iris = [f"urn:{word}" for word in words]
    names = Compactor({prefix: f"urn:{word}" for prefix, word in declared.items()})
    made = [names.compact(iri) for iri in iris]
    assert [Prefixes(names.prefixes).expand(name) for name in made] == iris
