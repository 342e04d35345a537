"""The jobs after DL2, one document each: event selection, analyses, catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from provstore.cli.demo.archive import (
    Dataset,
    analysed_at,
    analysis_product,
    catalogued_at,
    event_list,
    selected_at,
    source_catalogue,
)
from provstore.cli.demo.night import HOME, LOOSE, STANDARD, Analysis, Run, Target
from provstore.cli.demo.pipeline import showers
from provstore.cli.demo.prov_json import (
    Attribute,
    ProvJson,
    any_uri,
    constant,
    date_time,
    qualified_name,
    utc_text,
)
from provstore.cli.demo.seeded import Seeded

Parameters = Mapping[str, str | float]


@dataclass(frozen=True, slots=True)
class _Software:
    name: str
    version: str
    type: str
    """A reserved term of ``ActivityDescription.type`` (Provenance DM 1.0)."""
    description: str

    @property
    def id(self) -> str:
        return f"software:{self.name}-{self.version}"


@dataclass(frozen=True, slots=True)
class _Job:
    id: str
    software: _Software
    start: datetime
    agent: str
    role: str
    """Of the inputs."""
    inputs: Sequence[tuple[str, str]]
    """Id and file name."""
    output: Dataset
    parameters: Parameters = field(default_factory=dict)
    config_file: str | None = None


_SELECTION: Final = _Software(
    "event-selection",
    "1.4.2",
    "Selection",
    "Keeps gamma-like events and adds the response of the array.",
)
_CATALOGUE: Final = _Software(
    "catalogue-builder",
    "2.0.1",
    "Analysis",
    "Merges spectra and maps into a list of sources.",
)
_GAMMAPY_VERSION: Final = "1.3"
_DESCRIPTIONS: Final = {
    "spectrum": "Fits a spectral model to the events around a source.",
    "map": "Fills a map of excess counts and significance.",
    "light-curve": "Fits the flux of a source in intervals of time.",
}
_AGENTS: Final[Mapping[str, Mapping[str, Attribute]]] = {
    "team:processing": {
        "prov:label": "Data Processing Group",
        "prov:type": qualified_name("prov:Organization"),
        "voprov:email": "pipeline@observatory.example",
    },
    "team:analysis": {
        "prov:label": "Science Analysis Group",
        "prov:type": qualified_name("prov:Organization"),
        "voprov:email": "analysis@observatory.example",
    },
}
_CUTS: Final[Mapping[str, Parameters]] = {
    LOOSE: {"gammaness_min": 0.3, "theta_max_deg": 0.2, "multiplicity_min": 2},
    STANDARD: {"gammaness_min": 0.7, "theta_max_deg": 0.1, "multiplicity_min": 3},
}


def selection_document(run: Run, cuts: str, seeded: Seeded) -> str:
    """DL2 to DL3; the input is known by its product id alone."""
    events = showers(run, seeded)
    return _document(
        _Job(
            f"job:selection/{run.obs_id}-{cuts}",
            _SELECTION,
            selected_at(run, cuts),
            "team:processing",
            "DL2 events",
            [(f"uuid:{events.product_id}", events.name)],
            event_list(run, cuts, seeded),
            {
                "applied_cuts": cuts,
                "reco_method": run.target.method,
                "pointing_mode": run.pointing_mode,
                **_CUTS[cuts],
            },
        )
    )


def analysis_document(
    target: Target, analysis: Analysis, runs: Sequence[Run], seeded: Seeded
) -> str:
    """DL3 to DL4; the inputs are known by their IVOIDs."""
    events = [event_list(run, analysis.cuts, seeded) for run in runs]
    slug = f"{target.slug}-{analysis.kind}"
    software = _Software(
        f"gammapy-{analysis.kind}", _GAMMAPY_VERSION, "Analysis", _DESCRIPTIONS[analysis.kind]
    )
    return _document(
        _Job(
            f"job:analysis/{slug}",
            software,
            analysed_at(runs),
            "team:analysis",
            "DL3 events",
            [_named(dataset) for dataset in events],
            analysis_product(target, analysis, runs, seeded),
            analysis_parameters(target, analysis),
            f"{slug}.yaml",
        )
    )


def catalogue_document(products: Sequence[Dataset], runs: Sequence[Run], seeded: Seeded) -> str:
    """DL4 to DL5, from all spectra and maps."""
    return _document(
        _Job(
            "job:catalogue/1",
            _CATALOGUE,
            catalogued_at(runs),
            "team:analysis",
            "DL4 products",
            [_named(dataset) for dataset in products],
            source_catalogue(runs, seeded),
            {"significance_min": 5.0},
        )
    )


def _named(dataset: Dataset) -> tuple[str, str]:
    return f"dataset:{dataset.name}", dataset.file_name


def analysis_parameters(target: Target, analysis: Analysis) -> Parameters:
    """How an analysis was configured."""
    energies: dict[str, str | float] = {"energy_min_TeV": 0.1, "energy_max_TeV": 30.0}
    match analysis.kind:
        case "map":
            return energies | {"bin_size_deg": 0.02, "correlation_radius_deg": 0.1}
        case "spectrum":
            return energies | {"spectral_model": target.spectral_model, "bins_per_decade": 6}
        case _:
            return energies | {"spectral_model": target.spectral_model, "time_bin": "run"}


# ---- a job as statements


def _document(job: _Job) -> str:
    document = ProvJson()
    _tell_activity(document, job)
    _tell_configuration(document, job)
    _tell_data(document, job)
    return document.text()


def _tell_activity(document: ProvJson, job: _Job) -> None:
    document.element(
        "activity",
        job.id,
        {
            "prov:label": job.software.name,
            "prov:startTime": utc_text(job.start),
            "prov:endTime": utc_text(job.output.created),
        },
    )
    document.element("agent", job.agent, _AGENTS[job.agent])
    document.relation(
        "wasAssociatedWith",
        {"prov:activity": job.id, "prov:agent": job.agent, "prov:role": "Operator"},
    )
    document.element("entity", job.software.id, _description(job.software))
    document.influence("DescriptionRelation", job.id, job.software.id)


def _description(software: _Software) -> dict[str, Attribute]:
    return {
        "prov:label": software.name,
        "prov:name": software.name,
        "prov:type": qualified_name("voprov:ActivityDescription"),
        "voprov:version": software.version,
        "voprov:type": software.type,
        "voprov:description": software.description,
        "voprov:docurl": any_uri(f"{HOME}software/{software.name}"),
    }


def _tell_configuration(document: ProvJson, job: _Job) -> None:
    for name, value in job.parameters.items():
        parameter = f"{job.id}/parameters/{name}"
        document.element("entity", parameter, _parameter(name, value))
        document.influence("ConfigurationRelation", job.id, parameter, artefactType="Parameter")
    if job.config_file is not None:
        file = f"config:{job.config_file}"
        document.element("entity", file, _config_file(job.config_file))
        document.influence("ConfigurationRelation", job.id, file, artefactType="ConfigFile")


def _parameter(name: str, value: str | float) -> dict[str, Attribute]:
    return {
        "prov:label": f"{name} = {value}",
        "prov:name": name,
        "prov:type": qualified_name("voprov:Parameter"),
        "prov:value": constant(value),
    }


def _config_file(name: str) -> dict[str, Attribute]:
    return {
        "prov:label": name,
        "prov:name": name,
        "prov:type": qualified_name("voprov:ConfigFile"),
        "prov:location": any_uri(f"{HOME}config/{name}"),
    }


def _tell_data(document: ProvJson, job: _Job) -> None:
    dataset = qualified_name("voprov:DatasetEntity")
    for entity, file_name in job.inputs:
        document.element("entity", entity, {"prov:label": file_name, "prov:type": dataset})
        document.relation(
            "used", {"prov:activity": job.id, "prov:entity": entity, "prov:role": job.role}
        )
    output, _ = _named(job.output)
    document.element("entity", output, _output(job.output))
    document.relation(
        "wasGeneratedBy",
        {"prov:entity": output, "prov:activity": job.id, "prov:role": job.output.product_type},
    )
    document.relation("wasAttributedTo", {"prov:entity": output, "prov:agent": job.agent})


def _output(dataset: Dataset) -> dict[str, Attribute]:
    return {
        "prov:label": dataset.file_name,
        "prov:type": qualified_name("voprov:DatasetEntity"),
        "prov:location": any_uri(dataset.access_url),
        "voprov:generatedAtTime": date_time(dataset.created),
        "voprov:comment": dataset.title,
    }
