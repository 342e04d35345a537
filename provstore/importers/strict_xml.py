"""XML read strictly: no document type, no entities, no network, bounded depth and texts.

Every importer of an XML format reads through here. The parser's own limits hold: elements are
nested 255 deep at most, and a text, a name or the value of an attribute has 10 MB at most.
"""

import re
from codecs import BOM_UTF8
from typing import Any, Final

from lxml import etree

from provstore.importers.base import Findings

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_ENCODINGS: Final = {
    **dict.fromkeys(("utf-8", "utf8"), "UTF-8"),
    **dict.fromkeys(("us-ascii", "ascii"), "US-ASCII"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1"), "ISO-8859-1"),
}
"""In these every mark of XML is the byte that it is in ASCII, so that none can hide."""
_BLANKS: Final = re.compile(rb"[ \t\r\n]*")
_DECLARATION: Final = re.compile(rb"<\?xml(?=[ \t\r\n])[^?]*(?:\?(?!>)[^?]*)*\?>")
_ENCODING: Final = re.compile(rb"""[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([^"']*)["']""")
_MISC: Final = re.compile(r"\s*<(?:(\?)|(!--)|!DOCTYPE\s+([^\s\[>]+)|([^\s/>!?]+))")
_ENDS: Final = {"?": "?>", "!--": "-->"}
_LAST_LINE: Final = 65_535
"""Up to here the parser counts lines; later ones it knows of texts only, and where those end."""


def sniffed_root(text: str) -> str | None:
    """Local name of the first element of a text that looks like XML; None where none is seen.

    A document type tells it too: what is recognised so can be refused for what it is.
    """
    position = 1 if text.startswith("\ufeff") else 0
    while (match := _MISC.match(text, position)) is not None:
        mark = match.group(1) or match.group(2)
        if mark is None:
            return str(match.group(3) or match.group(4)).rpartition(":")[2]
        end = text.find(_ENDS[mark], match.end())
        if end < 0:
            return None
        position = end + len(_ENDS[mark])
    return None


def read_xml(data: bytes, findings: Findings) -> etree._Element | None:
    """The root element of a document; None, with a finding, where it cannot be read.

    Comments and processing instructions are passed over. Blank lines before the declaration, which
    XML forbids and pretty-printers write, are too.
    """
    text = _from_declaration(data.removeprefix(BOM_UTF8))
    encoding = _declared_encoding(text)
    if not _is_readable(data, text, encoding, findings):
        return None
    try:
        return etree.fromstring(text, _parser(encoding))
    except etree.XMLSyntaxError as error:
        line, column = error.position
        message = " ".join(str(error.msg).partition(" (")[0].partition(", line ")[0].split())
        message = re.sub(r",? (?:use|try) XML_PARSE_HUGE.*", "", message)
        message = f"not XML: {message or 'the document is empty'}"
        findings.error("xml/syntax", f"{line}:{column}", "", message[:500])
        return None


def place_of(element: etree._Element) -> str:
    """``line N``: where the start tag of an element ends."""
    line = _line(element)
    return f"line {line}" if line < _LAST_LINE else _late_place(element)


def _late_place(element: etree._Element) -> str:
    """From the line where the text behind the tag ends, and the line feeds in it.

    Comments in that text make it a later line; without any text near it, it is not known.
    """
    line, near = _line(element), element.text
    if not near and len(element):
        return _late_place(element[0])
    if not near:
        near = element.tail
    if line == _LAST_LINE:
        return f"line {line} or later"
    return f"line {line - (near or '').count(chr(10))}"


def xml_attributes(element: etree._Element) -> list[tuple[str, str]]:
    """The attributes of an element, names in Clark notation."""
    told: list[tuple[str, str]] = element.items()  # type: ignore[assignment]  # bytes: Python 2
    return told


def _line(element: etree._Element) -> int:
    told: Any = element.sourceline  # the stubs of lxml do not know its type
    return int(told or 0)


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The namespace of an element; empty where it has none."""
    head, mark, _ = str(element.tag).rpartition("}")
    return head[1:] if mark else ""


def _parser(encoding: str) -> etree.XMLParser:
    """A parser that reads in this encoding, whatever it believes to see."""
    return etree.XMLParser(
        encoding=_ENCODINGS[encoding],
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )


def _from_declaration(data: bytes) -> bytes:
    """The document from its declaration on, with as many line feeds before each element."""
    start = _after_blanks(data, 0)
    if not start or _DECLARATION.match(data, start) is None:
        return data
    lines = data.count(b"\n", 0, start)
    begin = start + len(b"<?xml")
    return data[start:begin] + b"\n" * lines + data[begin:]


def _declared_encoding(data: bytes) -> str:
    declaration = _DECLARATION.match(data)
    named = None if declaration is None else _ENCODING.search(declaration.group())
    return "utf-8" if named is None else named.group(1).decode("ascii", "replace").lower()


def _is_readable(data: bytes, text: bytes, encoding: str, findings: Findings) -> bool:
    hidden = data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data
    if encoding not in _ENCODINGS or hidden:
        message = "XML is read in UTF-8, US-ASCII or ISO-8859-1 only, and without NUL"
        findings.error("text/encoding", "1:1", encoding, message)
        return False
    if not text.startswith(
        b"<", _after_blanks(text, 0)
    ):  # other encodings are recognised by this byte
        shown = text[:40].decode("ascii", "replace")
        findings.error("xml/syntax", "1:1", shown, "not XML: the first character is no <")
        return False
    doctype = _doctype(text)
    if doctype is not None:
        line = text.count(b"\n", 0, doctype) + 1
        message = "a document type declaration is not read: it can define entities"
        findings.error("xml/doctype", f"line {line}", "<!DOCTYPE", message)
        return False
    return True


def _doctype(text: bytes) -> int | None:
    """Where the document type is declared; None where it is not.

    It can stand in the prolog only (XML 1.0, productions 1 and 22); the parser refuses one that
    stands elsewhere.
    """
    position = 0
    while True:
        position = _after_blanks(text, position)
        if text.startswith(b"<?", position):
            end, mark = text.find(b"?>", position), b"?>"
        elif text.startswith(b"<!--", position):
            end, mark = text.find(b"-->", position + len(b"<!--")), b"-->"
        else:
            return position if text[position : position + 9].upper() == b"<!DOCTYPE" else None
        if end < 0:
            return None
        position = end + len(mark)


def _after_blanks(text: bytes, position: int) -> int:
    match = _BLANKS.match(text, position)
    return position if match is None else match.end()
