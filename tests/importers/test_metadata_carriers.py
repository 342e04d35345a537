"""The same metadata in every kind of file become the same statements."""

import base64
import gzip
import io
import json
import random
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from time import process_time

import h5py
import numpy as np
import pytest
from astropy.io import fits
from astropy.table import Table
from hypothesis import given
from hypothesis import strategies as st
from support.reading import attribute, encoded, parsed, refused, rules, text, told

from provstore.errors import (
    NotInstalledError,
    ProvstoreError,
    RefusedDocumentError,
    UnknownFormatError,
)
from provstore.importers.base import Findings
from provstore.importers.metadata import hdf5 as file_headers_hdf5
from provstore.importers.metadata.cards import read_cards
from provstore.importers.metadata.fits import read_fits
from provstore.importers.registry import read_document
from provstore.importers.strict_json import Integer, Real
from provstore.model.document import Document
from provstore.model.identifiers import CTA, PROV, XSD
from provstore.model.literals import Literal
from provstore.model.vocabulary import Kind

# An HDF5 file of 4761 bytes with byte 203 changed to 255: the library 2.0 never ends over it.
ENDLESS = (
    "c-rgqaB<`1lHy|K;9!7(|4=Yf2*NjjimUuryzlSf62!z%At1oOkOY-Bhe~rXF)%VPhzc>VAdG+k9tQ>nW(Ix+5s;*F"
    "h@(P4kiSc)bBKbc3xgyhBLmPlFlGds#KFJ>vJQwhL(OJ{(&gXO@3=er`+)fZsB-_Iv}KZ!QA$!;vaY3Ns;RDtK}w>o"
    "Wm2jkh-;FXWSnYXU}OqX#{^XmqpNEfP{0CyhEXsIM!_f;1*2dTjDk@x3P!;w7zLwX6bujm4?!?8Ffy`0`tHmk42;;u"
    "5LlTQ7@3(kgn%j-_X|Sw3cw6GF!aM=$JFTSApgV0NSI(@qcGo<D;pVCFoB0^&<AB812$}Ypde#T$uZmv3mrFVIZ^W4"
    "Ek%E44{z-Dvx$Oi<|-)4FH6l!%u7x^4~?aG_vjS>+evQ3"
)
UUID = "9b22dbfc-99e5-40da-9be1-99e4eb3e0025"
PRODUCT = "urn:uuid:" + UUID
FLAT = {
    "CTA PRODUCT ID": UUID,
    "CTA PRODUCT DATA LEVELS": "DL1,DL2",
    "CTA PRODUCT DATA MODEL URL": "",
    "CTA PRODUCT CREATION TIME": "2026-11-20 18:46:49.843",
    "CTA PRODUCT DESCRIPTION": "it's / a file",
    "CTA PROCESS ID": "01",
    "CTA ACTIVITY ID": "7c152d08-fcc0-436c-8b84-8b7c5d35b9b2",
    "CTA ACTIVITY NAME": "ctapipe-process",
}


def only(data: bytes, name: str = "cta-metadata") -> Document:
    result = read_document(data)
    assert result.format == name
    (part,) = result.parts
    assert (part.start, part.end) == (0, len(data))
    return part.document


def fits_file(
    keys: Mapping[str, object], columns: Mapping[str, list[float]] | None = None
) -> bytes:
    """A FITS file with these cards in its primary header, and a table."""
    primary = fits.PrimaryHDU()
    for key, value in keys.items():
        primary.header["HIERARCH " + key if " " in key else key] = value
    told = [fits.Column(name, "D", array=array) for name, array in (columns or {}).items()]
    table = fits.BinTableHDU.from_columns(told, name="DATA")
    buffer = io.BytesIO()
    fits.HDUList([primary, table]).writeto(buffer)
    return buffer.getvalue()


def card(keyword: str, value: str) -> bytes:
    """The start of a card, as astropy writes numbers."""
    return f"{keyword:<8}= {value:>20}".encode()


def header(*cards: str) -> bytes:
    """A header of these cards, filled up to whole blocks."""
    text = "".join(told.ljust(80) for told in (*cards, "END"))
    return text.ljust(-(-len(text) // 2880) * 2880).encode()


def hdf5_file(keys: Mapping[str, object], logs: Mapping[str, object] | None = None) -> bytes:
    """An HDF5 file with these attributes, and logs as lstchain writes them."""
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for key, value in keys.items():
            file.attrs[key] = value
        for stage, log in (logs or {}).items():
            file[f"provenance/{stage}"] = json.dumps(log)
        file["data"] = np.arange(1000)
    return buffer.getvalue()


def as_ecsv(keys: Mapping[str, str]) -> bytes:
    """An ECSV table with these keys in its meta, as astropy writes it."""
    buffer = io.StringIO()
    Table({"a": [1, 2]}, meta=dict(keys)).write(buffer, format="ascii.ecsv")
    return buffer.getvalue().encode()


def as_dump(keys: Mapping[str, object]) -> bytes:
    """The headers of a FITS file as text."""
    with fits.open(io.BytesIO(fits_file(keys))) as hdus:
        return "\n".join(hdu.header.tostring(sep="\n", padding=False) for hdu in hdus).encode()


CARRIERS: Mapping[str, Callable[[Mapping[str, str]], bytes]] = {
    "json": lambda keys: encoded(dict(keys)),
    "json, wrapped": lambda keys: encoded({"title": "x", "metadata": dict(keys)}),
    "yaml": lambda keys: "\n".join(f"{k}: {json.dumps(v)}" for k, v in keys.items()).encode(),
    "ecsv": as_ecsv,
    "fits": fits_file,
    "fits dump": as_dump,
    "hdf5": hdf5_file,
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_all_carriers_say_the_same(carrier: str) -> None:
    said = only(CARRIERS[carrier](FLAT))
    product = told(said, PRODUCT, Kind.ENTITY)
    if carrier.startswith("fits"):  # the headers of a FITS file say a little more
        product = tuple(pair for pair in product if ":fits:" not in pair[0])
        said.elements = {**said.elements, next(iter(said.elements)): product}
    assert said == only(encoded(FLAT))
    assert text(product, CTA + "CTA PRODUCT DESCRIPTION") == "it's / a file"
    assert attribute(product, CTA + "CTA PROCESS ID") == Literal("01")


def test_an_ecsv_header_is_read_without_the_classes_that_its_tags_name(data: Path) -> None:
    document = only((data / "metadata/dl2.ecsv").read_bytes())
    product = told(document, "urn:uuid:4f7b0c9e-52a1-4b63-8a3b-8d1b6c1d2e3f", Kind.ENTITY)
    assert attribute(product, CTA + "CTA PROCESS ID") == Literal("0042")


class TestFits:
    def test_data_are_stepped_over(self) -> None:
        data = fits_file(FLAT, {"x": [1.0] * 5000})
        findings = Findings()
        headers = read_fits(data, findings)
        assert (len(headers.headers), headers.columns) == (2, frozenset({"x"}))
        assert findings.items == []

    def test_random_groups_are_stepped_over(self) -> None:
        groups = ("BITPIX  = 8", "NAXIS   = 2", "NAXIS1  = 0", "NAXIS2  = 3000", "GROUPS  = T",
                  "PCOUNT  = 2", "GCOUNT  = 4")  # fmt: skip
        data = header("SIMPLE  = T", *groups) + bytes(5 * 2880)  # 4 (2 + 3000) bytes, filled up
        data += header("XTENSION= 'IMAGE'", "BITPIX  = 8", "NAXIS   = 0", "ORIGIN  = 'x'")
        findings = Findings()
        assert [len(told.keys) for told in read_fits(data, findings).headers] == [8, 4]
        assert findings.items == []

    def test_headers_without_their_data_are_enough(self) -> None:
        data = fits_file(FLAT, {"x": [1.0] * 5000})
        result = parsed(data[: 3 * 2880], "cta-metadata")
        assert ("fits/truncated", "HDU 1") in rules(result.findings)
        assert told(result.parts[0].document, PRODUCT, Kind.ENTITY)

    def test_keys_of_an_extension_without_an_id_are_of_the_first_product(self) -> None:
        primary = fits.PrimaryHDU()
        primary.header["HIERARCH CTA PRODUCT ID"] = UUID
        image = fits.ImageHDU(np.zeros((3, 3)))
        image.header["HIERARCH CTA PROCESS ID"] = 5
        buffer = io.BytesIO()
        fits.HDUList([primary, image]).writeto(buffer)
        (telling,) = only(buffer.getvalue()).elements
        assert telling.iri == PRODUCT

    def test_keys_far_behind_are_found(self) -> None:
        primary = fits.PrimaryHDU(np.zeros(20_000))
        image = fits.ImageHDU()
        image.header["HIERARCH CTA PRODUCT ID"] = UUID
        buffer = io.BytesIO()
        fits.HDUList([primary, image]).writeto(buffer)
        assert told(only(buffer.getvalue(), "gadf"), PRODUCT, Kind.ENTITY)

    @pytest.mark.parametrize(
        ("card", "value"),
        [
            ("A       =                  1.50 / x", Real("1.50")),
            ("A       =                 1.5D+08", Real("1.5E+08")),
            ("A       =                   007", Integer("007")),
            ("A       = 'it''s  '           / it's", "it's"),
            ("A       = '  lead'", "  lead"),
            ("A       = ''", ""),
            ("A       =                    F / no", False),
            ("A       =", None),
            ("A       = (1.0, 2.0)", "(1.0, 2.0)"),
            ("A       = 12345678901234567890", Integer("12345678901234567890")),
        ],
    )
    def test_values_keep_their_form(self, card: str, value: object) -> None:
        assert read_cards([card], Findings(), "HDU 0") == {"A": value}

    def test_long_texts_are_united(self) -> None:
        cards = ["A       = 'first &'", "CONTINUE  'second&'", "CONTINUE  '' / x", "B       = 'b&'"]
        assert read_cards(cards, Findings(), "HDU 0") == {"A": "first second", "B": "b&"}

    @pytest.mark.parametrize(
        "card", ["A       = 'open", "A       = 1 2", "a b c   = 1", "A       = \xe9", "HIERARCH x"]
    )
    def test_what_is_no_card_is_told(self, card: str) -> None:
        findings = Findings()
        assert read_cards(["B       = 1", card], findings, "HDU 3") == {"B": Integer("1")}
        assert rules(findings.items) == [("fits/bad-card", "HDU 3, card 2")]

    def test_several_values_of_a_keyword_are_all_kept(self) -> None:
        findings = Findings()
        cards = ["A       = 1", "A       = 1", "A       = 2", "A       = 3"]
        assert read_cards(cards, findings, "HDU 0") == {
            "A": [Integer("1"), Integer("2"), Integer("3")]
        }
        assert rules(findings.items) == [("fits/repeated-keyword", "HDU 0/A")] * 2

    @given(
        st.dictionaries(
            st.from_regex(r"[A-Z][A-Z0-9]{2,6}[A-Z]", fullmatch=True),
            st.one_of(
                st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200),
                st.integers(-(2**63), 2**63),
                st.booleans(),
                st.floats(allow_nan=False, allow_infinity=False, width=32),
            ),
            max_size=8,
        )
    )
    def test_astropy_reads_the_same_values(self, keys: dict[str, object]) -> None:
        header = fits.Header()
        for key, value in keys.items():
            header[f"HIERARCH {key} VALUE"] = value if len(str(value)) < 40 else "long"
            header[key[:8]] = value
        cards = header.tostring(padding=False)
        read = read_cards(
            [cards[at : at + 80] for at in range(0, len(cards) - 80, 80)], Findings(), "HDU 0"
        )
        oracle = fits.Header.fromstring(cards)
        assert set(read) == set(oracle) - {""}
        for key, value in read.items():
            if isinstance(value, Integer | Real):
                assert float(value.lexical) == float(oracle[key])
            else:
                assert value == oracle[key]

    @pytest.mark.parametrize(
        ("old", "new", "rule"),
        [
            (b"END".ljust(80), b"ENDE".ljust(80), "fits/no-end"),
            (card("BITPIX", "8"), card("BITPIX", "9"), "fits/structure"),
            (card("NAXIS", "0"), card("NAXIS", "'two'"), "fits/structure"),
            (card("PCOUNT", "0"), card("PCOUNT", "-1"), "fits/structure"),
        ],
    )  # fmt: skip
    def test_what_cannot_be_read_is_refused(self, old: bytes, new: bytes, rule: str) -> None:
        broken = fits_file(FLAT, {"x": [1.0]}).replace(old, new)
        assert [found for found, _ in rules(refused(broken, "cta-metadata"))] == [rule]

    def test_what_is_no_fits_is_an_error(self) -> None:
        findings = Findings()
        assert read_fits(b"no FITS", findings).headers == []
        assert rules(findings.items) == [("fits/structure", "HDU 0")]

    def test_a_header_without_end_is_refused_fast(self) -> None:
        card = b"SIMPLE  =                    T".ljust(80)
        assert rules(refused(card + b"A       = 1".ljust(80) * 500_000, "gadf")) == [
            ("fits/no-end", "HDU 0")
        ]

    def test_sizes_that_no_file_has_are_refused_or_told(self) -> None:
        cards = [
            "SIMPLE  =                    T",
            "BITPIX  =                  -64",
            "NAXIS   =                  999",
            *[f"NAXIS{n:<3}= 99999999999999999999" for n in range(1, 1000)],
            "ORIGIN  = 'x'",
            "END",
        ]
        data = "".join(card.ljust(80) for card in cards).encode()
        result = parsed(data + b" " * (-len(data) % 2880), "gadf")
        assert rules(result.findings) == [("fits/truncated", "HDU 0")]


class TestHdf5:
    def test_values_of_all_types(self) -> None:
        keys = {
            **FLAT,
            "CTA PROCESS ID": np.int64(20136),
            "CTA PROCESS SUBTYPE": h5py.Empty("S1"),
            "CTA PRODUCT DATA LEVELS": ["DL1", "DL2"],
            "CTA PRODUCT FORMAT": np.bytes_(b"hdf5"),
            "CTA PRODUCT X": 1.5,
            "CTA PRODUCT Y": np.True_,
            "CLASS": "GROUP",
        }
        product = told(only(hdf5_file(keys)), PRODUCT, Kind.ENTITY)
        assert attribute(product, CTA + "CTA PROCESS ID") == Literal("20136", XSD + "int")
        assert text(product, CTA + "CTA PROCESS SUBTYPE") == ""
        assert text(product, CTA + "CTA PRODUCT DATA LEVELS") == "DL1,DL2"
        assert text(product, CTA + "CTA PRODUCT FORMAT") == "hdf5"
        assert attribute(product, CTA + "CTA PRODUCT X") == Literal("1.5", XSD + "double")
        assert attribute(product, CTA + "CTA PRODUCT Y") == Literal("true", XSD + "boolean")
        assert not [key for key, _ in product if "CLASS" in key]

    def test_logs_of_lstchain_are_read_as_logs_of_ctapipe(self) -> None:
        log = {
            "activity_name": "lstchain_r0_to_dl1",
            "activity_uuid": FLAT["CTA ACTIVITY ID"],
            "status": "running",
            "input": [{"url": "/data/raw.fits.fz", "role": "r0", "reference_meta": None}],
            "system": {"environment": {"USER": "operator"}},
        }
        document = only(hdf5_file(FLAT, {"dl1": log}))
        activity = told(document, "urn:uuid:" + FLAT["CTA ACTIVITY ID"], Kind.ACTIVITY)
        assert text(activity, "urn:x-provstore:status") == "running"
        names = {value for key, value in activity if key == PROV + "label"}
        assert names == {Literal("ctapipe-process"), Literal("lstchain_r0_to_dl1")}
        assert ("used", ("urn:uuid:" + FLAT["CTA ACTIVITY ID"], "/data/raw.fits.fz")) in [
            (r.type.name, r.ends) for r in document.relations
        ]
        assert "operator" not in repr(document.elements)

    def test_a_log_alone_is_enough(self) -> None:
        log = {"activity_name": "a", "activity_uuid": UUID}
        assert told(only(hdf5_file({}, {"dl1": log})), PRODUCT, Kind.ACTIVITY)

    def test_a_log_that_is_none_is_refused_with_its_place(self) -> None:
        assert rules(refused(hdf5_file(FLAT, {"dl1": {"a": 1}}), "cta-metadata")) == [
            ("ctapipe/no-identity", "/provenance/dl1/0")
        ]

    def test_a_log_that_is_no_json_is_refused(self) -> None:
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            file["provenance/dl1"] = "[{"
        assert rules(refused(buffer.getvalue(), "cta-metadata")) == [
            ("cta/bad-log", "/provenance/dl1"),
            ("json/syntax", "/provenance/dl1"),
        ]

    def test_without_h5py_it_is_told_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        interpreter, _, program = file_headers_hdf5._COMMAND
        bare = (interpreter, "-I", "-S", program)  # without what is installed
        monkeypatch.setattr(file_headers_hdf5, "_COMMAND", bare)
        with pytest.raises(NotInstalledError, match=r"provstore\[files\]"):
            read_document(hdf5_file(FLAT))

    def test_nothing_outside_the_file_is_followed(self, tmp_path: Path) -> None:
        other = tmp_path / "other.h5"
        secret = json.dumps({"activity_name": "secret", "activity_uuid": UUID})
        with h5py.File(other, "w") as file:
            file["log"] = secret
        (tmp_path / "raw").write_text(secret)
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            file.attrs.update(FLAT)
            group = file.create_group("provenance")
            group["external"] = h5py.ExternalLink(str(other), "/log")
            group["soft"] = h5py.SoftLink("/provenance/external")
            layout = h5py.VirtualLayout((), dtype=h5py.string_dtype())
            layout[()] = h5py.VirtualSource(other, "log", ())
            group.create_virtual_dataset("virtual", layout)
            group.create_dataset(
                "stored", (1,), f"S{len(secret)}", external=[(str(tmp_path / "raw"), 0, 4096)]
            )
        result = read_document(buffer.getvalue())
        assert "secret" not in repr(result.parts[0].document.elements)
        left_out = {found.place for found in result.findings if found.rule == "hdf5/left-out"}
        assert left_out == {"/provenance/virtual", "/provenance/stored"}

    def test_a_file_that_cannot_be_read_is_refused(self) -> None:
        (found,) = refused(hdf5_file(FLAT)[:300], "cta-metadata")
        assert (found.rule, found.value) == ("hdf5/unreadable", "OSError")

    @pytest.mark.parametrize("turn", range(6))
    def test_a_changed_file_is_read_or_refused_and_ends_no_process(self, turn: int) -> None:
        chance = random.Random(turn)  # noqa: S311  a repeatable choice, no secret
        data = bytearray(hdf5_file(FLAT, {"dl1": {"activity_name": "a", "activity_uuid": UUID}}))
        for _ in range(chance.choice((1, 4, 40))):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read_document(bytes(data), format="cta-metadata")
        except RefusedDocumentError as refusal:
            json.dumps([found.as_json() for found in refusal.findings])

    def test_a_file_over_which_the_library_never_ends_is_refused(self) -> None:
        data = zlib.decompress(base64.b85decode(ENDLESS))
        (found,) = refused(data, "cta-metadata")
        assert (found.rule, found.value) in {
            ("hdf5/unreadable", "SIGXCPU"),
            ("hdf5/unreadable", "OSError"),  # of a library that has learnt better
        }


class TestTablesOfDatasets:
    MESSAGE = "a table of datasets .* PUT /api/v1/obscore"

    @pytest.fixture
    def table(self, data: Path, request: pytest.FixtureRequest) -> bytes:
        field = '<FIELD name="obs_publisher_did" datatype="char" arraysize="*"/>'
        return {
            "fits": fits_file({"ORIGIN": "x"}, {"OBS_PUBLISHER_DID": [1.0]}),
            "ecsv": (data / "obscore/night.ecsv").read_bytes(),
            "votable": f"<VOTABLE><RESOURCE><TABLE>{field}</TABLE></RESOURCE></VOTABLE>".encode(),
        }[request.param]

    @pytest.mark.parametrize("table", ["fits", "ecsv", "votable"], indirect=True)
    def test_are_told_where_to_go(self, table: bytes) -> None:
        with pytest.raises(UnknownFormatError, match=self.MESSAGE):
            read_document(table)

    @pytest.mark.parametrize(
        ("table", "name"), [("fits", "gadf"), ("ecsv", "cta-metadata")], indirect=["table"]
    )
    def test_are_told_so_where_they_are_called_something_else(
        self, table: bytes, name: str
    ) -> None:
        (found,) = refused(table, name)
        assert found.rule == "obscore/not-a-document"
        assert "PUT /api/v1/obscore" in found.message

    def test_with_metadata_of_their_own_are_read(self) -> None:
        buffer = io.StringIO()
        Table({"obs_publisher_did": ["a"]}, meta=FLAT).write(buffer, format="ascii.ecsv")
        assert told(only(buffer.getvalue().encode()), PRODUCT, Kind.ENTITY)
        data = fits_file(FLAT, {"obs_publisher_did": [1.0]})
        assert told(only(data), PRODUCT, Kind.ENTITY)


def test_gzip_within_is_not_undone_here() -> None:
    with pytest.raises(RefusedDocumentError):
        read_document(gzip.compress(fits_file(FLAT)), format="cta-metadata")


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"# %ECSV 1.0\n# ---\n# a: [" + b"[" * 10_000, "yaml/syntax"),
        (b"# %ECSV 1.0\n# a: " + b"[" * 200 + b"]" * 200, "yaml/too-deep"),
        (b"# %ECSV 1.0\n# a: &x [1]\n# b: *x\n", "yaml/alias"),
        (b"# %ECSV 1.0\n# - 5\n", "json/wrong-type"),
        (b"# %ECSV 1.0\n" + b"# a: 1\n" * 60_000, "ecsv/too-large"),
        (b"# %ECSV 1.0\n# datatype: 7\n# meta: 5\n", "cta/no-metadata"),
        (b'{"CTA PRODUCT ID": ' + b"[" * 10_000, "json/too-deep"),
        (b'{"CTA PRODUCT ID": ' + b"[" * 200 + b"]" * 200 + b"}", "json/too-deep"),
        (b'{"cta": ' + b'{"a": ' * 99 + b"1" + b"}" * 100, "json/too-deep"),
        (b'{"CTA PRODUCT ID": "\xff"}', "text/encoding"),
        (b'{"CTA PRODUCT ID": "\\ud800"}', "json/character"),
        (b"cta:\n  a: &x 1\n  b: *x\n", "yaml/alias"),
    ],
)  # fmt: skip
def test_hostile_texts_are_refused(data: bytes, rule: str) -> None:
    assert rule in {found for found, _ in rules(refused(data, "cta-metadata"))}


@pytest.mark.parametrize(
    "data",
    [
        json.dumps({"CTA PRODUCT ID": "a", "CTA PRODUCT DESCRIPTION": "a" * 300_000}).encode(),
        b'{"cta": "' + b'\\"' * 30_000,
        b"CREATOR = 'a_&'\n" + b"CONTINUE  '__1.1.1.1.1.1.1 &'\n" * 5_000,
        b"SIMPLE  = T\nCREATOR = 'a'\n" + (b"HIERARCH" + b" " * 480 + b"=\n") * 10_000,
    ],
    ids=["long word", "text without an end", "long creator", "blank keywords"],
)
def test_long_texts_cost_no_more_than_their_length(data: bytes) -> None:
    started = process_time()
    with suppress(ProvstoreError):
        read_document(data)
    assert process_time() - started < 3
