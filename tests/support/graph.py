"""A graph beside the catalogue of a test, brought up to date when the test says so."""

from provstore.factory import Services
from provstore.services.projection import is_up_to_date


def bring_up_to_date(services: Services) -> None:
    """Have the graph show all that the catalogue holds; it has to be attached by GRAPH_URL."""
    assert services.projector is not None
    projector = services.projector
    while not _is_shown(services):
        projector.turn()


def _is_shown(services: Services) -> bool:
    with services._database.reading() as tx:
        return is_up_to_date(tx)
