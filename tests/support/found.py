"""A few datasets with what they were made from, to be found again.

========= ====== ===== ============== ======== =========== ==========================
dataset   target level pointing_mode  rights   t_min       made from
========= ====== ===== ============== ======== =========== ==========================
crab1     Crab   DL3   parallel       public   60000.0     raw1: 0.9, loose
crab2     Crab   DL3   divergent      public   60001.0     raw2: 0.19, loose
crab4     Crab   DL4                  secure   60000.0     crab1 and crab2
pks3      PKS    DL3   parallel       public   60002.5     raw3: 0.19, standard
empty     -      DL3   -              public   -           what nobody tells
========= ====== ===== ============== ======== =========== ==========================

The version is the keyword ``reco_version``, the cuts are ``applied_cuts``. Only the record of
``empty`` stops short.
"""

import csv
import io
from collections.abc import Mapping
from typing import Any, Final

from support.catalogue import prov

from provstore.factory import Services
from provstore.model.conditions import parse_condition
from provstore.model.search import Condition, SearchPage, SearchQuestion

IVO: Final = "ivo://example.org/dco?"

DOCUMENT: Final = prov(
    "entity(raw1) entity(raw2) entity(raw3)"
    f" entity({IVO}crab1) entity({IVO}crab2) entity({IVO}crab4) entity({IVO}pks3)"
    f" entity({IVO}empty)"
    " activity(a1) activity(a2) activity(a3) activity(a4)"
    f" used(a1, raw1) wasGeneratedBy({IVO}crab1, a1)"
    f" used(a2, raw2) wasGeneratedBy({IVO}crab2, a2)"
    f" used(a4, {IVO}crab1) used(a4, {IVO}crab2) wasGeneratedBy({IVO}crab4, a4)"
    f" used(a3, raw3) wasGeneratedBy({IVO}pks3, a3)",
    {
        name: {
            "prov:type": "DL0",
            "ex:reco_version": version,
            "ex:applied_cuts": cuts,
        }
        for name, version, cuts in (
            ("raw1", "0.9", "loose"),
            ("raw2", "0.19", "loose"),
            ("raw3", "0.19", "standard"),
        )
    },
)
"""What the datasets were made from."""


def _row(name: str, **more: object) -> dict[str, object]:
    return {
        "obs_publisher_did": IVO + name,
        "obs_id": name,
        "obs_collection": "DCO",
        "calib_level": 2,
        "dataproduct_type": "event",
        "dataproduct_subtype": "DL3",
        "data_rights": "public",
        **more,
    }


_CRAB: Final = {
    "target_name": "Crab Nebula",
    "target_class": "PWN",
    "s_ra": 83.63,
    "s_dec": 22.01,
    "s_fov": 5.0,
    "s_region": "CIRCLE ICRS 83.63 22.01 2.5",
}
_PKS: Final = {
    "target_name": "PKS 2155-304",
    "target_class": "blazar",
    "s_ra": 329.72,
    "s_dec": -30.23,
    "s_fov": 5.0,
    "s_region": "CIRCLE ICRS 329.72 -30.23 2.5",
}
# 0.1 to 100 TeV: hc / E with hc = 1.239841984e-18 TeV m
_TEV: Final = {"em_min": 1.24e-20, "em_max": 1.24e-17}
ROWS: Final = (
    _row(
        "crab1", **_CRAB, **_TEV, t_min=60000.0, t_max=60000.02, pointing_mode="parallel",
        sub_array_name="LST+MST", proposal_id="P1",
        obs_release_date="2026-01-31T12:00:00",
    ),
    _row(
        "crab2", **_CRAB, **_TEV, t_min=60001.0, t_max=60001.02, pointing_mode="divergent",
        sub_array_name="MST", proposal_id="P2", obs_release_date="2026-02-01 00:30:00+01:00",
    ),
    _row(
        "crab4", **_CRAB, em_min=1.24e-20, em_max=1.24e-19, t_min=60000.0, t_max=60001.02,
        dataproduct_type="spectrum", dataproduct_subtype="DL4", calib_level=4,
        data_rights="secure", proposal_id="P1", obs_release_date="2026-03-01",
    ),
    _row(
        "pks3", **_PKS, **_TEV, t_min=60002.5, t_max=60002.52, pointing_mode="parallel",
        sub_array_name="LST+MST", proposal_id="100%_sure",
    ),
    _row("empty"),
)  # fmt: skip
"""The records of the datasets."""


def table_of(*rows: Mapping[str, object]) -> bytes:
    """Records as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


TABLE: Final = table_of(*ROWS)


def fill(services: Services) -> None:
    """Put them into an empty archive."""
    services.ingest.push(DOCUMENT)
    services.ingest.push_obscore(TABLE, name="t.csv")


def conditions(*texts: str) -> tuple[Condition, ...]:
    """Conditions as people write them."""
    return tuple(map(parse_condition, texts))


def question(**asked: Any) -> SearchQuestion:  # noqa: ANN401  anything of a question
    """A question; its conditions may be texts."""
    told: dict[str, Any] = {
        name: conditions(*value) if name in {"columns", "keywords", "excluded"} else value
        for name, value in asked.items()
    }
    return SearchQuestion(**told)


def find(services: Services, **asked: Any) -> SearchPage:  # noqa: ANN401  as above
    """Search."""
    return services.search.search(question(**asked))


def names(page: SearchPage) -> list[str]:
    """The datasets of a page, in its order."""
    return [hit.record.obs_publisher_did.removeprefix(IVO) for hit in page.items]
