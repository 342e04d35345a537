"""Every ObsCore table among the real files is read; what is none is refused with what it lacks."""

import gzip
from pathlib import Path

import pytest
from support.reading import rules

from provstore.errors import Severity
from provstore.importers.base import Findings
from provstore.importers.obscore.importer import read_obscore

pytestmark = pytest.mark.samples

HESS = "gammapy/generated-2.1/hess_dl3_dr1_obscore"
STANDARD = "ivoa-std-ObsCore/VOtableResponseExemple.xml"


@pytest.mark.parametrize(
    ("name", "rows"),
    [(f"{HESS}.ecsv", 105), (f"{HESS}.vot", 105), (STANDARD, 0)],
)
def test_it_is_read(samples: Path, name: str, rows: int) -> None:
    findings = Findings()
    records = read_obscore((samples / name).read_bytes(), findings)
    assert len(records) == rows
    assert not [found for found in findings.items if found.severity is Severity.ERROR]


@pytest.mark.parametrize("kind", ["ecsv", "vot"])
def test_energies_in_tev_are_wavelengths_and_zeros_stay_zeros(samples: Path, kind: str) -> None:
    records = read_obscore((samples / f"{HESS}.{kind}").read_bytes(), Findings())
    values = records[0].values
    # 104.283 TeV and 0.223197 TeV, by h c = 1.23984198e-6 eV m
    assert values["em_min"] == pytest.approx(1.18892e-20, rel=1e-5)
    assert values["em_max"] == pytest.approx(5.55492e-18, rel=1e-5)
    # gammapy writes 0 for numbers that it does not have: a reader cannot know which are meant
    assert [values[key] for key in ("s_xel1", "s_xel2", "em_xel", "t_xel")] == [0, 0, 0, 0]


def test_an_index_of_observations_is_no_obscore_table(samples: Path) -> None:
    findings = Findings()
    data = gzip.decompress((samples / "gammapy/obs-index.fits.gz").read_bytes())
    assert read_obscore(data, findings) == []
    assert rules([f for f in findings.items if f.severity is Severity.ERROR]) == [
        ("obscore/missing-column", "column calib_level"),
        ("obscore/missing-column", "column obs_collection"),
        ("obscore/missing-column", "column obs_publisher_did"),
    ]


def test_a_row_as_it_stands_in_both_tables(samples: Path) -> None:
    ecsv, votable = (
        read_obscore((samples / f"{HESS}.{kind}").read_bytes(), Findings())
        for kind in ("ecsv", "vot")
    )
    assert ecsv == votable
    told = {
        "dataproduct_type": "event",
        "calib_level": 2,
        "target_name": "MSH15-52",
        "obs_id": "20136",
        "obs_collection": "DL3",
        "obs_publisher_did": "ivo://padc.obspm/hess#20136",
        "access_url": "https://hess-dr.obspm.fr/retrieve/hess_dl3_dr1_obs_id_020136.fits.gz",
        "access_format": "application/fits",
        "access_estsize": 615,
        "s_ra": 228.6125,
        "s_region": None,
        "t_min": 53090.123451203704,
        "facility_name": "HESS",
        "instrument_name": "H.E.S.S. Phase I",
    }
    assert {key: ecsv[0].values[key] for key in told} == told


def test_what_is_odd_in_the_example_of_the_standard_is_said(samples: Path) -> None:
    findings = Findings()
    read_obscore((samples / STANDARD).read_bytes(), findings)
    first = findings.items[0]
    assert (first.rule, first.value) == ("obscore/ignored-columns", "core_id, lastModified")
    assert {f.rule for f in findings.items if f.severity is Severity.WARNING} == {"obscore/reader"}
