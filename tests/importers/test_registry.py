"""Formats are recognised by content; what a sender calls them is a hint."""

import gc
from pathlib import Path

import pytest
from support.reading import encoded

from provstore.errors import BadParameterError, RefusedDocumentError, UnknownFormatError
from provstore.importers.registry import IMPORTERS, read_document, recognise

ACTIVITY = {
    "activity_name": "ctapipe-process",
    "activity_uuid": "7c152d08-fcc0-436c-8b84-8b7c5d35b9b2",
    "start": {"time_utc": "2026-11-20T18:46:49.118"},
}


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ({}, "prov-json"),
        (" \n{ }\n", "prov-json"),
        ({"prefix": {}}, "prov-json"),
        ({"note": 1, "entity": {}}, "prov-json"),
        ({"activityDescription": {}}, "prov-json"),
        ({"entity": {"ex:a": {"activity_name": "x"}}}, "prov-json"),
        ({"bundle": {"b": {}}}, "prov-json"),
        ({"entity": []}, "prov-json"),
        ([ACTIVITY], "ctapipe"),
        (ACTIVITY, "ctapipe"),
        ([{"activity_name": "of 2017"}], "ctapipe"),
        ({"activity_name": "no log", "entity": {}}, "prov-json"),
        (encoded([ACTIVITY]) + encoded([ACTIVITY]), "ctapipe"),
        (encoded(ACTIVITY) + b"\n" + encoded(ACTIVITY), "ctapipe"),
        (b"\xef\xbb\xbf" + encoded({"entity": {}}), "prov-json"),
        ('{"entity": {}}'.encode("utf-16"), "prov-json"),
        ('{"entity": {}}'.encode("utf-32-le"), "prov-json"),
        (b'{"entity": {"a": {}}, "b": "' + b"x" * 100_000, "prov-json"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_content_decides(content: object, name: str) -> None:
    assert recognise(encoded(content), media_type="text/plain").name == name
    assert recognise(encoded(content), "auto").name == name


@pytest.mark.parametrize("content", ["", "no json", "[]", "5", "<a/>", {"foo": 1}, b"\xff\xfe\x00"])
def test_what_nobody_recognises_is_refused_with_the_known_names(content: object) -> None:
    with pytest.raises(UnknownFormatError, match=r"known are .*ctapipe, .*prov-json"):
        recognise(encoded(content))


def test_a_declared_type_helps_where_content_says_nothing() -> None:
    assert recognise(b"no json", media_type="Application/JSON; charset=utf-8").name == "prov-json"
    with pytest.raises(UnknownFormatError):
        recognise(b"no json", media_type="text/plain")


def test_a_named_format_is_not_questioned() -> None:
    assert recognise(encoded({"entity": {}}), "ctapipe").name == "ctapipe"
    with pytest.raises(BadParameterError, match=r"format='mist' .*: auto, .*ctapipe, .*prov-json"):
        recognise(b"{}", "mist")


def test_names_are_unique() -> None:
    names = [importer.name for importer in IMPORTERS]
    assert len(set(names)) == len(names)


def test_the_part_of_a_document_is_all_of_it() -> None:
    data = b' {"entity": {"urn:a:\xc3\xa9": {}}}\n'
    parsed = read_document(data)
    ((document, start, end, subject),) = parsed.parts
    assert (parsed.format, start, end, subject) == ("prov-json", 0, len(data), None)
    assert list(document.told()) == ["urn:a:\xe9"]


def test_a_byte_order_mark_is_passed_over() -> None:
    parsed = read_document(b'\xef\xbb\xbf{"entity": {"urn:a": {}}}')
    assert [(f.severity.value, f.rule) for f in parsed.findings] == [
        ("info", "text/byte-order-mark")
    ]


def test_a_refusal_carries_warnings_too() -> None:
    with pytest.raises(RefusedDocumentError) as refusal:
        read_document(encoded({"used": {"_:1": {}}, "mist": {}}))
    assert [finding.rule for finding in refusal.value.findings] == [
        "prov/missing-end",
        "prov-json/unknown-section",
    ]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_left_as_it_was(*, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        read_document(b"{}")
        with pytest.raises(RefusedDocumentError):
            read_document(b'{"mist": {}, "entity": {}}')
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()


FORMATS_OF = {
    "metadata": {".txt": "gadf"},
    "rdf": {".ttl": "turtle", ".trig": "trig", ".nt": "n-triples", ".nq": "n-quads"}
    | {".rdf": "rdf-xml"},
    "uws": {"_vot.xml": "job-description"},
}
"""Folder of our own files and how a name ends to the format; else `FORMAT_OF`."""
FORMAT_OF = {"metadata": "cta-metadata"}
"""Folder to its format where that is not its name."""


def test_our_own_files_are_recognised(data: Path) -> None:
    folders = [folder for folder in data.iterdir() if folder.name != "obscore"]
    for path in sorted(path for folder in folders for path in folder.iterdir()):
        folder = path.parent.name
        ends = FORMATS_OF.get(folder, {})
        expected = [name for end, name in ends.items() if path.name.endswith(end)]
        found = recognise(path.read_bytes()).name
        assert found == (expected or [FORMAT_OF.get(folder, folder)])[0], path


SHARED_LOOKS = {
    ("json-ld", "prov-json"),  # a term of its context may have the name of a section
    ("cta-metadata", "gadf"),  # a header may hold both
    ("lstosa", "logprov"),  # lstosa logs by logprov
    ("n-quads", "turtle"),
    ("n-triples", "turtle"),
    ("trig", "turtle"),
}
"""Which formats look alike: the first is asked before the other."""


def test_no_other_two_importers_take_one_file_for_theirs(data: Path) -> None:
    for path in sorted(path for path in data.rglob("*") if path.is_file()):
        head = path.read_bytes()[:65_536]
        found = tuple(importer.name for importer in IMPORTERS if importer.sniff(head))
        assert len(found) < 2 or found in SHARED_LOOKS, path


@pytest.mark.samples
def test_no_two_importers_take_one_sample_for_theirs(samples: Path) -> None:
    for path in sorted(path for path in samples.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            head = file.read(65_536)
        found = tuple(importer.name for importer in IMPORTERS if importer.sniff(head))
        assert len(found) < 2 or found in SHARED_LOOKS, path
