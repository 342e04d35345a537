"""The ``results_job_<id>.yml`` that OPUS keeps of each job: its result files.

The file names its job by the last folder of ``file_dir`` only, and the files by their paths, so
that nothing of it meets the job's UWS document by its identifiers.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from provstore.importers.base import Findings
from provstore.importers.strict_json import Json, wrong_type
from provstore.importers.strict_yaml import read_yaml
from provstore.importers.uws.statements import checksum_of
from provstore.model.document import Document
from provstore.model.identifiers import OWN_PREFIXES, PROVSTORE, VOPROV, Prefixes
from provstore.model.literals import Literal, Value
from provstore.model.records import NO_ATTRIBUTES, Attributes, Relation
from provstore.model.vocabulary import GENERATED, PROV_LABEL, PROV_LOCATION, PROV_ROLE, Kind

_RESULT_KEY: Final = re.compile(r"^[ \t-]+result_name[ \t]*:", re.MULTILINE)
_FOLDER_KEY: Final = re.compile(r"^[ \t-]+file_dir[ \t]*:", re.MULTILINE)
_KEYS: Final = {
    "content_type": VOPROV + "content_type",
    "result_name": VOPROV + "result_name",
    "result_value": VOPROV + "result_value",
}


def is_results_file(text: str) -> bool:
    """Whether a text looks like OPUS's file of results."""
    return _RESULT_KEY.search(text) is not None and _FOLDER_KEY.search(text) is not None


def read_results_file(text: str, findings: Findings) -> Document | None:
    """The generations that the file tells; None, with a finding, where it cannot be read."""
    content = read_yaml(text, findings)
    if not isinstance(content, dict):
        if content is not None:
            wrong_type(findings, "", content, "a mapping of result files")
        return None
    document = Document(Prefixes(OWN_PREFIXES))
    message = (
        "a file of results names its job by id and its files by path: it meets the job's own "
        "document by these names only"
    )
    findings.warning("uws/no-url", "", next(iter(content), ""), message)
    for key, told in content.items():
        texts = _texts(key, told, findings)
        if texts is not None:
            _state(document, key, texts, findings)
    return document


def _texts(key: str, told: Json, findings: Findings) -> Mapping[str, str] | None:
    if not isinstance(told, dict):
        wrong_type(findings, f"/{key}", told, "a mapping")
        return None
    texts = {}
    for name, value in told.items():
        if isinstance(value, dict | list):
            wrong_type(findings, f"/{key}/{name}", value, "a single value")
        elif value is not None and not isinstance(value, bool):
            texts[name] = value if isinstance(value, str) else value.lexical
    return texts


def _state(document: Document, key: str, texts: Mapping[str, str], findings: Findings) -> None:
    folder = texts.get("file_dir", "").rstrip("/")
    name = texts.get("file_name") or key
    path = f"{folder}/{name}" if folder else name
    job = folder.rpartition("/")[2]
    role = texts.get("result_name")
    told: Attributes = ((PROV_ROLE, Literal(role)),) if role else NO_ATTRIBUTES
    document.add_element(Kind.ENTITY, path, tuple(_attributes(name, path, texts)))
    if not job:
        message = "no folder names the job of this result; it is kept and not followed"
        findings.warning("prov/missing-end", f"/{key}", name, message)
        document.add_relation(Relation(GENERATED, (path,), attributes=told))
        return
    activity = f"job/{job}"
    document.add_element(Kind.ACTIVITY, activity, ((PROV_LABEL, Literal(job)),))
    document.add_relation(Relation(GENERATED, (path, activity), attributes=told))


def _attributes(name: str, path: str, texts: Mapping[str, str]) -> Iterator[tuple[str, Value]]:
    yield PROV_LABEL, Literal(name)
    yield PROV_LOCATION, Literal(path)
    for key, attribute in _KEYS.items():
        if texts.get(key):
            yield attribute, Literal(texts[key])
    digits = texts.get("hash")
    if digits:
        checksum = checksum_of(digits)
        if checksum is None:
            yield PROVSTORE + "hash", Literal(digits)
        else:
            yield PROVSTORE + "checksum", checksum
