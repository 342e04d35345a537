"""The configuration of a tool -> parameters of its activity, one for each leaf of the tree."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from provstore.importers.strict_json import Json, plain_literal, shown
from provstore.model.identifiers import PARAMETER
from provstore.model.literals import Literal, Value

_QUANTITY: Final = {"value", "unit"}


def parameters(
    config: Mapping[str, Json], is_left_out: Callable[[str], bool], namespace: str = PARAMETER
) -> Iterator[tuple[str, Value]]:
    """The leaves of a configuration, named by their path: ``ProcessorTool.EventSource.seed``.

    Lists and quantities (``{value, unit}``) are leaves, and become text; what is null is none.

    Parameters
    ----------
    config
        The tree.
    is_left_out
        Whether what stands under a key, at any depth, is passed over.
    namespace
        Put before the path.
    """
    for name, told in _leaves("", config, is_left_out):
        if told is None:
            continue
        if isinstance(told, dict | list):
            yield namespace + name, Literal(_as_text(told))
        else:
            yield namespace + name, plain_literal(told)


def _leaves(
    path: str, tree: Mapping[str, Json], is_left_out: Callable[[str], bool]
) -> Iterator[tuple[str, Json]]:
    for key, told in tree.items():
        name = f"{path}.{key}" if path else key
        if is_left_out(key):
            continue
        if isinstance(told, dict) and told.keys() != _QUANTITY:
            yield from _leaves(name, told, is_left_out)
        else:
            yield name, told


def _as_text(told: Json) -> str:
    """A quantity as ``value unit``, a list as compact JSON with its numbers as written."""
    if isinstance(told, dict):
        return f"{_bare(told['value'])} {_bare(told['unit'])}".strip()
    return compact(told)


def _bare(told: Json) -> str:
    return told if isinstance(told, str) else compact(told)


def compact(told: Json) -> str:
    """JSON without blanks, its numbers as they were written."""
    if isinstance(told, dict):
        return "{" + ",".join(f"{compact(k)}:{compact(v)}" for k, v in told.items()) + "}"
    if isinstance(told, list):
        return "[" + ",".join(map(compact, told)) + "]"
    return json.dumps(told, ensure_ascii=False) if isinstance(told, str) else shown(told)
