"""What a person should know of the demo observatory: identifiers to try, and a README of them."""

from dataclasses import dataclass
from typing import Final

from provstore.cli.demo.night import (
    CRAB,
    DATASETS,
    DEVIATING_RUN,
    DIVERGENT_RUN,
    FACILITY,
    GALACTIC_PLANE,
    RETRIED_RUN,
    RUNS_PER_NIGHT,
    STANDARD,
    UNRECORDED_RUN,
    plan_nights,
)
from provstore.cli.demo.pipeline import DataFile, coefficients, showers
from provstore.cli.demo.seeded import Seeded


@dataclass(frozen=True, slots=True)
class Story:
    """The identifiers worth asking for."""

    spectrum: str
    """The Crab Nebula's DL4 spectrum, an IVOID."""
    catalogue: str
    """The DL5 catalogue, an IVOID."""
    divergent_map: str
    """A DL4 map with the divergent pointing in it, an IVOID."""
    bad_calibration: str
    """The bad calibration file, as ``urn:uuid:`` and its product id."""
    unrecorded: str
    """The DL3 file whose generation nobody recorded, an IVOID."""
    seam_dataset: str
    """A DL2 file as the archive names it, an IVOID."""
    seam_product: str
    """The same file as its consumer names it, ``urn:uuid:`` and its product id."""


def tell_story(seeded: Seeded) -> Story:
    """The identifiers that a seed gives."""
    runs = next(plan_nights(RUNS_PER_NIGHT))
    bad = next(run.calibration for run in runs if run.calibration.is_bad)
    crab = next(run for run in runs if run.target is CRAB)
    return Story(
        spectrum=f"{DATASETS}dl4-{CRAB.slug}-spectrum",
        catalogue=f"{DATASETS}dl5-catalogue-1",
        divergent_map=f"{DATASETS}dl4-{GALACTIC_PLANE.slug}-map",
        bad_calibration=_urn(coefficients(bad, seeded)),
        unrecorded=f"{DATASETS}dl3-{UNRECORDED_RUN}-{STANDARD}",
        seam_dataset=f"{DATASETS}dl2-{crab.obs_id}",
        seam_product=_urn(showers(crab, seeded)),
    )


def _urn(file: DataFile) -> str:
    return f"urn:uuid:{file.product_id}"


_TEXT: Final = """\
# {facility}: a made-up night

Data of an observatory that does not exist, in the formats that real pipelines write. Nothing
here was observed. `provstore demo DIR` wrote it; the same seed gives the same bytes.

| files | what | written as by |
|---|---|---|
| `night-*.provenance.log` | calibration, DL0 to DL1, DL1 to DL2 | ctapipe, array by array |
| `selection-*.json` | DL2 to DL3 with loose or standard cuts | a pipeline that writes PROV-JSON |
| `analysis-*.json` | DL3 to DL4: spectra, maps, other light curves | the same, with gammapy |
| `analysis-crab-light-curve.xml` | DL3 to DL4: a light curve, on demand | a UWS server (OPUS) |
| `catalogue-1.json` | DL4 to DL5 | a pipeline that writes PROV-JSON |
| `obscore-*.ecsv` | the archive's datasets, DL2 to DL5 | an archive, as ObsCore |

Load it in any order:

```
provstore push night-* selection-* analysis-* catalogue-*
provstore obscore obscore-*
```

## Identifiers to try

| what | id |
|---|---|
| spectrum of the Crab Nebula (DL4) | `{spectrum}` |
| catalogue of sources (DL5) | `{catalogue}` |
| the bad calibration file | `{bad_calibration}` |
| a DL3 file whose making nobody recorded | `{unrecorded}` |
| a map with the divergent pointing in it | `{divergent_map}` |
| a DL2 file, as the archive names it | `{seam_dataset}` |
| the same file, as its consumer names it | `{seam_product}` |

```
provstore lineage '{spectrum}' --stop DL3
provstore impact '{bad_calibration}'
provstore gaps
```

## What is in it

- Run {deviating} was reconstructed with ctapipe 0.18.0, all others with 0.19.0.
- Calibration runs in an environment of its own, with ctapipe 0.24.0 for the first runs of a night
  and 0.25.0 after.
- The lamp was off for one calibration file. Only its name and its description say so. Three runs
  use it: {bad_runs}.
- Mrk 421 is reconstructed with ImPACT, everything else with the Hillas method.
- Spectrum and map of the Crab Nebula have standard cuts, its light curve has loose ones.
- Run {divergent} was observed with divergent pointing.
- The first attempt to reconstruct run {retried} failed; its record is there, without a result.
- The DL3 file of run {unrecorded_run} is used, but nobody recorded how it was made.
- The pipeline names a DL2 file by its path and `CTA PRODUCT ID`, the archive by an IVOID, and the
  event selection by `urn:uuid:` and the product id. It is one file.
"""


def readme_text(story: Story) -> str:
    """The README of the folder."""
    runs = next(plan_nights(RUNS_PER_NIGHT))
    return _TEXT.format(
        facility=FACILITY,
        spectrum=story.spectrum,
        catalogue=story.catalogue,
        divergent_map=story.divergent_map,
        bad_calibration=story.bad_calibration,
        unrecorded=story.unrecorded,
        seam_dataset=story.seam_dataset,
        seam_product=story.seam_product,
        bad_runs=", ".join(run.obs_id for run in runs if run.calibration.is_bad),
        deviating=DEVIATING_RUN,
        retried=RETRIED_RUN,
        divergent=DIVERGENT_RUN,
        unrecorded_run=UNRECORDED_RUN,
    )
