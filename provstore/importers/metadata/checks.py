"""What reference metadata must have, by their schemas: what is missing gives warnings.

Source: schemas 1.0.0 and 2.0.0 of the metadata of the CTAO, as simtools publishes them. Both ask
for the same fields; where the flat keys of ctapipe are spelled otherwise, both spellings count.
"""

from collections.abc import Iterable
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.metadata.keys import Keys
from provstore.importers.strict_json import shown, type_name

START: Final = ("CTA ACTIVITY START TIME", "CTA ACTIVITY START")
END: Final = (
    "CTA ACTIVITY STOP TIME",
    "CTA ACTIVITY STOP",
    "CTA ACTIVITY END",
    "CTA ACTIVITY END TIME",
)
_PRODUCT: Final = (
    ("CTA PRODUCT ID",),
    ("CTA PRODUCT FORMAT",),
    ("CTA PRODUCT DATA CATEGORY",),
    ("CTA PRODUCT DATA LEVELS", "CTA PRODUCT DATA LEVEL"),
    ("CTA PRODUCT DATA MODEL NAME",),
    ("CTA PRODUCT DATA MODEL VERSION",),
)
_OTHERS: Final = (
    ("CTA REFERENCE VERSION",),
    ("CTA CONTACT NAME",),
    ("CTA INSTRUMENT SITE",),
    ("CTA INSTRUMENT CLASS",),
    ("CTA INSTRUMENT TYPE",),
    ("CTA INSTRUMENT ID",),
    ("CTA PROCESS TYPE",),
    ("CTA ACTIVITY NAME",),
    ("CTA ACTIVITY TYPE",),
    ("CTA ACTIVITY ID",),
    START,
    END,
)
_SOFTWARE: Final = (("CTA ACTIVITY SOFTWARE NAME",), ("CTA ACTIVITY SOFTWARE VERSION",))
_OPTIONAL: Final = (
    "CTA CONTACT EMAIL",
    "CTA CONTACT ORCID",
    "CTA CONTACT ORGANIZATION",
    "CTA INSTRUMENT DESCRIPTION",
    "CTA INSTRUMENT SUBTYPE",
    "CTA PROCESS SUBTYPE",
    "CTA PRODUCT ACTIVITY NAME",
    "CTA PRODUCT BRANCH",
    "CTA PRODUCT CREATION TIME",
    "CTA PRODUCT DATA ASSOCIATION",
    "CTA PRODUCT DATA MODEL URL",
    "CTA PRODUCT DATA TYPE",
    "CTA PRODUCT DESCRIPTION",
    "CTA PRODUCT FILENAME",
    "CTA PRODUCT URL",
    "CTA PRODUCT VALID START",
    "CTA PRODUCT VALID END",
)
_MAY_BE_NUMBERS: Final = frozenset({"CTA PRODUCT ID", "CTA INSTRUMENT ID", "CTA ACTIVITY ID"})
_TIMES: Final = (
    *START,
    *END,
    "CTA PRODUCT CREATION TIME",
    "CTA PRODUCT VALID START",
    "CTA PRODUCT VALID END",
)
_TEXTS: Final = (
    frozenset(
        key for spellings in (*_PRODUCT, *_OTHERS, *_SOFTWARE, _OPTIONAL) for key in spellings
    )
    - _MAY_BE_NUMBERS
)


def check_header(keys: Keys, findings: Findings) -> None:
    """Note what is missing of a header, or of a wrong type."""
    required = [*_PRODUCT, *_OTHERS]
    if any(key.startswith("CTA ACTIVITY SOFTWARE ") for key in keys.flat):
        required += _SOFTWARE
    _check_required(keys, required, findings)
    _check_types(keys, findings)


def check_product(keys: Keys, findings: Findings) -> None:
    """Note what is missing of a product on which another was based, or of a wrong type."""
    _check_required(keys, _PRODUCT, findings)
    _check_types(keys, findings)


def _check_required(keys: Keys, required: Iterable[tuple[str, ...]], findings: Findings) -> None:
    for spellings in required:
        if not any(key in keys.flat for key in spellings):
            message = f"{spellings[0]} is missing, which the schema of the metadata requires"
            findings.warning("cta/missing-field", keys.place, spellings[0], message)


def _check_types(keys: Keys, findings: Findings) -> None:
    for key, told in keys.flat.items():
        if key in _TEXTS and told is not None and not isinstance(told, str):
            message = f"{key} is {type_name(told)}, where the schema has a string; it is kept"
            findings.warning("cta/wrong-type", keys.place_of(key), shown(told), message)
    for key in _TIMES:
        told = keys.flat.get(key)
        if isinstance(told, str) and told:
            findings.check_time(told, keys.place_of(key))
