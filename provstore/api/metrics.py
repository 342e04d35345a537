"""What a monitor reads: sizes, what waits, and how far the graph is behind (Prometheus)."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from fastapi import APIRouter, Request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_1_0_0
from starlette.responses import Response

from provstore.api.context import services_of

router: Final = APIRouter(tags=["operation"])

_COUNTS: Final = {
    "documents": "Documents that are accepted.",
    "pending": "Documents that wait for their verdict.",
    "elements": "Entities, activities and agents.",
    "relations": "Relations between them.",
}
_GRAPH: Final = {
    "behind": ("rows", "Changes of the catalogue that the graph does not show yet."),
    "behind_s": ("seconds", "Time since the oldest change that the graph does not show yet."),
}


@router.get("/metrics", summary="State for a monitor, in Prometheus' text format")
def metrics(request: Request) -> Response:
    """The state that `/health` tells as JSON, of the whole archive whichever process answers."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(services_of(request).maintenance.health()))
    return Response(
        generate_latest(registry),
        headers={"Cache-Control": "no-store"},
        media_type=CONTENT_TYPE_PLAIN_1_0_0,
    )


class _Collector:
    """The metrics of one moment."""

    def __init__(self, health: Mapping[str, Any]) -> None:
        self._health = health

    def collect(self) -> Iterable[Metric]:
        """One family per fact."""
        for name, meaning in _COUNTS.items():
            yield GaugeMetricFamily(f"provstore_{name}", meaning, self._health[name])
        graph = self._health.get("graph")
        if graph is None:
            return
        state = GaugeMetricFamily("provstore_graph_state", "1 for its state.", labels=["state"])
        state.add_metric([graph["state"]], 1)
        yield state
        for name, (unit, meaning) in _GRAPH.items():
            yield GaugeMetricFamily(f"provstore_graph_behind_{unit}", meaning, graph[name])
