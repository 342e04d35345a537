"""Ready-made questions of the first page; docs/questions.md explains them."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from provstore.web.address import Pair


class Ready(NamedTuple):
    """A question and the parameters that ask it."""

    text: str
    pairs: Sequence[Pair]


READY: Final = (
    Ready("Taken with Large-Sized Telescopes (LST)", [("sub_array", "LST")]),
    Ready("Without divergent pointing", [("exclude", "pointing_mode=divergent")]),
    Ready("Public data of blazars", [("data_rights", "public"), ("where", "target_class~bl*")]),
    Ready("By proposal", [("facet", "proposal_id")]),
    Ready("By principal investigator", [("facet", "obs_creator_name")]),
    Ready("By observation", [("facet", "obs_id")]),
    Ready("Reconstructed with several versions", [("keyword", "reco_version=mixed")]),
    Ready("With no known version of reconstruction", [("keyword", "reco_version=unknown")]),
)
"""A facet lists the values to choose from."""
