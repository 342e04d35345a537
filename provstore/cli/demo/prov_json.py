"""Documents in PROV-JSON, as a pipeline's own few lines of code would write them.

IVOA classes and relations are marked in ``prov:type``, as voprov 0.1 does, so that any reader of
W3C PROV takes them. Deliberately not the exporter of this package: demo data that our own writer
made would show only that we read ourselves.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from provstore.cli.demo.night import DATASETS, HOME

PREFIXES: Final[Mapping[str, str]] = {
    "prov": "http://www.w3.org/ns/prov#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "voprov": "http://www.ivoa.net/documents/ProvenanceDM/index.html#",
    "uuid": "urn:uuid:",
    "dataset": DATASETS,
    "job": f"{HOME}jobs/",
    "software": f"{HOME}software/",
    "config": f"{HOME}config/",
    "team": f"{HOME}teams/",
}
Attribute = str | dict[str, str]


class ProvJson:
    """A document under construction."""

    def __init__(self) -> None:
        self._sections: dict[str, dict[str, Any]] = {"prefix": dict(PREFIXES)}

    def element(self, kind: str, name: str, attributes: Mapping[str, Attribute]) -> None:
        """State an ``entity``, ``activity`` or ``agent``."""
        self._sections.setdefault(kind, {})[name] = dict(attributes)

    def relation(self, kind: str, attributes: Mapping[str, Attribute]) -> None:
        """State a relation, under a blank name."""
        section = self._sections.setdefault(kind, {})
        section[f"_:{kind}{len(section) + 1}"] = dict(attributes)

    def influence(self, marker: str, influencee: str, influencer: str, **more: Attribute) -> None:
        """State one of the relations that only the IVOA model has."""
        ends: dict[str, Attribute] = {
            "prov:influencee": influencee,
            "prov:influencer": influencer,
            "prov:type": qualified_name(f"voprov:{marker}"),
        }
        self.relation(
            "wasInfluencedBy", ends | {f"voprov:{name}": value for name, value in more.items()}
        )

    def text(self) -> str:
        """The document as JSON."""
        return json.dumps(self._sections, indent=2, ensure_ascii=False) + "\n"


def qualified_name(name: str) -> Attribute:
    """A value that is a qualified name."""
    return {"$": name, "type": "prov:QUALIFIED_NAME"}


def any_uri(uri: str) -> Attribute:
    """A value that is a URI."""
    return {"$": uri, "type": "xsd:anyURI"}


def date_time(moment: datetime) -> Attribute:
    """A value that is a time."""
    return {"$": utc_text(moment), "type": "xsd:dateTime"}


def constant(value: str | float) -> Attribute:
    """A value that is a text or a number."""
    if isinstance(value, str):
        return value
    datatype = "xsd:int" if isinstance(value, int) else "xsd:double"
    return {"$": repr(value), "type": datatype}


def utc_text(moment: datetime) -> str:
    """A time as PROV-JSON writes those of activities."""
    return moment.isoformat().replace("+00:00", "Z")
