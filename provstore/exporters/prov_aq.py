"""Where the provenance of something is, in the words of PROV-AQ (W3C Note, 30 April 2013).

Answers about a thing carry ``Link`` headers (its section 3.1) that lead to its provenance record
and to the description of the services that have more (section 4.1).
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import quote, urlencode

PATH: Final = "/prov-aq"
"""Of the description of the query services."""
MEDIA_TYPE: Final = "text/turtle; charset=utf-8"
MOST_BYTES: Final = 2000
"""Of a Link header: proxies turn down answers whose head is long."""

_PROV: Final = "http://www.w3.org/ns/prov#"
_IN_URI: Final = ":/?#[]@!$&'()*+,;=%~"
"""What a URI may hold besides letters, digits, ``-``, ``.`` and ``_`` (RFC 3986, section 2)."""
_SERVICES: Final = (
    ("provsap", "ProvSAP", "/provsap?ID={uri}&DEPTH=ALL&MODEL=W3C"),
    ("lineage", "Lineage", "/api/v1/lineage?ID={uri}&format=prov-json"),
)
"""Fragment, title and URI template (RFC 6570) of each."""


def link_headers(
    base_url: str, names: Iterable[str], about: str, media_type: str
) -> dict[str, str]:
    """The header that leads from an answer to the provenance of what it is about.

    Parameters
    ----------
    base_url
        Where users reach the server.
    names
        The identifiers of what the answer is about, IRIs. Those whose links do not fit into
        `MOST_BYTES` are passed over.
    about
        Path of another description of it, which takes ``ID``.
    media_type
        Of that one.

    Returns
    -------
    dict[str, str]
        Nothing where no name fits.
    """
    base, links, size = base_url.rstrip("/"), [], 0
    for name in names:
        told = ", ".join(_links(base, name, about, media_type))
        if size + len(told) <= MOST_BYTES:
            links.append(told)
            size += len(told) + 2
    return {"Link": ", ".join(links)} if links else {}


def _links(base: str, name: str, about: str, media_type: str) -> Iterator[str]:
    # the anchor says what a link is about, since that is not the answer (RFC 8288, section 3.2)
    anchor = f'anchor="{quote(name, safe=_IN_URI)}"'
    record = urlencode({"ID": name, "DEPTH": "ALL", "MODEL": "W3C"})
    described = urlencode({"ID": name})
    provenance = f'rel="{_PROV}has_provenance"; {anchor}; type="application/json"'
    yield f"<{base}/provsap?{record}>; {provenance}"
    yield f'<{base}{PATH}>; rel="{_PROV}has_query_service"; {anchor}; type="text/turtle"'
    yield f'<{base}{about}?{described}>; rel="describedby"; {anchor}; type="{media_type}"'


def service_description(base_url: str) -> bytes:
    """The query services of the server, as Turtle."""
    base = quote(base_url.rstrip("/"), safe=_IN_URI)
    services = [f"<{base}{PATH}#{name}>" for name, _, _ in _SERVICES]
    pieces = [
        f"@prefix prov: <{_PROV}> .",
        "@prefix dcterms: <http://purl.org/dc/terms/> .",
        "",
        f"<{base}{PATH}> a prov:ServiceDescription ;",
        f"    prov:describesService {', '.join(services)} .",
    ]
    for service, (_, title, template) in zip(services, _SERVICES, strict=True):
        pieces += [
            "",
            f"{service} a prov:DirectQueryService ;",
            f'    dcterms:title "{title}" ;',
            f'    prov:provenanceUriTemplate "{base}{template}" .',
        ]
    return ("\n".join(pieces) + "\n").encode()
