"""The plan of the demo observatory: what is observed when, and what is wrong with which run."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

FACILITY: Final = "Demo Cherenkov Observatory"
INSTRUMENT: Final = "DCA"
DATASETS: Final = "ivo://observatory.example/demo#"
"""Start of every dataset's IVOID; the host is one that nobody can own (RFC 2606, section 2)."""
HOME: Final = "https://observatory.example/"

FIRST_RUN: Final = 26001
RUNS_PER_NIGHT: Final = 12
_FIRST_NIGHT: Final = datetime(2025, 12, 10, 20, tzinfo=UTC)
_SPACING: Final = timedelta(minutes=40)
EXPOSURE: Final = timedelta(minutes=28)

DEVIATING_RUN: Final = 26006
"""Reconstructed with the older version."""
RETRIED_RUN: Final = 26007
"""Its reconstruction failed once and was run again."""
DIVERGENT_RUN: Final = 26010
"""Observed with divergent pointing."""
UNRECORDED_RUN: Final = 26012
"""Nobody recorded how its DL3 file was made."""

LOOSE: Final = "loose"
STANDARD: Final = "standard"
HILLAS: Final = "HillasReconstructor"
IMPACT: Final = "ImPACTReconstructor"


@dataclass(frozen=True, slots=True)
class Analysis:
    """A DL4 product of a target: its kind, and the cuts of the events that go into it."""

    kind: str
    """``spectrum``, ``map`` or ``light-curve``."""
    cuts: str


@dataclass(frozen=True, slots=True)
class Target:
    """What the array points at."""

    name: str
    slug: str
    """In file names and identifiers."""
    ra: float
    """ICRS, degrees."""
    dec: float
    """ICRS, degrees."""
    target_class: str | None
    proposal: str
    public: bool
    method: str
    """How its showers are reconstructed."""
    spectral_model: str
    analyses: tuple[Analysis, ...]

    @property
    def cuts(self) -> list[str]:
        """The cuts that its analyses need, each once."""
        return sorted({analysis.cuts for analysis in self.analyses})


CRAB: Final = Target(
    "Crab Nebula",
    "crab",
    83.63308,
    22.01450,
    "PWN",
    "DCO-2025-001",
    public=True,
    method=HILLAS,
    spectral_model="log-parabola",
    analyses=(
        Analysis("spectrum", STANDARD),
        Analysis("map", STANDARD),
        Analysis("light-curve", LOOSE),
    ),
)
PKS_2155: Final = Target(
    "PKS 2155-304",
    "pks2155",
    329.71694,
    -30.22559,
    "BLLac",
    "DCO-2025-014",
    public=True,
    method=HILLAS,
    spectral_model="power-law",
    analyses=(
        Analysis("spectrum", LOOSE),
        Analysis("map", LOOSE),
        Analysis("light-curve", LOOSE),
    ),
)
MRK_421: Final = Target(
    "Mrk 421",
    "mrk421",
    166.11381,
    38.20883,
    "BLLac",
    "DCO-2025-014",
    public=False,
    method=IMPACT,
    spectral_model="exp-cutoff-power-law",
    analyses=(
        Analysis("spectrum", STANDARD),
        Analysis("map", STANDARD),
        Analysis("light-curve", STANDARD),
    ),
)
GALACTIC_PLANE: Final = Target(
    "Galactic Plane l=190",
    "plane190",
    91.9404,
    20.29,
    None,
    "DCO-2025-002",
    public=False,
    method=HILLAS,
    spectral_model="",
    analyses=(Analysis("map", STANDARD),),
)
TARGETS: Final = (CRAB, PKS_2155, MRK_421, GALACTIC_PLANE)

_SCHEDULE: Final = (PKS_2155,) * 3 + (CRAB,) * 5 + (GALACTIC_PLANE,) * 2 + (MRK_421,) * 2
_CALIBRATED_FROM: Final = (0, 4, 7, 10)
"""Positions in the night at which new calibration coefficients come into use."""
_BAD_CALIBRATION: Final = 2
_OLD_CALIBRATION, _NEW_CALIBRATION = "0.24.0", "0.25.0"
_OLD_RECONSTRUCTION, _NEW_RECONSTRUCTION = "0.18.0", "0.19.0"
_FIRST_CALIBRATION_RUN: Final = 96001


@dataclass(frozen=True, slots=True)
class Calibration:
    """Camera calibration coefficients, made several times a night."""

    night: int
    block: int
    """Which of the night's sets, from 0."""

    @property
    def number(self) -> int:
        """The run that the light of the calibration was recorded in."""
        return _FIRST_CALIBRATION_RUN + self.night * len(_CALIBRATED_FROM) + self.block

    @property
    def version(self) -> str:
        """The version of ctapipe in the calibration's own environment."""
        return _OLD_CALIBRATION if self.block == 0 else _NEW_CALIBRATION

    @property
    def is_bad(self) -> bool:
        """Whether the lamp was off: true of one set of the first night."""
        return self.night == 0 and self.block == _BAD_CALIBRATION

    @property
    def taken(self) -> datetime:
        """When its light was recorded."""
        return _time_of(self.night, _CALIBRATED_FROM[self.block]) - timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Run:
    """One observation of one target."""

    night: int
    """From 0."""
    position: int
    """In its night, from 0."""

    @property
    def number(self) -> int:
        """The observatory's run number."""
        return FIRST_RUN + self.night * RUNS_PER_NIGHT + self.position

    @property
    def obs_id(self) -> str:
        """The run number as archive and pipelines write it."""
        return str(self.number)

    @property
    def target(self) -> Target:
        """What was observed."""
        return _SCHEDULE[self.position]

    @property
    def start(self) -> datetime:
        """First moment of the exposure."""
        return _time_of(self.night, self.position)

    @property
    def stop(self) -> datetime:
        """Last moment of the exposure."""
        return self.start + EXPOSURE

    @property
    def calibration(self) -> Calibration:
        """The coefficients in use."""
        return Calibration(self.night, sum(self.position >= p for p in _CALIBRATED_FROM) - 1)

    @property
    def opens_calibration(self) -> bool:
        """Whether it is the first to use its coefficients."""
        return self.position in _CALIBRATED_FROM

    @property
    def reconstruction(self) -> str:
        """The version of ctapipe that reconstructed it."""
        return _OLD_RECONSTRUCTION if self.number == DEVIATING_RUN else _NEW_RECONSTRUCTION

    @property
    def pointing_mode(self) -> str:
        """How the telescopes point (high-energy extension of ObsCore, ``pointing_mode``)."""
        return "divergent" if self.number == DIVERGENT_RUN else "parallel"


def plan_nights(runs: int) -> Iterator[list[Run]]:
    """The runs of each night, `RUNS_PER_NIGHT` and in the last what is left."""
    for first in range(0, runs, RUNS_PER_NIGHT):
        count = min(RUNS_PER_NIGHT, runs - first)
        yield [Run(first // RUNS_PER_NIGHT, position) for position in range(count)]


def night_name(night: int) -> str:
    """The date on which a night began, ``YYYYMMDD``."""
    return _time_of(night, 0).strftime("%Y%m%d")


def _time_of(night: int, position: int) -> datetime:
    return _FIRST_NIGHT + timedelta(days=night) + position * _SPACING
