"""Whatever bytes come, an importer reads or refuses; nothing else happens.

Every file of real software and of our own is changed at random, in bytes and in its JSON, with
fixed seeds, and read by the importer of its format, by the one that content decides, or another.
"""

import json
import random
import re
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from support.reading import encoded

from provstore.errors import RefusedDocumentError, UnknownFormatError
from provstore.importers.base import Findings, Parsed
from provstore.importers.obscore.importer import read_obscore
from provstore.importers.registry import IMPORTERS, read_document, recognise

ROUNDS = 200
"""Changes of each file."""
SLOW = {".h5"}
"""Read by a process of their own each time: a few changes must do."""
STRANGE: tuple[Any, ...] = (
    None, True, 0, -1, 10**400, 1.5, "", "_:", ":", "no:x", "ex:", "_:id1", "\0", "\ud800",
    "ü" * 300, [], [[]], {}, {"$": 1}, {"$": "x", "type": "xsd:QName"}, {"$": "a", "lang": "en"},
    [1, None], {"prov:entity": []}, "bundle", "2026-99-99", "urn:uuid:", "http://[", "ivo://",
)  # fmt: skip
FRAGMENTS = (
    b"\xff", b"\0", b"NaN", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b",", b'"',
    b"\xef\xbb\xbf", b"1e999", b"null", b"[" * 2000, b'{"a":' * 2000, b"\r\n", b"\xe2\x80\xa8",
)  # fmt: skip


def cut(data: bytes, chance: random.Random) -> bytes:
    """The bytes up to somewhere."""
    return data[: chance.randrange(len(data) + 1)]


def insert(data: bytes, chance: random.Random) -> bytes:
    """A fragment put into the bytes, over some of them."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(FRAGMENTS) + data[start + chance.randrange(3) :]


def double(data: bytes, chance: random.Random) -> bytes:
    """Some of the bytes told twice."""
    start, end = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return data[:end] + data[start:]


def change(data: bytes, chance: random.Random) -> bytes:
    """A byte changed."""
    index = chance.randrange(len(data))
    return data[:index] + bytes([chance.randrange(256)]) + data[index + 1 :]


def twist(data: bytes, chance: random.Random) -> bytes:
    """The JSON with some values and keys replaced, still JSON; of other formats some pieces."""
    try:
        content, _ = json.JSONDecoder().raw_decode(data.decode())
    except ValueError:
        return exchange(data, chance)
    for _ in range(chance.randrange(1, 4)):
        _replace_somewhere(content, chance)
    return encoded(content)


def exchange(data: bytes, chance: random.Random) -> bytes:
    """A few pieces of a text, quoted or tagged, in the place of others."""
    pieces = re.split(rb"([<>\"'\s=:]+)", data)
    for _ in range(chance.randrange(1, 4)):
        strange = str(chance.choice(STRANGE)).encode(errors="replace")
        pieces[chance.randrange(len(pieces))] = chance.choice([strange, chance.choice(pieces)])
    return b"".join(pieces)


def _replace_somewhere(content: Any, chance: random.Random) -> None:  # noqa: ANN401  any JSON
    while isinstance(content, (dict, list)) and content:
        key = chance.choice(list(content) if isinstance(content, dict) else range(len(content)))
        if chance.random() < 0.3 or not isinstance(content[key], (dict, list)):
            if isinstance(content, dict) and chance.random() < 0.3:
                content[str(chance.choice(STRANGE))] = content.pop(key)
            else:
                content[key] = deepcopy(chance.choice(STRANGE))
            return
        content = content[key]


MUTATIONS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    cut, insert, double, change, twist, twist, twist,
)  # fmt: skip


def read_or_refuse(data: bytes, name: str | None) -> bool:
    """Whether the bytes are taken; anything but that and a refusal is an error of the test."""
    try:
        parsed = read_document(data, format=name)
    except (RefusedDocumentError, UnknownFormatError) as refusal:
        findings = refusal.findings if isinstance(refusal, RefusedDocumentError) else ()
        json.dumps([finding.as_json() for finding in findings]).encode()
        return False
    _check(parsed, data)
    return True


def _check(parsed: Parsed, data: bytes) -> None:
    """What is taken can be stored: texts are Unicode, and parts lie within the bytes, in order."""
    end = 0
    for part in parsed.parts:
        assert end <= part.start < part.end <= len(data)
        end = part.end
        repr(part.document.elements).encode()
        "".join(part.document.told()).encode()
        assert all(relation.key for relation in part.document.relations)


def readers_of(data: bytes) -> list[str | None]:
    """Whom to give a changed file: mostly the importer of the file as it was, or any."""
    try:
        own: str | None = recognise(data).name
    except UnknownFormatError:
        own = None
    others = [importer.name for importer in IMPORTERS]
    return [*[own] * 2 * len(others), *[None] * 5, *others]


def fuzz(path: Path) -> dict[bool, int]:
    """How many changed versions of a file were taken and refused."""
    counts = {True: 0, False: 0}
    told = path.read_bytes()
    names = readers_of(told)
    for turn in range(5 if path.suffix in SLOW else ROUNDS):
        chance = random.Random(f"{path.name} {turn}")  # noqa: S311  a repeatable choice, no secret
        data = chance.choice(MUTATIONS)(told, chance)
        counts[read_or_refuse(data, chance.choice(names))] += 1
    return counts


def fuzz_all(paths: list[Path]) -> None:
    counts = [fuzz(path) for path in paths]
    assert len(counts) > 10
    assert sum(count[True] for count in counts) > 10
    assert sum(count[False] for count in counts) > 10


def test_changed_files_of_our_own_are_read_or_refused(data: Path) -> None:
    fuzz_all(sorted(path for path in data.rglob("*") if path.is_file()))


@pytest.mark.samples
def test_every_changed_file_of_real_software_is_read_or_refused(samples: Path) -> None:
    fuzz_all(sorted(path for path in samples.rglob("*") if path.is_file()))


TABLES = ("gammapy/generated-2.1/*.ecsv", "gammapy/generated-2.1/*.vot", "ivoa-std-ObsCore/*.xml")


@pytest.mark.samples
def test_changed_tables_of_obscore_are_read_or_refused(samples: Path) -> None:
    counts = {True: 0, False: 0}
    for path in sorted(path for pattern in TABLES for path in samples.glob(pattern)):
        told = path.read_bytes()
        for turn in range(30):
            chance = random.Random(f"{path.name} {turn}")  # noqa: S311  a repeatable choice, no secret
            counts[_table_is_read(chance.choice(MUTATIONS[:4])(told, chance))] += 1
    assert min(counts.values()) > 5


def _table_is_read(data: bytes) -> bool:
    findings = Findings()
    try:
        read_obscore(data, findings)
        findings.refuse_if_any()
    except (RefusedDocumentError, UnknownFormatError):
        return False
    return True
