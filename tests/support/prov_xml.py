"""Short forms for tests of PROV-XML."""

from support.reading import read, refused, rules

from provstore.errors import Finding
from provstore.importers.registry import read_document
from provstore.model.document import Document

HEAD = (
    '<prov:document xmlns:prov="http://www.w3.org/ns/prov#"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:ex="http://example.org/">\n'
)


def xml(content: str) -> str:
    """A document of these records, which begin on line 2."""
    return f"{HEAD}{content}\n</prov:document>"


def used(activity: str = '<prov:activity prov:ref="ex:a"/>', rest: str = "") -> str:
    """A usage of ``ex:e``."""
    return f'<prov:used>{activity}<prov:entity prov:ref="ex:e"/>{rest}</prov:used>'


def entity(content: str) -> str:
    """The entity ``ex:e`` with this content."""
    return f'<prov:entity prov:id="ex:e">{content}</prov:entity>'


def document(content: str) -> Document:
    """What these records become."""
    return read(xml(content), "prov-xml")


def findings(content: str) -> list[Finding]:
    """What is noticed of them."""
    return read_document(xml(content).encode(), format="prov-xml").findings


def notes(content: str) -> list[tuple[str, str]]:
    """Rule and place of each finding."""
    return rules(findings(content))


def refusals(content: str) -> list[tuple[str, str]]:
    """Rule and place of each error for which they are refused."""
    return rules(refused(xml(content), "prov-xml"))
