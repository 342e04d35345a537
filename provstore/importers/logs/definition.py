"""The YAML that tells lstosa, logprov and the prototypes of gammapy what to trace.

lstosa and the prototypes call the sections ``activities`` and ``entities``, logprov
``activity_descriptions`` and ``entity_descriptions``. Source: the definitions that come with them.
"""

import re
from collections.abc import Sequence
from typing import Final

from provstore.importers.base import Findings, Part, decode_text, sniffed_text
from provstore.importers.logs.definition_statements import (
    ACTIVITY_SECTIONS,
    ENTITY_SECTIONS,
    DefinitionStatements,
)
from provstore.importers.qualified_names import declared_namespace
from provstore.importers.statements import Statements
from provstore.importers.strict_json import Json, pointer, shown, type_name
from provstore.importers.strict_yaml import read_yaml
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, Prefixes, is_absolute

_SECTION: Final = re.compile(
    rf"^(?:{'|'.join((*ACTIVITY_SECTIONS, *ENTITY_SECTIONS))}):", re.MULTILINE
)
_INSIDE: Final = re.compile(r"^ +(?:description|parameters|usage|generation|type): *", re.MULTILINE)


class LogDefinition:
    """The importer of definitions of traced activities and entities."""

    name = "log-definition"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether a top-level section of a definition is there, and what its entries have."""
        text = sniffed_text(head)
        if text.startswith(("{", "[", "<")):
            return False
        return _SECTION.search(text) is not None and _INSIDE.search(text) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """The whole definition as one part."""
        text = decode_text(data, findings)
        if text is None:
            return []
        definition = read_yaml(text, findings)
        findings.refuse_if_any()
        if not isinstance(definition, dict):
            message = f"expected a mapping, found {type_name(definition)}"
            findings.error("log-definition/wrong-type", "", shown(definition), message)
            return []
        if not definition.keys() & {*ACTIVITY_SECTIONS, *ENTITY_SECTIONS}:
            message = "the mapping has neither activities nor entities"
            findings.error("log-definition/no-section", "", ", ".join(definition)[:200], message)
            return []
        document = Document(_prefixes(definition.get("namespaces"), findings))
        statements = Statements(document, findings)
        DefinitionStatements(statements, findings).add(definition)
        statements.finish()
        return [Part(document, 0, len(data))]


def _prefixes(told: Json, findings: Findings) -> Prefixes:
    """The prefixes that a definition declares for identifiers in logs."""
    declared: dict[str, str] = {}
    if isinstance(told, dict):
        for prefix, uri in told.items():
            place = pointer("namespaces", prefix)
            if isinstance(uri, str) and is_absolute(uri):
                declared[prefix] = declared_namespace(
                    prefix, uri, findings, place, format_name="log-definition"
                )
            else:
                message = "this is no absolute IRI; the prefix is not taken"
                findings.warning("log-definition/bad-namespace", place, shown(uri), message)
    elif told is not None:
        message = f"expected a mapping, found {type_name(told)}"
        findings.error("log-definition/wrong-type", pointer("namespaces"), shown(told), message)
    return Prefixes({**declared, **OWN_PREFIXES})
