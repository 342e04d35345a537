"""What is filled into a statement comes from closed sets; all else is a parameter."""

import re
from pathlib import Path

import pytest

import provstore.cypher
from provstore.cypher import loader

FOLDER = Path(provstore.cypher.__file__).parent
FOLDERS = ("read", "write", "people", "schema")
NAMES = [name for folder in FOLDERS for name in loader.names(folder)]


def test_every_file_is_found() -> None:
    files = {path.relative_to(FOLDER).with_suffix("").as_posix() for path in FOLDER.rglob("*.cyp*")}
    assert set(NAMES) == files
    assert len(NAMES) > 5


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_what_it_is_for(name: str) -> None:
    statement = loader.load(name)
    says = [line.partition(":")[0] for line in statement.header.splitlines()]
    assert statement.name == name
    assert statement.text
    assert "//" not in statement.text
    if name.startswith("schema/"):
        assert says[0] == "Makes"
        assert "IF NOT EXISTS" in statement.text
    else:
        asked = {"Asks", "Does"} & set(says)
        assert asked
        assert {"Parameters", "Returns", "Index", "Plan"} <= set(says)


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("schema/")])
def test_the_header_names_the_parameters(name: str) -> None:
    statement = loader.load(name)
    line = next(line for line in statement.header.splitlines() if line.startswith("Parameters:"))
    after = statement.header[statement.header.index(line) :].partition("\nReturns:")[0]
    told = set(re.findall(r"\$(\w+)", after))
    assert told == set(re.findall(r"\$(\w+)", statement.text))


def test_schema_is_one_statement_each() -> None:
    statements = list(loader.schema().values())
    assert len(statements) == 3 + 32 + 3 + 2
    assert statements[0] == (
        "CREATE CONSTRAINT element_iid IF NOT EXISTS\nFOR (n:Element) REQUIRE n.iid IS UNIQUE"
    )
    assert all(text.count("CREATE ") == 1 for text in statements)


def test_an_unknown_statement() -> None:
    with pytest.raises(FileNotFoundError):
        loader.load("read/nothing")


def test_walks_are_filled_in() -> None:
    text = loader.walk(back=True, types=["USED", "WAS_GENERATED_BY", "USED"])
    assert "-[:USED|WAS_GENERATED_BY*0..]->" in text
    assert "<-[:USED*0..5]-" in loader.walk(back=False, types=["USED"], most=5)
    stopping = loader.walk(back=True, types=["USED"], most=0, stopping=True)
    assert "-[:USED]->" in stopping
    assert "{0,0}" in stopping
    assert "{0,}" in loader.walk(back=False, types=["USED"], stopping=True)


@pytest.mark.parametrize(
    ("types", "most"),
    [
        ([], None),
        (["USED", "used"], None),
        (["USED]->() DETACH DELETE (n)//"], None),
        (["USED"], -1),
    ],
)
@pytest.mark.parametrize("stopping", [False, True])
def test_nothing_else_is_filled_in(types: list[str], most: int | None, *, stopping: bool) -> None:
    with pytest.raises(ValueError, match=r"of the graph|no bound"):
        loader.walk(back=True, types=types, most=most, stopping=stopping)


@pytest.mark.parametrize("most", ["3] DELETE (n)//", 2.5])
def test_a_bound_is_an_integer(most: object) -> None:
    with pytest.raises(TypeError):
        loader.walk(back=True, types=["USED"], most=most)  # type: ignore[arg-type]  # the point of it
