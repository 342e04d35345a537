"""The main question, answered from a lineage: which runs, with which versions and cuts.

Reads the JSON of a lineage over the demo observatory, whose programs and settings it knows.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from provstore.model.vocabulary import CONFIGURED, GENERATED, USED

JsonObject = Mapping[str, Any]

STEPS: Final[Mapping[str, Sequence[str]]] = {
    "calibration": ("max_sigma", "iterations"),
    "images": ("picture_threshold_pe", "boundary_threshold_pe"),
    "reconstruction": ("reconstructor_types", "quality_criteria"),
    "selection": ("applied_cuts", "gammaness_min", "theta_max_deg", "multiplicity_min"),
    "analysis": ("spectral_model", "energy_min_TeV", "energy_max_TeV"),
}
"""Steps of the demo in order, with the settings that are its cuts; the first tells the step."""

_CRITERION: Final = 2
"""Length of a criterion in ctapipe's configuration: its name and an expression."""


@dataclass(frozen=True, slots=True)
class Step:
    """One program that ran."""

    name: str
    program: str
    version: str | None
    cuts: str


@dataclass(frozen=True, slots=True)
class TracedDataset:
    """A dataset, and the steps that led to it from the DL0 on."""

    id: str
    level: str | None
    obs_id: str | None
    target: str | None
    steps: Sequence[Step]


class Trace:
    """A lineage, indexed for questions.

    Parameters
    ----------
    lineage
        The JSON answer of a whole lineage back, with attributes and parameters.
    """

    def __init__(self, lineage: JsonObject) -> None:
        self._nodes: dict[str, JsonObject] = {node["id"]: node for node in lineage["nodes"]}
        self._root: str = lineage["roots"][0]
        self._ends: dict[tuple[str, str], list[str]] = defaultdict(list)
        for edge in lineage["edges"]:
            self._ends[edge["kind"], edge["from"]].append(edge["to"])

    def root(self) -> TracedDataset:
        """What was asked for, with the steps that are its own: the analysis."""
        return self._traced(self._root, self._makers([self._root]))

    def datasets(self, level: str) -> list[TracedDataset]:
        """The datasets of a level among the inputs, by obs_id."""
        found = [
            self._traced(name, self._activities_behind(name))
            for name, node in self._nodes.items()
            if node["level"] == level and name != self._root
        ]
        return sorted(found, key=lambda dataset: dataset.obs_id or "")

    def _traced(self, name: str, activities: Sequence[str]) -> TracedDataset:
        steps = [step for activity in activities for step in self._steps(activity)]
        order = list(STEPS)
        steps.sort(key=lambda step: order.index(step.name))
        node = self._nodes[name]
        return TracedDataset(name, node["level"], node["obs_id"], node["target_name"], steps)

    def _makers(self, names: Sequence[str]) -> list[str]:
        return [maker for name in names for maker in self._ends[GENERATED.name, name]]

    def _activities_behind(self, name: str) -> list[str]:
        met: dict[str, None] = {}
        waiting = self._makers([name])
        while waiting:
            activity = waiting.pop()
            if activity not in met:
                met[activity] = None
                waiting.extend(self._makers(self._ends[USED.name, activity]))
        return list(met)

    def _steps(self, activity: str) -> Iterator[Step]:
        settings = self._settings(activity)
        for name, shown in STEPS.items():
            if shown[0] in settings:
                cuts = "; ".join(f"{key}={settings[key]}" for key in shown if key in settings)
                node = self._nodes[activity]
                yield Step(name, node["name"], node["version"], cuts)

    def _settings(self, activity: str) -> dict[str, str]:
        """The settings of an activity by their last name, as logs and as IVOA parameters tell."""
        settings = {
            _last_name(name): _shown(_text(value))
            for name, value in self._nodes[activity]["attributes"].items()
        }
        for parameter in self._ends[CONFIGURED.name, activity]:
            told = {
                _last_name(name): _text(value)
                for name, value in self._nodes[parameter]["attributes"].items()
            }
            if "name" in told and "value" in told:
                settings[told["name"]] = told["value"]
        return settings


def _last_name(name: str) -> str:
    return name.rpartition(":")[2].rpartition(".")[2]


def _text(value: Any) -> str:  # noqa: ANN401  a value of JSON
    first = value[0] if isinstance(value, list) else value
    return str(first["$"] if isinstance(first, Mapping) else first)


def _shown(text: str) -> str:
    """A setting of ctapipe in short: names of criteria, values of patterns by telescope."""
    try:
        items = json.loads(text)
    except ValueError:
        return text
    if not isinstance(items, list):
        return text
    return ", ".join(_short(item) for item in items)


def _short(item: Any) -> str:  # noqa: ANN401  a value of JSON
    if not isinstance(item, list):
        return str(item)
    return str(item[0] if len(item) == _CRITERION else item[-1])
