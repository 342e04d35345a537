"""A job with its description and its URL, as one document."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.reading import attribute, refused, rules, told

from provstore.importers.registry import read_document
from provstore.importers.uws.push import (
    BadPartsError,
    JobParts,
    declared_boundary,
    form_parts,
    packed,
    unpacked,
)
from provstore.model.identifiers import VOPROV, Iri
from provstore.model.records import Relation
from provstore.model.vocabulary import Kind

OPUS = "http://opus.example"
SENT = (
    b'a preamble\r\n--x\r\nContent-Disposition: form-data; name="job"; filename="j.xml"\r\n'
    b"Content-Type: text/xml\r\n\r\n<job/>\r\n--x\r\n"
    b'content-disposition: form-data; name="url"\r\n\r\nhttps://a.example/1\r\n--x--\r\n'
)


@given(
    st.binary(min_size=1),
    st.none() | st.binary(min_size=1),
    st.none()
    | st.text(min_size=1).filter(lambda text: text.strip() == text and text.isprintable()),
)
def test_what_is_packed_is_unpacked(job: bytes, description: bytes | None, url: str | None) -> None:
    parts = JobParts(job, description, url)
    alone = description is None and url is None
    assert packed(parts) == packed(parts)
    if alone:
        assert packed(parts) == job
    else:
        assert unpacked(packed(parts)) == parts


def test_a_body_as_browsers_and_curl_send_it() -> None:
    boundary = declared_boundary('multipart/form-data; charset=utf-8; boundary="x"')
    assert boundary == b"x"
    assert form_parts(SENT, boundary) == JobParts(b"<job/>", None, "https://a.example/1")


def test_another_type_has_no_boundary() -> None:
    assert declared_boundary("text/xml; boundary=x") is None


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        (b'name="url"', b'name="job"', "told twice"),
        (b'name="url"', b'name="cat"', "none of"),
        (b"--x--", b"", "end mark"),
        (b'name="job"', b'name="description"', "no part 'job'"),
        (b"\r\n\r\n<job/>", b"", "no end"),
        (b'name="url"', b"", "no name"),
        (b"https://a.example/1", b"\xff", "UTF-8"),
        (b"\r\n--x--", b"\r\n--x" * 50 + b"\r\n--x--", "more than 3"),
    ],
)
def test_refused_bodies(old: bytes, new: bytes, why: str) -> None:
    with pytest.raises(BadPartsError, match=why):
        form_parts(SENT.replace(old, new), b"x")


@pytest.fixture
def job(data: Path) -> bytes:
    return (data / "uws/standard-completed.xml").read_bytes()


@pytest.fixture
def description(data: Path) -> bytes:
    return (data / "uws/cube_vot.xml").read_bytes()


def ends(relations: list[Relation], kind: str) -> list[tuple[str | None, ...]]:
    return [relation.ends for relation in relations if relation.type.name == kind]


def test_roles_and_parameters_are_tied_to_what_describes_them(
    job: bytes, description: bytes
) -> None:
    found = read_document(packed(JobParts(job, description)))
    (part,) = found.parts
    assert (part.start, part.end) == (0, len(packed(JobParts(job, description))))
    subject = part.subject
    assert subject == "https://jobs.example/spectra/a1b2"
    relations = part.document.relations
    # where nothing tells the address of OPUS, descriptions are local to the source
    assert (subject, "jdl/cube") in ends(relations, "isDescribedBy")
    parameter = (f"{subject}/parameters/emin", "jdl/cube/votable#emin")
    assert parameter in ends(relations, "isDescribedBy")
    descriptors = {
        relation.end(1 if relation.type.name == "used" else 0): attribute(
            relation.attributes, VOPROV + "descriptor"
        )
        for relation in relations
        if any(name == VOPROV + "descriptor" for name, _ in relation.attributes)
    }
    assert descriptors == {
        "https://archive.example/events/1.fits": Iri("jdl/cube#events"),
        f"{subject}/results/spectrum": Iri("jdl/cube#spectrum"),
    }
    label = dict(told(part.document, subject, Kind.ACTIVITY))
    assert "cube" in repr(label)


def test_an_opus_job_and_its_description_have_one_base(data: Path, description: bytes) -> None:
    job = (data / "uws/opus-aborted.xml").read_bytes()
    (part,) = read_document(packed(JobParts(job, description))).parts
    assert (part.subject, f"{OPUS}/jdl/cube") in ends(part.document.relations, "isDescribedBy")
    assert told(part.document, f"{OPUS}/jdl/cube#events", Kind.ENTITY)


def test_the_url_names_a_job_that_does_not_say_it(data: Path) -> None:
    job = (data / "uws/standard-failed.xml").read_bytes()
    found = read_document(packed(JobParts(job, url="https://jobs.example//tap/async/77/")))
    assert [part.subject for part in found.parts] == ["https://jobs.example/tap/async/77"]
    assert found.findings == []


def test_the_links_of_an_opus_job_come_first(data: Path) -> None:
    """Its own provenance documents use them, whatever the server is called outside."""
    job = (data / "uws/opus-aborted.xml").read_bytes()
    found = read_document(packed(JobParts(job, url="https://outside.example/rest/cube/0a0b0c")))
    assert [part.subject for part in found.parts] == [f"{OPUS}/rest/cube/0a0b0c"]
    assert "uws/other-url" in [finding.rule for finding in found.findings]


@pytest.mark.parametrize("url", ["ftp://a.example/1", "a/b", "https://a b.example/", "http://["])
def test_a_url_that_is_none_is_refused(job: bytes, url: str) -> None:
    assert rules(refused(packed(JobParts(job, url=url)), "uws")) == [("uws/bad-url", "url")]


def test_what_is_wrong_with_the_description_says_so(job: bytes) -> None:
    found = refused(packed(JobParts(job, b"<nothing/>")), "uws")
    assert rules(found) == [("job-description/root", "description, line 1")]


def test_a_broken_body_is_refused() -> None:
    assert rules(refused(b'--x\r\nname="job"', "uws")) == [("uws/parts", "")]
