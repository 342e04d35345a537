"""Job descriptions of OPUS: VOTable with utypes of voprov, and WADL.

What is known of a job before it runs becomes the descriptions of the IVOA model (Provenance DM 1.0,
sections 3.3 and 4.2), under the names that OPUS's provenance documents give them. A file that does
not tell the address of its server has names that are local to the source.
"""

import re
from collections.abc import Sequence
from typing import Final

from lxml import etree

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.job_description.model import JobDescription
from provstore.importers.job_description.statements import MEDIA_TYPES, state_description
from provstore.importers.job_description.votable import is_description, read_resource
from provstore.importers.job_description.wadl import WADL_NAMESPACE, read_wadl
from provstore.importers.strict_xml import (
    local_name,
    namespace,
    place_of,
    read_xml,
    sniffed_root,
)
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, Prefixes

_MARK: Final = re.compile(
    r"""<(?:[\w.-]+:)?RESOURCE\s[^<>]*utype\s*=\s*["'][^"'<>]*ActivityDescription["']"""
)
"""Tables of activity descriptions, which other formats have, are marked so below a RESOURCE."""


class JobDescriptions:
    """The importer of job descriptions."""

    name = "job-description"
    media_types: Sequence[str] = ("application/vnd.sun.wadl+xml",)

    def sniff(self, head: bytes) -> bool:
        """Whether this is a VOTable that describes an activity, or a WADL."""
        text = sniffed_text(head)
        root = sniffed_root(text)
        return (root == "VOTABLE" and _MARK.search(text) is not None) or (
            root == "application" and WADL_NAMESPACE in text
        )

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """The one part that a description is."""
        description = read_description(data, findings)
        if description is None:
            return []
        document = Document(Prefixes({**OWN_PREFIXES, "media-type": MEDIA_TYPES}))
        state_description(document, description, None)
        return [Part(document, 0, len(data))]


def read_description(data: bytes, findings: Findings) -> JobDescription | None:
    """The job description in these bytes; None, with a finding, where there is none."""
    root = read_xml(data, findings)
    if root is None:
        return None
    if local_name(root) == "application" and namespace(root).startswith(WADL_NAMESPACE):
        return read_wadl(root, findings)
    if local_name(root) == "VOTABLE":
        return _in_votable(root, findings)
    message = "a job description is a VOTable with utypes of voprov, or a WADL"
    findings.error("job-description/root", place_of(root), local_name(root), message)
    return None


def _in_votable(root: etree._Element, findings: Findings) -> JobDescription | None:
    found = [
        element
        for element in root.iter()
        if local_name(element) == "RESOURCE" and is_description(element)
    ]
    names = [element.get("name") or element.get("ID") or "" for element in found]
    if len(found) == 1 and names[0]:
        return read_resource(found[0], names[0], findings)
    message = (
        "one RESOURCE with a name and the utype voprov:ActivityDescription is expected, "
        f"found {len(found)}"
    )
    findings.error("job-description/no-job", place_of(root), "", message)
    return None
