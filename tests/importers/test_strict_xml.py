"""XML is read strictly: what could define, fetch or multiply anything is refused."""

from time import process_time

import pytest

from provstore.errors import Severity
from provstore.importers.base import Findings
from provstore.importers.strict_xml import local_name, namespace, place_of, read_xml, sniffed_root

LAUGHS = b"""<?xml version="1.0"?>
<!-- a harmless line -->
<!DOCTYPE a [<!ENTITY a0 "ha"><!ENTITY a1 "&a0;&a0;"><!ENTITY a2 "&a1;&a1;">]>
<a>&a2;</a>"""
EXTERNAL = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
DEEP = b"<a>" * 10_000 + b"</a>" * 10_000


def refusal(data: bytes) -> tuple[str, str, str]:
    """Rule, place and message of the only finding."""
    findings = Findings()
    assert read_xml(data, findings) is None
    (finding,) = findings.items
    assert finding.severity is Severity.ERROR
    return finding.rule, finding.place, finding.message


def text_of(data: bytes) -> str | None:
    findings = Findings()
    root = read_xml(data, findings)
    assert root is not None
    assert not findings.items
    return root.text


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (LAUGHS, "line 3"),
        (EXTERNAL, "line 1"),
        (b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', "line 1"),
        (b"\xef\xbb\xbf\n\n<?xml version='1.0'?><!DOCTYPE a><a/>", "line 3"),
        (b'<?xml version="1.0" encoding="latin1"?>\n<?x > ?><!doctype a><a/>', "line 2"),
    ],
)
def test_a_document_type_is_refused_at_its_line(data: bytes, place: str) -> None:
    assert refusal(data)[:2] == ("xml/doctype", place)


@pytest.mark.parametrize(
    "data",
    [
        b"<!-- <!DOCTYPE a> --><a>ok</a>",
        b"<?p <!DOCTYPE a> ?><a>ok</a>",
        b"<a>ok<!-- <!DOCTYPE a> --></a>",
        b"<a>ok<b><![CDATA[<!DOCTYPE a [<!ENTITY x 'y'>]>]]></b></a>",
    ],
)
def test_what_only_looks_like_a_document_type_is_text(data: bytes) -> None:
    assert text_of(data) == "ok"


@pytest.mark.parametrize(
    "data",
    [
        b"<a><!DOCTYPE b></a>",
        b"<a/><!DOCTYPE b>",
        b"<!DOCTYP a><a/>",
        b"<!-- a -- b <!DOCTYPE a> --><a/>",
        b"<!-- <!DOCTYPE a>",
    ],
)
def test_a_document_type_that_stands_elsewhere_is_no_xml(data: bytes) -> None:
    assert refusal(data)[0] == "xml/syntax"


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        "<!DOCTYPE a><a/>".encode("utf-16-le"),
        "<!DOCTYPE a><a/>".encode("utf-32"),
        b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
        b"<?xml version='1.0'\n encoding = 'cp037'?><a/>",
        b"<?xml version='1.0' encoding='\xff'?><a/>",
        b"<a>\0</a>",
    ],
)
def test_encodings_in_which_markup_can_hide_are_refused(data: bytes) -> None:
    assert refusal(data)[:2] == ("text/encoding", "1:1")


@pytest.mark.parametrize(
    "data",
    [
        '<?xml version="1.0" encoding="cp037"?><!DOCTYPE a><a/>'.encode("cp037"),
        b"+ADw-a/+AD4-",
        b"",
        b" \n",
        b"\xef\xbb\xbf",
        b"PK\x03\x04",
    ],
)
def test_what_does_not_begin_with_markup_is_no_xml(data: bytes) -> None:
    assert refusal(data)[:2] == ("xml/syntax", "1:1")


def test_the_encoding_that_was_checked_is_the_one_that_is_read() -> None:
    hidden = b"""<?xml version="1.0" standalone='>' encoding="UTF-7"?><a>+ADw-</a>"""
    assert refusal(hidden)[0] == "text/encoding"
    assert text_of(b'<?xml version="1.0" encoding="ISO-8859-1"?><a>\xe9</a>') == "\xe9"
    assert text_of(b"<?xml version='1.0' encoding='ASCII'?><a>&#233;</a>") == "\xe9"
    assert text_of("<a>\u20ac</a>".encode()) == "\u20ac"
    assert refusal(b"<a>\xe9</a>")[0] == "xml/syntax"


def test_entities_of_a_document_type_that_is_not_there_are_none() -> None:
    assert refusal(b"<a>&x;</a>")[0] == "xml/syntax"
    assert refusal(b"<a>&#0;</a>")[0] == "xml/syntax"
    assert text_of(b"<a>&lt;&amp;&#x2603;</a>") == "<&\u2603"


@pytest.mark.parametrize(
    "data",
    [
        DEEP,
        b"<a>" * 10_000,
        b'<a b="' + b"x" * 11_000_000 + b'"/>',
        b"<a>" + b"x" * 11_000_000 + b"</a>",
        b"<" + b"a" * 11_000_000 + b"/>",
        b"<a " + b" ".join(b'b%d=""' % i for i in range(100_000)) + b' b0=""/>',
        b"<?a?>" * 200_000,
        b"<!---->" * 200_000 + b"<!--",
        b"<a><" + b"<" * 1_000_000,
    ],
    ids=["deep", "open", "value", "text", "name", "twice", "instructions", "comments", "marks"],
)
def test_what_is_too_much_is_refused_soon(data: bytes) -> None:
    started = process_time()
    rule, _, message = refusal(data)
    assert rule == "xml/syntax"
    assert "HUGE" not in message
    assert sniffed_root(data[:65_536].decode()) in {"a", None} or data.startswith(b"<aaa")
    assert process_time() - started < 5


def test_nothing_is_fetched_or_included() -> None:
    data = (
        b'<a xmlns:i="http://www.w3.org/2001/XInclude"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xsi:schemaLocation="urn:x http://127.0.0.1:9/x.xsd">'
        b'ok<i:include href="file:///etc/passwd" parse="text"/></a>'
    )
    findings = Findings()
    root = read_xml(data, findings)
    assert root is not None
    assert [(local_name(child), child.text) for child in root] == [("include", None)]
    assert namespace(root[0]) == "http://www.w3.org/2001/XInclude"
    assert namespace(root) == ""


def test_comments_and_instructions_are_passed_over() -> None:
    assert text_of(b"<?x?><!-- c --><a>o<!-- c -->k<?x y?></a>") == "ok"


LATE = b"""<a>%s<b>t</b>
<c/>
<d>
  <e
     f='1'>
    <g/></e>
</d><h><i/></h></a>"""


def test_lines_are_counted_past_what_fits_into_two_bytes() -> None:
    root = read_xml(LATE % (b"\n" * 70_000), Findings())
    assert root is not None
    places = {element.tag: place_of(element) for element in root.iter()}
    lines = {"a": 1, "b": 70_001, "c": 70_002, "d": 70_003, "e": 70_005, "g": 70_006}
    assert {tag: places[tag] for tag in lines} == {tag: f"line {n}" for tag, n in lines.items()}
    assert places["i"] == "line 65535 or later"
    assert refusal(b"<a>" + b"\n" * 70_000 + b"</b>")[1].startswith("70001:")


def test_blank_lines_before_the_declaration_are_counted() -> None:
    root = read_xml(b"\n\n <?xml version='1.0' encoding='UTF-8'?>\n<a>\n<b/></a>", Findings())
    assert root is not None
    assert (place_of(root), place_of(root[0])) == ("line 4", "line 5")


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("<a/>", "a"),
        ("\ufeff\n<?xml version='1.0'?>\n<!-- <b/> --><x:a y='1'>", "a"),
        ("<!DOCTYPE p:a [<!ENTITY x 'y'>]><p:a/>", "a"),
        ("<!-- no end", None),
        ("<?x <a>", None),
        ("</a>", None),
        ("<", None),
        ("a < b", None),
        ("", None),
    ],
)
def test_the_first_element_is_seen(text: str, root: str | None) -> None:
    assert sniffed_root(text) == root
