"""PROV-N that is refused: each error with its place and rule, all of them at once, and fast."""

import pytest
from support.reading import EX, refused, rules

HEAD = f"document\nprefix ex <{EX}>\n"


def errors(*statements: str) -> list[tuple[str, str]]:
    """Rule and place of each error in these statements; the first stands in line 3."""
    return rules(refused("\n".join([HEAD[:-1], *statements, "endDocument"]), "prov-n"))


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ("entity()", "3:8"),
        ("entity ex:e)", "3:8"),
        ("entity(ex:e", "4:1"),
        ("entity(ex:e,)", "3:13"),
        ("entity(ex:e; ex:b)", "3:12"),
        ("entity(ex:e, ex:b)", "3:14"),
        ("entity(ex:e, [ex:a])", "3:19"),
        ("entity(ex:e, [ex:a=])", "3:20"),
        ("entity(ex:e, [ex:a=ex:b])", "3:20"),
        ("entity(ex:e, [ex:a=1.5])", "3:20"),
        ("entity(ex:e, [ex:a=<http://e/>])", "3:20"),
        ("entity(ex:e, [ex:a='ex:b'", "4:1"),
        ("entity(ex:e, [ex:a='ex:b')", "3:26"),
        ("entity(ex:e, [ex:a='ex:b'] ex:c)", "3:28"),
        ("entity(ex:e, [ex:a=\"x\" %% 'ex:b'])", "3:27"),
        ('entity(ex:e, [ex:a="x"])x', "3:25"),
        ('entity(ex:e, [ex:a="x\ny"])', "3:20"),
        ('entity(ex:e, [ex:a="x])', "3:20"),
        ('entity(ex:e, ["ex:a"="x"])', "3:15"),
        ("activity(ex:a, ex:b, -)", "3:16"),
        ("activity(ex:a, 2011-11-16T16:00:00, -, -)", "3:40"),
        ("used(ex:a, ex:e, yesterday)", "3:18"),
        ("used(ex:a, ex:e, -, ex:b)", "3:21"),
        ("used(ex:a, 'ex:e', -)", "3:12"),
        ("used(ex:a, ex:e ex:b, -)", "3:17"),
        ("used(ex:a, 2011-11-16T16:00:00, -)", "3:12"),
        ("used(ex:a; ex:b; ex:e, -)", "3:16"),
        ("used([ex:a=1])", "3:6"),
        ("wasInformedBy(ex:a, ex:b, -)", "3:27"),
        ("thing(ex:a)", "3:1"),
        ("'ex:a'", "3:1"),
        ("ex:a", "4:1"),
        (")", "3:1"),
        ("entity(ex:e) }", "3:14"),
        ("prov:hadDictionaryMember(ex:d, ex:e, ex:k)", "3:38"),
        ('prov:derivedByInsertionFrom(ex:d, ex:e, {("k")})', "3:46"),
        ('prov:derivedByInsertionFrom(ex:d, ex:e, {("k", ex:e}, [])', "3:52"),
        ('prov:derivedByInsertionFrom(ex:d, ex:e, {"k"})', "3:42"),
        ('prov:derivedByRemovalFrom(ex:d, ex:e, "k")', "3:39"),
        ('prov:derivedByRemovalFrom(ex:d, ex:e, {"k", })', "3:45"),
        ('prov:derivedByRemovalFrom(ex:d, ex:e, {"k"', "4:1"),
        ("datasetDescription(ex:d, a, b, c)", "3:32"),
        ("ex:extension(ex:a, (", "4:12"),
        ("\u00a0", "3:1"),
    ],
)
def test_what_is_no_statement_is_refused_where_it_stops_to_be_one(
    statement: str, place: str
) -> None:
    found = errors(statement)
    assert found[0][0] == "prov-n/syntax"
    assert place in {place for _, place in found}


def test_all_errors_are_found_at_once() -> None:
    assert errors(
        "entity(ex:e, [ex:a=])",
        "entity(no:e)",
        "entity(ex:e)",
        "used(ex:a, -",
        "agent(no:e, [no:a='no:b'])",
        "bundle ex:b",
        "thing(ex:x) entity(also:e)",
        "endBundle",
    ) == [
        ("prov-n/syntax", "3:20"),
        ("prov-n/unknown-prefix", "4:8"),
        ("prov-n/syntax", "7:1"),
        ("prov-n/unknown-prefix", "7:14"),
        ("prov-n/unknown-prefix", "7:19"),
        ("prov-n/unknown-prefix", "7:7"),
        ("prov-n/syntax", "9:1"),
        ("prov-n/unknown-prefix", "9:20"),
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("prov-n/syntax", "1:1"), ("prov-n/syntax", "1:1")]),
        ("entity(ex:e)", [("prov-n/syntax", "1:1")]),
        ("document", [("prov-n/syntax", "1:9")]),
        ("document endDocument x", [("prov-n/syntax", "1:22")]),
        ("document prefix ex: <http://e/> endDocument", [("prov-n/syntax", "1:17")]),
        ("document prefix ex http://e/ endDocument", [("prov-n/syntax", "1:20")]),
        ("document default ex <http://e/> endDocument", [("prov-n/syntax", "1:18")]),
        (
            "document prefix a <http://a/> prefix a <http://b/> endDocument",
            [("prov-n/told-twice", "1:38")],
        ),
        ("document entity(a) prefix ex <http://e/> endDocument", [("prov-n/syntax", "1:20")]),
        ("document bundle endDocument", [("prov-n/syntax", "1:10")]),
        ("document bundle b entity(e) endDocument", [("prov-n/syntax", "1:10")]),
        ("document endBundle endDocument", [("prov-n/syntax", "1:10")]),
        (
            "document bundle a bundle b entity(e) endBundle endBundle endDocument",
            [("prov-n/nested-bundle", "1:19")],
        ),
        (r'document entity(e, [a="\u0000"]) endDocument', [("prov-n/text", "1:23")]),
        (r'document entity(e, [a="\ud800"]) endDocument', [("prov-n/text", "1:23")]),
        (r"document prefix e <http://\u0000> endDocument", [("prov-n/text", "1:19")]),
        ("document entity(e, [a='\0']) endDocument", [("prov-n/text", "line 1")]),
        ("document entity(e, [a='']) endDocument", [("prov-n/empty-name", "1:23")]),
        (b"document entity(\xff) endDocument", [("text/encoding", "1:17")]),
        ("document endDocument".encode("utf-16"), [("text/encoding", "1:1")]),
    ],
)
def test_a_frame_that_is_none_is_refused(text: str | bytes, found: list[tuple[str, str]]) -> None:
    errors = rules(refused(text, "prov-n"))
    assert set(found) <= set(errors)


MANY = 50_000


@pytest.mark.parametrize(
    "hostile",
    [
        "entity(" * MANY,
        "ex:f(" * MANY,
        "ex:f(entity(ex:a)" * MANY,
        "{" * MANY,
        "used(ex:a" + ", x y" * MANY,
        "[" * MANY,
        "prov:derivedByRemovalFrom(ex:a, ex:b, {" * MANY,
        "bundle ex:b\n" * MANY,
        "endBundle\n" * MANY,
        "prefix a\n" * MANY,
        "/* " * MANY,
        '"""' + '\\"""' * MANY,
        '"\\' * MANY,
        "'" * MANY,
        "<" * MANY,
        "%" * MANY,
        "a" + "." * MANY + "(",
        " " * MANY + "\u00a0" + " " * MANY,
        "2011-11-16T16:" * MANY,
        "used(" + "-," * MANY,
        "used(ex:a, " + "x " * MANY,
        "entity(ex:e, [" + 'ex:a="x", ' * MANY,
        "activityDescription(ex:e" + ", x" * MANY,
        "\\" * MANY,
        "-" * MANY,
    ],
    ids=lambda text: text[:12],
)
def test_repetition_costs_no_more_than_its_length(hostile: str) -> None:
    assert refused(HEAD + hostile, "prov-n")
