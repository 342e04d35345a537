"""ObsCore tables of real software and of our own become records; each rule is broken once."""

import gzip
import io
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.obscore import GOOD, csv_of, read, rules, votable

from provstore.errors import ProvstoreError, Severity, TooLargeError, UnknownFormatError
from provstore.importers.obscore import tables as obscore_tables
from provstore.model.obscore import (
    COLUMNS,
    EXTENSION,
    HIGH_ENERGY,
    MANDATORY,
    OPTIONAL,
    TABLES,
)

HC = 1.239841984332e-6  # eV m (CODATA 2018): wavelength = HC / energy
EM_ERROR = "obscore:Char.SpectralAxis.Accuracy.StatError.Refval.value"


class TestColumns:
    def test_the_standard_asks_for_thirty_and_allows_thirty_more(self) -> None:
        assert (len(MANDATORY), len(OPTIONAL)) == (30, 30)
        assert (len(EXTENSION), len(HIGH_ENERGY)) == (9, 16)
        assert len({column.name for column in COLUMNS}) == 30 + 30 + 9 + 16

    def test_four_may_not_be_null(self) -> None:
        assert {c.name for c in COLUMNS if c.required} == set(GOOD)

    def test_units_and_ucds_are_those_of_the_virtual_observatory(self) -> None:
        from astropy.io.votable.ucd import check_ucd
        from astropy.units import Unit

        proposed = {"instr.detection", "phys.particle", "meta.ref.pdgid"}  # with the extension
        for column in COLUMNS:
            words = set(column.ucd.split(";"))
            if column.name != "t_intervals":  # its UCD is not decided
                assert check_ucd(column.ucd, check_controlled_vocabulary=not words & proposed)
            assert Unit(column.unit, format="vounit").to_string("vounit") is not None

    def test_the_observatory_adds_what_it_observed_with(self) -> None:
        ours = "site sub_array_name run_type data_quality calib_version reco_version reco_method"
        assert [c.name for c in EXTENSION] == [*ours.split(), "applied_cuts", "spectral_model"]

    def test_the_tables_share_the_identifier_alone(self) -> None:
        obscore, high_energy = ({c.name for c in TABLES[name]} for name in TABLES)
        assert list(TABLES) == ["obscore", "obscore_hea"]
        assert obscore & high_energy == {"obs_publisher_did"}
        assert obscore | high_energy == {c.name for c in COLUMNS}
        assert {"obs_mode", "pointing_mode"} <= high_energy

    @pytest.mark.parametrize(
        ("name", "told"),
        [
            ("calib_level", ("integer", "", "obscore:ObsDataset.calibLevel")),
            ("access_estsize", ("long", "kbyte", "obscore:Access.size")),
            ("s_xel2", ("long", "", "obscore:Char.SpatialAxis.numBins2")),
            ("s_region", ("region", "", "obscore:Char.SpatialAxis.Coverage.Support.Area")),
            ("obs_release_date", ("timestamp", "", "obscore:Curation.releaseDate")),
            ("t_exptime", ("real", "s", "obscore:Char.TimeAxis.Coverage.Support.Extent")),
            ("em_stat_error", ("real", "m", EM_ERROR)),
            ("o_unit", ("text", "", "obscore:Char.ObservableAxis.unit")),
            ("ev_xel", ("long", "", "")),
            ("s_ref_oaa", ("real", "deg", "")),
            ("energy_max", ("real", "eV", "")),
            ("t_intervals", ("intervals", "", "")),
            ("messenger_pdgid", ("text", "", "")),
        ],
    )
    def test_type_unit_and_utype(self, name: str, told: tuple[str, str, str]) -> None:
        [column] = [c for c in COLUMNS if c.name == name]
        assert (column.type, column.unit, column.utype) == told


class TestRealTables:
    HESS = "gammapy/generated-2.1/hess_dl3_dr1_obscore"

    @pytest.mark.samples
    def test_hess_rows_as_gammapy_wrote_them(self, samples: Path) -> None:
        records, findings = read((samples / f"{self.HESS}.ecsv").read_bytes())
        assert findings.items == []
        assert len(records) == 105
        first = records[0].values
        assert records[0].obs_publisher_did == "ivo://padc.obspm/hess#20136"
        assert (first["obs_id"], first["target_name"]) == ("20136", "MSH15-52")
        assert (first["calib_level"], first["access_estsize"]) == (2, 615)
        assert (first["s_ra"], first["s_dec"]) == (228.6125, -58.771666666667)
        assert (first["t_min"], first["t_max"]) == (53090.123451203704, 53090.14291879629)
        assert (first["s_region"], first["o_ucd"]) == (None, None)
        assert first["instrument_name"] == "H.E.S.S. Phase I"
        assert records[3].values["target_name"] == "3C 273"
        assert records[104].values["obs_id"] == "47829"

    @pytest.mark.samples
    def test_hess_energies_become_wavelengths_and_the_bounds_change_sides(
        self, samples: Path
    ) -> None:
        records, _ = read((samples / f"{self.HESS}.ecsv").read_bytes())
        # em_min is 0.2231970... TeV and em_max 104.28302... TeV in the file
        assert records[0].values["em_max"] == pytest.approx(HC / 0.22319704294204712e12, rel=1e-9)
        assert records[0].values["em_min"] == pytest.approx(HC / 104.28302001953125e12, rel=1e-9)

    @pytest.mark.samples
    def test_hess_is_the_same_as_votable(self, samples: Path) -> None:
        ecsv, _ = read((samples / f"{self.HESS}.ecsv").read_bytes())
        vot, findings = read((samples / f"{self.HESS}.vot").read_bytes())
        assert vot == ecsv
        assert findings.items == []

    @pytest.mark.samples
    def test_the_example_of_the_standard_has_columns_and_no_rows(self, samples: Path) -> None:
        path = samples / "ivoa-std-ObsCore" / "VOtableResponseExemple.xml"
        records, findings = read(path.read_bytes())
        assert records == []
        findings.refuse_if_any()
        ignored = [f.value for f in findings.items if f.rule == "obscore/ignored-columns"]
        # obs_publisher_did has the ID caomPlaneURI there: the name counts
        assert ignored == ["core_id, lastModified"]
        assert "obscore/reader" in rules(findings, Severity.WARNING)


class TestOwnTables:
    def test_csv(self, data: Path) -> None:
        records, findings = read((data / "obscore" / "night.csv").read_bytes())
        findings.refuse_if_any()
        run, spectrum = records
        assert run.values["obs_id"] == "007"
        assert run.product_id == "6b1d0f3c-5a56-4b7e-9d5c-2f7a7c1c9a10"
        assert run.values["em_min"] == 1.2e-20
        assert run.values["access_estsize"] == 1200
        assert spectrum.values["target_name"] == "Crab, pulsar wind"
        assert [spectrum.values[n] for n in ("s_ra", "t_min", "em_max")] == [None, None, None]
        assert spectrum.product_id is None
        assert "product_id" not in run.values
        notes = {f.rule: f.value for f in findings.items}
        assert notes["obscore/ignored-columns"] == "observer"
        assert (
            notes["obscore/no-unit"] == "s_ra, s_dec, t_min, t_max, em_min, em_max, access_estsize"
        )

    def test_ecsv_in_other_units(self, data: Path) -> None:
        records, findings = read((data / "obscore" / "night.ecsv").read_bytes())
        values = records[0].values
        assert values["em_max"] == pytest.approx(HC / 1e12, rel=1e-9)
        assert values["em_min"] == pytest.approx(HC / 2e12, rel=1e-9)
        assert values["s_resolution"] == pytest.approx(360.0)
        assert values["access_estsize"] == 2500  # 2,500,400 byte
        assert values["t_exptime"] == pytest.approx(1680.0)
        assert records[1].values["em_max"] is None
        assert rules(findings, Severity.WARNING) == ["obscore/no-wavelength"]
        assert findings.items[0].place == "row 2, column em_min"

    def test_fits_with_masks_units_and_padding(self) -> None:
        from astropy.table import MaskedColumn, Table
        from astropy.units import Unit

        table = Table({name: [value, value + "2"] for name, value in GOOD.items()})
        table["calib_level"] = MaskedColumn([2, 3], dtype="i4")
        table["s_fov"] = MaskedColumn([60.0, 1.0], mask=[False, True], unit=Unit("arcmin"))
        table["t_xel"] = MaskedColumn([5, 1], mask=[False, True], dtype="i8")
        out = io.BytesIO()
        table.write(out, format="fits")
        records, findings = read(out.getvalue())
        assert findings.items == []
        assert records[0].values["s_fov"] == pytest.approx(1.0)
        assert [r.values["t_xel"] for r in records] == [5, None]
        assert records[1].values["s_fov"] is None
        assert [r.values["obs_id"] for r in records] == ["1", "12"]

    def test_json(self) -> None:
        row = {**GOOD, "calib_level": 2, "obs_id": 7, "s_ra": 83.5, "s_dec": None}
        records, findings = read(json.dumps([row | {"s_region": [10, 20, 1.5]}]).encode())
        findings.refuse_if_any()
        [record] = records
        told = {"obs_id": "7", "calib_level": 2, "s_ra": 83.5, "s_dec": None}
        assert record.values == GOOD | told | {"s_region": "10.0 20.0 1.5"}

    def test_json_whose_rows_have_other_columns(self) -> None:
        other = {**GOOD, "obs_publisher_did": "ivo://example.org/b", "t_xel": 5}
        records, _ = read(json.dumps([GOOD, other]).encode())
        assert [record.values["t_xel"] for record in records] == [None, 5]

    def test_gzipped(self, data: Path) -> None:
        plain = (data / "obscore" / "night.csv").read_bytes()
        assert read(gzip.compress(plain))[0] == read(plain)[0]

    def test_frequencies_are_wavelengths_too(self) -> None:
        cells = "".join(f"<TD>{v}</TD>" for v in (*GOOD.values(), "299792458", "599584916"))
        fields = "".join(
            f'<FIELD name="{n}" datatype="double" unit="Hz"/>' for n in ("em_min", "em_max")
        )
        records, _ = read(votable(fields, f"<TABLEDATA><TR>{cells}</TR></TABLEDATA>"))
        assert records[0].values["em_min"] == pytest.approx(0.5)
        assert records[0].values["em_max"] == pytest.approx(1.0)


BROKEN = [
    ({"obs_id": ""}, "obscore/null", "obs_id"),
    ({"calib_level": "nan"}, "obscore/null", "calib_level"),
    ({"calib_level": "5"}, "obscore/range", "calib_level"),
    ({"calib_level": "-1"}, "obscore/range", "calib_level"),
    ({"calib_level": "two"}, "obscore/type", "calib_level"),
    ({"calib_level": "2.5"}, "obscore/type", "calib_level"),
    ({"obs_publisher_did": "20136"}, "obscore/publisher-did", "obs_publisher_did"),
    ({"obs_publisher_did": "ivo://"}, "obscore/publisher-did", "obs_publisher_did"),
    ({"dataproduct_type": "EVENT"}, "obscore/product-type", "dataproduct_type"),
    ({"s_ra": "360.1"}, "obscore/range", "s_ra"),
    ({"s_ra": "1_0"}, "obscore/type", "s_ra"),
    ({"s_dec": "-90.5"}, "obscore/range", "s_dec"),
    ({"s_fov": "inf"}, "obscore/finite", "s_fov"),
    ({"s_fov": "1e999"}, "obscore/finite", "s_fov"),
    ({"em_min": "-1"}, "obscore/range", "em_min"),
    ({"t_xel": "9223372036854775808"}, "obscore/range", "t_xel"),
    ({"t_min": "60001", "t_max": "60000"}, "obscore/bounds", "t_min"),
    ({"em_min": "2e-18", "em_max": "1e-18"}, "obscore/bounds", "em_min"),
    ({"target_name": "a\0b"}, "obscore/text", "target_name"),
]


class TestRules:
    @pytest.mark.parametrize(("change", "rule", "column"), BROKEN)
    def test_a_broken_rule_is_named_with_its_place(
        self, change: dict[str, str], rule: str, column: str
    ) -> None:
        other = {**GOOD, "obs_publisher_did": "ivo://example.org/b"}
        # a NUL that is far from the head is not taken for a binary file
        filler = {**other, "obs_publisher_did": "ivo://example.org/c", "obs_title": "x" * 70_000}
        records, findings = read(csv_of(other, filler, {**GOOD, **change}))
        error = next(f for f in findings.items if f.severity is Severity.ERROR)
        assert rules(findings) == [rule]
        assert error.place == f"row 3, column {column}"
        assert len(records) == 2
        with pytest.raises(ProvstoreError):
            findings.refuse_if_any()

    def test_limits_themselves_are_allowed(self) -> None:
        row = {**GOOD, "s_ra": "360", "s_dec": "-90", "t_min": "1", "t_max": "1"}
        records, findings = read(csv_of({**row, "dataproduct_type": "hea-event-list"}))
        findings.refuse_if_any()
        assert len(records) == 1

    def test_identifiers_are_told_once_and_compare_without_case_in_the_authority(self) -> None:
        again = {**GOOD, "obs_publisher_did": "ivo://EXAMPLE.org/a"}
        _, findings = read(csv_of(GOOD, again))
        assert rules(findings) == ["obscore/duplicate-did"]
        assert "row 1 already" in findings.items[-1].message

    @pytest.mark.parametrize("name", GOOD)
    def test_a_required_column_is_missing(self, name: str) -> None:
        _, findings = read(csv_of({k: v for k, v in GOOD.items() if k != name}))
        assert rules(findings) == ["obscore/missing-column"]
        assert findings.items[0].place == f"column {name}"

    def test_no_column_is_one_of_obscore(self) -> None:
        records, findings = read(b"a,b\n1,2\n")
        assert (records, rules(findings)) == ([], ["obscore/missing-column"] * 4)

    def test_a_column_is_there_twice(self) -> None:
        _, findings = read(csv_of({**GOOD, "OBS_ID": "2"}))
        assert rules(findings) == ["obscore/duplicate-column"]

    def test_a_row_is_too_short(self) -> None:
        _, findings = read(csv_of(GOOD) + b"\nivo://example.org/b,2")
        assert rules(findings) == ["obscore/row-length"]

    @pytest.mark.parametrize(
        ("subtype", "doubted"),
        [("DL3", False), ("DL1_PARAMETERS", False), ("irf", False), ("DL7", True), ("dl3", True)],
    )
    def test_a_subtype_that_looks_like_a_level(self, subtype: str, *, doubted: bool) -> None:
        records, findings = read(csv_of({**GOOD, "dataproduct_subtype": subtype}))
        assert records[0].values["dataproduct_subtype"] == subtype
        assert ("obscore/data-level" in rules(findings, Severity.WARNING)) == doubted

    def test_doubtful_titles_and_product_ids_are_kept(self) -> None:
        row = {**GOOD, "obs_title": "x" * 201, "product_id": "file-1"}
        records, findings = read(csv_of(row))
        assert (records[0].values["obs_title"], records[0].product_id) == ("x" * 201, "file-1")
        assert rules(findings, Severity.WARNING) == ["obscore/long-title", "obscore/product-id"]

    @pytest.mark.parametrize("unit", ["kg", "no unit", "m" * 100, "km^1000000"])
    def test_a_unit_that_does_not_fit(self, unit: str) -> None:
        _, findings = read(votable(f'<FIELD name="s_ra" datatype="double" unit="{unit}"/>'))
        assert rules(findings) == ["obscore/unit"]

    def test_a_long_unit_is_not_looked_up(self) -> None:
        _, findings = read(votable(f'<FIELD name="s_ra" datatype="double" unit="{"m" * 81}"/>'))
        assert "at most 80 characters" in next(
            f.message for f in findings.items if f.rule == "obscore/unit"
        )

    def test_a_wavelength_beside_an_energy(self) -> None:
        fields = (
            '<FIELD name="em_min" datatype="double" unit="m"/>'
            '<FIELD name="em_max" datatype="double" unit="TeV"/>'
        )
        assert rules(read(votable(fields))[1]) == ["obscore/unit"]


class TestHostile:
    @pytest.mark.parametrize(
        "data",
        [b"", b"\0\1\2", b'{"a": 1, "b": 2}', b"%PDF-1.4", b"<html></html>"],
    )
    def test_other_formats(self, data: bytes) -> None:
        with pytest.raises(UnknownFormatError, match="a table is no ObsCore table"):
            read(data)

    @pytest.mark.parametrize("scheme", ["file:///etc/hostname", "http://127.0.0.1:9/x"])
    @pytest.mark.parametrize("kind", ["BINARY", "BINARY2", "FITS"])
    def test_data_elsewhere_are_not_fetched(self, kind: str, scheme: str) -> None:
        _, findings = read(votable("", f'<{kind}><STREAM href="{scheme}"/></{kind}>'))
        assert rules(findings) == ["obscore/unreadable"]
        assert "nothing is fetched" in findings.items[0].message

    def test_entities_are_not_expanded(self) -> None:
        doctype = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        _, findings = read(votable("<DESCRIPTION>&e;</DESCRIPTION>", before=doctype))
        assert "entities are not expanded" in findings.items[0].message

    @pytest.mark.parametrize(
        ("fields", "table"),
        [
            ("", 'nrows="2000000000"'),
            ('<FIELD name="x" datatype="double" arraysize="99999x99999"/>', 'nrows="1"'),
        ],
    )
    def test_claimed_sizes_are_not_allocated(self, fields: str, table: str) -> None:
        _, findings = read(votable(fields, table=table))
        assert "would fill the memory" in findings.items[0].message

    def test_yaml_builds_nothing(self) -> None:
        # astropy's own loader would make an object array over these bytes: pointers
        head = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: obs_id, datatype: string, meta: "
        array = "!numpy.ndarray {buffer: QUFBQUFBQUE=, dtype: object, shape: [1], order: C}}\n"
        _, findings = read((head + array + "obs_id\n1\n").encode())
        assert set(rules(findings)) == {"obscore/missing-column"}
        _, findings = read((head + "!!python/object/apply:os.getpid []}\nobs_id\n1\n").encode())
        assert rules(findings) == ["obscore/unreadable"]

    def test_yaml_is_not_multiplied(self) -> None:
        # each line would double what the one before has, to a billion pairs
        doubled = "".join(f"# a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 30))
        head = "# %ECSV 1.0\n# ---\n# a0: &a0 {k: 1}\n" + doubled
        _, findings = read((head + "# datatype:\n# - {name: obs_id}\nobs_id\n1\n").encode())
        assert rules(findings) == ["obscore/unreadable"]

    def test_many_digits_are_read_once(self) -> None:
        # read in all divisions into two runs, they would take an hour
        row = {**GOOD, "s_ra": "1" * 100_000 + "x"}
        assert rules(read(csv_of(row))[1]) == ["obscore/type"]

    def test_a_header_without_rows(self) -> None:
        head = "# %ECSV 1.0\n# ---\n# datatype:\n# - {name: obs_id, datatype: string}\n"
        [error] = read(head.encode())[1].items
        assert error.message.endswith("it has no row with the names of the columns")

    def test_a_gzip_bomb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(obscore_tables, "MAX_UNPACKED_BYTES", 1000)
        with pytest.raises(TooLargeError):
            read(gzip.compress(b"a,b\n" * 1000))

    def test_broken_gzip(self) -> None:
        assert rules(read(gzip.compress(csv_of(GOOD))[:-12])[1]) == ["obscore/unreadable"]

    @pytest.mark.parametrize(
        ("text", "rule"),
        [
            ('["a"]', "obscore/unreadable"),
            ("[]", "obscore/unreadable"),
            ('[{"obs_id": 1}, 2]', "obscore/unreadable"),
            ('[{"obs_id": 1}', "json/syntax"),
            ('[{"obs_id": 1, "obs_id": 2}]', "json/duplicate-key"),
        ],
    )
    def test_json_that_is_no_table(self, text: str, rule: str) -> None:
        assert rule in rules(read(text.encode())[1])

    def test_json_is_not_multiplied(self) -> None:
        rows = ",".join(f'{{"c{n}":1}}' for n in range(8000))  # of 64 million cells
        assert "would fill the memory" in read(f"[{rows}]".encode())[1].items[0].message

    @pytest.mark.parametrize("value", ["[1]", "{}", "true", '[["a"]]', "[" * 900 + "]" * 900])
    def test_json_values_that_are_no_cells(self, value: str) -> None:
        row = json.dumps(GOOD)[:-1] + f', "t_xel": {value}}}'
        assert rules(read(f"[{row}]".encode())[1]) == ["obscore/type"]

    def test_a_failed_query(self) -> None:
        table = votable("").replace(b'value="OK"/>', b'value="ERROR">no such table</INFO>')
        assert rules(read(table)[1]) == ["obscore/query-status"]

    def test_a_table_that_was_cut(self) -> None:
        table = votable("").replace(b'value="OK"', b'value="OVERFLOW"')
        assert "obscore/query-status" in rules(read(table)[1], Severity.WARNING)

    @given(cut=st.integers(0, 700), put=st.binary(max_size=8))
    def test_damaged_files_give_findings_or_our_errors(self, cut: int, put: bytes) -> None:
        cells = "".join(f"<TD>{value}</TD>" for value in GOOD.values())
        plain = votable("", f"<TABLEDATA><TR>{cells}</TR></TABLEDATA>")
        with suppress(UnknownFormatError):
            read(plain[:cut] + put + plain[cut + len(put) :])

    @given(cut=st.integers(0, 12_000), put=st.binary(min_size=1, max_size=8))
    def test_damaged_fits(self, cut: int, put: bytes) -> None:
        from astropy.table import Table

        out = io.BytesIO()
        Table({name: [value] for name, value in GOOD.items()}).write(out, format="fits")
        plain = out.getvalue()
        with suppress(UnknownFormatError):
            read(plain[:cut] + put + plain[cut + len(put) :])


def test_without_astropy_the_extra_is_named() -> None:
    script = (
        "import sys; sys.modules['astropy'] = None\n"
        "from provstore.importers.obscore.importer import read_obscore\n"
        "from provstore.importers.base import Findings\n"
        "from provstore.errors import ProvstoreError\n"
        "try: read_obscore(b'obs_id,x\\n', Findings())\n"
        "except ProvstoreError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "provstore[obscore]" in done.stdout


def test_warnings_of_a_first_reading_do_not_leak() -> None:
    script = (
        "import sys\n"
        "from provstore.importers.obscore.importer import read_obscore\n"
        "from provstore.importers.base import Findings\n"
        "findings = Findings(); read_obscore(sys.stdin.buffer.read(), findings)\n"
        "print([f.rule for f in findings.items])\n"
    )
    table = votable('<FIELD name="s_ra" datatype="double" unit="deg" ucd="no.such.word"/>')
    done = subprocess.run(
        [sys.executable, "-c", script], input=table, capture_output=True, check=True
    )
    assert done.stderr == b""
    assert b"obscore/reader" in done.stdout
