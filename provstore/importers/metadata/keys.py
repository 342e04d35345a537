"""Reference metadata, flat or as a tree, of version 1 or 2 -> flat keys in one spelling.

``cta.product.creation_time`` of version 2, ``CTA.PRODUCT.CREATION_TIME`` of the tree of version 1
and ``CTA: PRODUCT: CREATION: TIME`` as ``ctapipe-fileinfo`` prints it are the flat key
``CTA PRODUCT CREATION TIME``. What is no single value (the context, the environment) stays a tree.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.metadata.headers import Header
from provstore.importers.metadata.parameters import compact
from provstore.importers.strict_json import Integer, Json, Real, pointer, shown, type_name

_ROOT: Final = "CTA"
_TREES: Final = frozenset({"CTA CONTEXT", "CTA ACTIVITY RUNTIME ENVIRONMENT"})


@dataclass
class Keys:
    """The metadata of one product."""

    place: str
    file: str | None = None
    flat: dict[str, Json] = field(default_factory=dict)
    """Scalars; None where a key is there without a value."""
    trees: dict[str, Json] = field(default_factory=dict)
    """``CTA CONTEXT`` and ``CTA ACTIVITY RUNTIME ENVIRONMENT``."""
    places: dict[str, str] = field(default_factory=dict)
    """Where each key stands."""

    def place_of(self, key: str) -> str:
        """Where a key stands, or would."""
        return self.places.get(key, self.place)

    def text(self, *spellings: str) -> str | None:
        """The text of the first of these keys that has one."""
        for key in spellings:
            told = self.flat.get(key)
            if told is not None and not isinstance(told, dict | list):
                return shown(told)
        return None

    def unite(self, others: "Keys") -> None:
        """Take over what is not told here."""
        for key, told in others.flat.items():
            self.flat.setdefault(key, told)
            self.places.setdefault(key, others.place_of(key))
        for key, tree in others.trees.items():
            self.trees.setdefault(key, tree)
            self.places.setdefault(key, others.place_of(key))


def keys_of(header: Header, findings: Findings) -> Keys:
    """The metadata in a header; what is no metadata is passed over."""
    keys = Keys(header.place, header.file)
    for name, told in header.keys.items():
        if name in {"cta", "CTA"} and isinstance(told, dict):
            _add_tree(keys, _ROOT, told, header.place + pointer(name), findings)
        elif name.startswith(_ROOT + " "):
            _add(keys, name, told, header.place + pointer(name), findings)
    return keys


def block_of(name: str, tree: Mapping[str, Json], place: str, findings: Findings) -> Keys:
    """The keys of one block of a tree, such as ``CTA PRODUCT``."""
    keys = Keys(place)
    _add_tree(keys, name, tree, place, findings)
    return keys


def _add_tree(
    keys: Keys, path: str, tree: Mapping[str, Json], place: str, findings: Findings
) -> None:
    for key, told in tree.items():
        name, where = f"{path} {key.replace('_', ' ').upper()}", place + pointer(key)
        if name in _TREES:
            keys.trees[name] = told
            keys.places[name] = where
        elif isinstance(told, dict):
            _add_tree(keys, name, told, where, findings)
        else:
            _add(keys, name, told, where, findings)


def _add(keys: Keys, name: str, told: Json, place: str, findings: Findings) -> None:
    value = _scalar(told, place, findings)
    if name in keys.flat and keys.flat[name] != value:
        message = f"{name} is told again with another value; the first is kept"
        findings.error("cta/told-twice", place, shown(value), message)
        return
    keys.flat[name] = value
    keys.places[name] = place


def _scalar(told: Json, place: str, findings: Findings) -> Json:
    """A list of scalars as ctapipe writes it, with commas; anything else as compact JSON."""
    if not isinstance(told, dict | list):
        return told
    scalars = list(_scalars(told))
    if isinstance(told, list) and len(scalars) == len(told):
        return ",".join(scalars)
    message = f"expected a single value, found {type_name(told)}; it is kept as text"
    findings.warning("cta/wrong-type", place, shown(told), message)
    return compact(told)


def _scalars(told: Json) -> Iterator[str]:
    for item in told if isinstance(told, list) else ():
        if isinstance(item, str | bool | Integer | Real):
            yield shown(item)
