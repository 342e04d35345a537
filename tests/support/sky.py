"""A few datasets of a few targets, spelt as people spell them, and where they were observed.

Pointings wobble: none is on its target. ``East`` and its records lie on both sides of the meridian
at 0.
"""

from typing import Final

from support.catalogue import prov
from support.obscore import csv_of

from provstore.factory import Services

IVO: Final = "ivo://example.org/sky?"
PRODUCT: Final = "5f2b4f4e-0a5b-4f0c-9c52-0d9a5f1d6c11"
DOI: Final = "10.5281/zenodo.1421099"
_TARGETS: Final = (
    # name, obs_id, target_name, s_ra, s_dec
    ("crab1", "23523", "Crab Nebula", "83.63", "21.51"),
    ("crab2", "23523", "Crab Nebula", "83.63", "22.51"),
    ("crab3", "23526", "CRAB  NEBULA", "83.63", "22.01"),
    ("pulsar", "23527", "Crab Pulsar", "83.63", "22.01"),
    ("sgr", "31420", "Sgr A*", "266.42", "-29.01"),
    ("east1", "40001", "East", "359.5", "10"),
    ("east2", "40002", "East", "0.5", "10"),
    ("lobe", "40006", "East Lobe", "0.4", "10.5"),
    ("nowhere", "40003", "Nowhere", "", ""),
    ("number", "40004", "4242", "10", "10"),
    ("quote", "40005", 'O\'Neil "x" % _ <b>', "20", "20"),
)

DOCUMENT: Final = prov(
    f"entity({IVO}crab1) entity({IVO}sgr) entity(raw) entity(one) entity(two)"
    f" activity(reconstruct) wasGeneratedBy({IVO}crab1, reconstruct)"
    " used(reconstruct, raw)",
    {
        f"{IVO}crab1": {"ex:doi": DOI},
        "raw": {"prov:location": "/data/dl0/run23523.zfits"},
        "one": {"prov:location": "/data/a/events.fits"},
        "two": {"prov:location": "/data/b/events.fits"},
    },
)


def _row(name: str, obs_id: str, target: str, ra: str, dec: str) -> dict[str, str]:
    is_crab = target.lower().startswith("crab")
    quoted = '"{}"'.format(target.replace('"', '""'))
    return {
        "obs_publisher_did": IVO + name,
        "obs_id": obs_id,
        "obs_collection": "DL3",
        "calib_level": "2",
        "dataproduct_type": "event-list",
        "facility_name": "CTAO",
        "instrument_name": "array",
        "target_name": quoted,
        "s_ra": ra,
        "s_dec": dec,
        "obs_title": f"Run {obs_id}",
        "target_class": "SNR" if is_crab else "",
        "proposal_id": "P-2025/17" if is_crab else "",
        "obs_creator_name": "Marie Curie" if name == "sgr" else "",
    }


TABLE: Final = csv_of(*(_row(*target) for target in _TARGETS))


def fill(services: Services) -> None:
    """Push the datasets, and how one of them was made."""
    services.ingest.push_obscore(TABLE, name="sky.csv")
    services.ingest.push(DOCUMENT)
    services.ingest.push(prov("activity(23526)", prefix=""), source="pipeline")
