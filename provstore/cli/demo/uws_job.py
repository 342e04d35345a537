"""A job of a UWS server, as OPUS answers it: the one analysis that somebody ran on demand.

Deliberately with what is odd in OPUS's answers: elements in an order of its own, times without a
zone, values encoded as in a query string, doubled slashes.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import quoteattr

from provstore.cli.demo.archive import Dataset, analysed_at, analysis_product, event_list
from provstore.cli.demo.jobs import analysis_parameters
from provstore.cli.demo.night import CRAB, DATASETS, HOME, Analysis, Run, Target
from provstore.cli.demo.seeded import Seeded

_SERVER: Final = f"{HOME}opus"
_NAME: Final = "light-curve"
_OWNER: Final = "analysis"
_NAMESPACES: Final = (
    'xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
_OWN_RESULTS: Final = (
    ("provjson", "application/json"),
    ("provxml", "text/xml"),
    ("stderr", "text/plain"),
    ("stdout", "text/plain"),
)


def is_run_on_demand(target: Target, analysis: Analysis) -> bool:
    """Whether the UWS server made this product."""
    return target is CRAB and analysis.kind == _NAME


def job_document(target: Target, analysis: Analysis, runs: Sequence[Run], seeded: Seeded) -> str:
    """The answer of the server about the job that made a product."""
    product = analysis_product(target, analysis, runs, seeded)
    job_id = seeded.uuid(f"job {product.name}").replace("-", "")[-6:]
    start = analysed_at(runs)
    inputs = [DATASETS + event_list(run, analysis.cuts, seeded).name for run in runs]
    given = {"obs_publisher_did": ",".join(inputs), "runId": target.slug}
    given |= {name: str(value) for name, value in analysis_parameters(target, analysis).items()}
    texts = (
        f"<uws:job {_NAMESPACES}>",
        _element("jobId", job_id),
        _element("runId", target.slug),
        _element("ownerId", _OWNER),
        _element("phase", "COMPLETED"),
        _element("creationTime", _local(start)),
        _element("startTime", _local(start)),
        _element("endTime", _local(product.created)),
        _element("quote", "3600"),
        _element("executionDuration", "7200"),
        _element("parameters", "".join(_parameters(given))),
        _element("results", "".join(_results(product, job_id, seeded))),
        '<uws:errorSummary xsi:nil="true"/>',
        "</uws:job>\n",
    )
    return "".join(texts)


def _element(name: str, content: str) -> str:
    return f"<uws:{name}>{content}</uws:{name}>"


def _local(moment: datetime) -> str:
    """A time as a server writes it that does not say its zone; its clock is UTC."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds")


def _parameters(given: dict[str, str]) -> Iterator[str]:
    for name, value in sorted(given.items()):
        yield (f'<uws:parameter id="{name}" byReference="0">{quote_plus(value)}</uws:parameter>')


def _results(product: Dataset, job_id: str, seeded: Seeded) -> Iterator[str]:
    entity = DATASETS + product.name
    made_up = seeded.uuid(f"content {product.name}") + seeded.uuid(f"more {product.name}")
    yield _result(
        "light_curve",
        f"{_SERVER}/store?ID={quote(entity, safe='')}",
        "application/fits",
        name=f"{entity}_{product.file_name}",
        sha1=made_up.replace("-", "")[:40],
    )
    for own, mime_type in _OWN_RESULTS:
        yield _result(own, f"{_SERVER}//rest/{_NAME}/{job_id}/{own}", mime_type)


def _result(role: str, link: str, mime_type: str, *, name: str = "", sha1: str = "") -> str:
    return (
        f'<uws:result id="{role}" xlink:href={quoteattr(link)} mime-type="{mime_type}" '
        f"name={quoteattr(name)} hash={quoteattr(sha1)} />"
    )
