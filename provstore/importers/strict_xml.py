"""XML read strictly: no document type, no entities, no network, bounded depth and texts.

Every importer of an XML format reads through here.
"""

import re
from typing import Final

from lxml import etree

from provstore.importers.base import Findings

XML_NAMESPACE: Final = "http://www.w3.org/XML/1998/namespace"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"

_ENCODINGS: Final = frozenset({"utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1"})
"""In these every mark of XML is the byte that it is in ASCII, so that none can hide."""
_DECLARED: Final = re.compile(
    rb"""\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']"""
)
_DOCTYPE: Final = re.compile(rb"<!DOCTYPE", re.IGNORECASE)
_ROOT: Final = re.compile(
    r"\A\ufeff?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*<(?:[\w.-]+:)?([\w.-]+)", re.DOTALL
)


def sniffed_root(text: str) -> str | None:
    """Local name of the first element of a text that looks like XML; None where none is seen."""
    match = _ROOT.match(text)
    return None if match is None else match.group(1)


def read_xml(data: bytes, findings: Findings) -> etree._Element | None:
    """The root element of a document; None, with a finding, where it cannot be read.

    Comments and processing instructions are passed over.
    """
    if not _is_readable(data, findings):
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,
    )
    try:
        return etree.fromstring(data.lstrip(b" \t\r\n"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        message = str(error.msg).partition(" (")[0] or "the document is empty"
        findings.error("xml/syntax", f"{line}:{column}", "", f"not XML: {message}"[:500])
        return None


def place_of(element: etree._Element) -> str:
    """``line N``: where an element begins."""
    return f"line {element.sourceline}"


def local_name(element: etree._Element) -> str:
    """The name of an element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace(element: etree._Element) -> str:
    """The namespace of an element; empty where it has none."""
    head, mark, _ = str(element.tag).rpartition("}")
    return head[1:] if mark else ""


def _is_readable(data: bytes, findings: Findings) -> bool:
    declared = _DECLARED.match(data)
    encoding = "utf-8" if declared is None else declared.group(1).decode().lower()
    if encoding not in _ENCODINGS or data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data:
        message = "XML is read in UTF-8, US-ASCII or ISO-8859-1 only, and without NUL"
        findings.error("text/encoding", "1:1", encoding, message)
        return False
    doctype = _DOCTYPE.search(data)
    if doctype is not None:
        line = data.count(b"\n", 0, doctype.start()) + 1
        message = "a document type declaration is not read: it can define entities"
        findings.error("xml/doctype", f"line {line}", "<!DOCTYPE", message)
        return False
    return True
