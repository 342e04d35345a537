"""Each rule of a record: what it allows, and what it refuses with row, column, value and reason."""

import io

import pytest
from support.obscore import GOOD, csv_of, read, rules, votable

from provstore.errors import Severity
from provstore.model.obscore import COLUMNS, NUMBERS

ALLOWED = [
    *[("dataproduct_type", value) for value in ("image", "measurements", "hea-event-bundle")],
    *[("calib_level", value) for value in ("0", "4")],
    *[("publisher_id", value) for value in ("ivo://padc.obspm", "ivo://x/y?z")],
    *[
        ("access_url", value)
        for value in ("https://a.example/x?y=1#z", "s3://bucket/file", "vos:x")
    ],
    ("access_format", "application/fits"),
    ("access_format", "application/x-votable+xml;content=datalink"),
    ("access_format", "application/x-votable+xml; content=datalink"),
    ("access_format", "x-fits-gadf"),
    *[("data_rights", value) for value in ("public", "secure", "proprietary")],
    *[("o_ucd", value) for value in ("phot.count", "phot.flux.density;em.gamma", "pos.eq#time")],
    ("em_ucd", "em.energy"),
    *[("pol_states", value) for value in ("/I/", "/I/Q/U/V/", "/POLI/POLA/")],
    *[("obs_release_date", value) for value in ("2026-01-31", "2026-01-31T23:59:00.5Z")],
    *[("s_xel1", value) for value in ("-1", "0", "4000000000")],
    *[("ev_xel", value) for value in ("-1", "123456")],
    *[("s_region", value) for value in ("CIRCLE ICRS 83.6 22.0 2.5", "polygon 1 1 2 1 2 2")],
    *[("t_intervals", value) for value in ("t61/0-5 9 60/100", "60000.1 60000.2")],
    *[("messenger_pdgid", value) for value in ("+22", "22", "-11")],
    # words that the high-energy extension proposes are no closed list
    *[("pointing_mode", value) for value in ("divergent-5d", "a new one")],
    ("messenger_name", "axion"),
    ("s_ref_oaa", "180"),
    ("s_fov", "360"),
]

NEGATIVE = (
    *("access_estsize", "s_fov", "s_resolution", "s_resolution_min", "s_resolution_max"),
    *("s_pixel_scale", "s_stat_error", "t_exptime", "t_resolution", "t_stat_error", "em_min"),
    *("em_max", "em_res_power", "em_res_power_min", "em_res_power_max", "em_resolution"),
    *("em_stat_error", "o_stat_error", "s_ref_energy", "em_ref_energy", "s_ref_oaa"),
    *("em_ref_oaa", "energy_min", "energy_max"),
)
REFUSED = [
    ("dataproduct_type", "movie", "obscore/product-type"),
    ("publisher_id", "padc.obspm", "obscore/publisher-did"),
    ("obs_publisher_did", "ivo://example.org/a b", "obscore/publisher-did"),
    ("access_url", "/data/run.fits", "obscore/url"),
    ("access_url", "https://a.example/a b", "obscore/url"),
    ("access_format", "fits", "obscore/format"),
    ("access_format", "application/", "obscore/format"),
    ("data_rights", "Public", "obscore/data-rights"),
    ("o_ucd", "photon counts", "obscore/ucd"),
    ("o_ucd", "phot.count#", "obscore/ucd"),
    ("s_ucd", "pos..eq", "obscore/ucd"),
    ("pol_states", "I/Q", "obscore/polarization"),
    ("pol_states", "/I/W/", "obscore/polarization"),
    ("pol_states", "//", "obscore/polarization"),
    ("obs_creation_date", "31.1.2026", "obscore/timestamp"),
    ("obs_release_date", "soon", "obscore/timestamp"),
    ("s_region", "CIRCLE ICRS 83.6 22.0", "obscore/region"),
    ("t_intervals", "60000.2 60000.1", "obscore/intervals"),
    ("messenger_pdgid", "photon", "obscore/particle"),
    ("t_exptime", "half an hour", "obscore/type"),
    ("t_xel", "1.5", "obscore/type"),
    ("s_xel1", "-2", "obscore/range"),
    ("ev_xel", "-2", "obscore/range"),
    ("calib_level", "2147483648", "obscore/range"),
    ("s_ra", "-0.1", "obscore/range"),
    ("s_dec", "90.1", "obscore/range"),
    ("s_fov", "361", "obscore/range"),
    ("em_ref_oaa", "181", "obscore/range"),
    *[(name, "-1", "obscore/range") for name in NEGATIVE],
]


def row_of(column: str, value: str) -> bytes:
    names = list(dict.fromkeys([*GOOD, column]))
    cells = [f'"{cell}"' for cell in ({**GOOD, column: value}[name] for name in names)]
    return f"{','.join(names)}\n{','.join(cells)}".encode()


@pytest.mark.parametrize(("column", "value"), ALLOWED)
def test_allowed(column: str, value: str) -> None:
    records, findings = read(row_of(column, value))
    assert rules(findings) == []
    kind = next(c.type for c in COLUMNS if c.name == column)
    assert records[0].values[column] == (float(value) if kind in NUMBERS else value)


@pytest.mark.parametrize(("column", "value", "rule"), REFUSED)
def test_refused(column: str, value: str, rule: str) -> None:
    records, findings = read(row_of(column, value))
    assert records == []
    [error] = [f for f in findings.items if f.severity is Severity.ERROR]
    assert (error.rule, error.place, error.value) == (rule, f"row 1, column {column}", value)
    told = f"row 1: {column} = {value!r} "
    assert error.message.startswith(told)
    assert len(error.message) > len(told) + len("is none")


@pytest.mark.parametrize("column", [c.name for c in COLUMNS if c.type == "real"])
@pytest.mark.parametrize("value", ["inf", "-Infinity", "1e999"])
def test_numbers_are_finite(column: str, value: str) -> None:
    assert rules(read(row_of(column, value))[1]) == ["obscore/finite"]


@pytest.mark.parametrize("column", [c.name for c in COLUMNS if c.type in NUMBERS])
def test_numbers_are_numbers(column: str) -> None:
    assert rules(read(row_of(column, "many"))[1]) == ["obscore/type"]


@pytest.mark.parametrize("stem", ["t", "em", "s_resolution", "em_res_power", "energy"])
def test_the_lower_bound_is_not_above_the_upper_one(stem: str) -> None:
    low, high = f"{stem}_min", f"{stem}_max"
    records, findings = read(csv_of({**GOOD, low: "2", high: "1"}))
    [error] = [f for f in findings.items if f.severity is Severity.ERROR]
    assert (records, error.rule) == ([], "obscore/bounds")
    assert error.message == f"row 1: {low} = 2.0 is above {high} = 1.0"
    assert rules(read(csv_of({**GOOD, low: "2", high: "2"}))[1]) == []


def test_the_reason_says_what_is_allowed() -> None:
    _, findings = read(row_of("data_rights", "open"))
    assert findings.items[-1].message == (
        "row 1: data_rights = 'open' is none of public, secure, proprietary"
    )
    _, findings = read(row_of("s_region", "GALAXY"))
    assert "allowed are CIRCLE, POLYGON" in findings.items[-1].message


class TestHighEnergy:
    def test_columns_of_both_tables_stand_in_one(self) -> None:
        row = {**GOOD, "ev_xel": "7", "obs_mode": "wobble", "messenger_name": "photon"}
        records, findings = read(csv_of(row))
        assert findings.items == []
        values = records[0].values
        assert [values[key] for key in ("ev_xel", "obs_mode", "obs_id")] == [7, "wobble", "1"]

    def test_names_of_earlier_talks(self) -> None:
        records, findings = read(csv_of({**GOOD, "EV_NUMBER": "7", "t_gti": "1 2"}))
        assert findings.items == []
        assert records[0].values["ev_xel"] == 7
        assert records[0].values["t_intervals"] == "1 2"
        assert "ev_number" not in records[0].values

    def test_both_names_of_one_column(self) -> None:
        _, findings = read(csv_of({**GOOD, "ev_number": "7", "ev_xel": "7"}))
        assert rules(findings) == ["obscore/duplicate-column"]

    def test_energies_become_ev(self) -> None:
        fields = (
            '<FIELD name="energy_min" datatype="double" unit="GeV"/>'
            '<FIELD name="energy_max" datatype="double" unit="TeV"/>'
        )
        cells = "".join(f"<TD>{v}</TD>" for v in (*GOOD.values(), "50", "80"))
        records, findings = read(votable(fields, f"<TABLEDATA><TR>{cells}</TR></TABLEDATA>"))
        assert rules(findings) == []
        assert records[0].values["energy_min"] == pytest.approx(5e10)
        assert records[0].values["energy_max"] == pytest.approx(8e13)

    def test_an_energy_is_no_wavelength(self) -> None:
        field = '<FIELD name="energy_min" datatype="double" unit="m"/>'
        assert rules(read(votable(field))[1]) == ["obscore/unit"]


class TestArrays:
    """Shapes and intervals of DALI are arrays of numbers in a VOTable or a FITS table."""

    @pytest.mark.parametrize(
        ("column", "size", "numbers", "text"),
        [
            ("s_region", "3", "10 20 1.5", "10.0 20.0 1.5"),
            ("s_region", "*", "1 1 2 1 2 2", "1.0 1.0 2.0 1.0 2.0 2.0"),
            ("t_intervals", "2x*", "60000 60001 60002 60003", "60000.0 60001.0 60002.0 60003.0"),
        ],
    )
    def test_in_a_votable(self, column: str, size: str, numbers: str, text: str) -> None:
        field = f'<FIELD name="{column}" datatype="double" arraysize="{size}"/>'
        cells = "".join(f"<TD>{v}</TD>" for v in (*GOOD.values(), numbers))
        records, findings = read(votable(field, f"<TABLEDATA><TR>{cells}</TR></TABLEDATA>"))
        assert rules(findings) == []
        assert records[0].values[column] == text

    def test_in_fits(self) -> None:
        from astropy.table import Table

        table = Table({name: [value] for name, value in GOOD.items()})
        table["s_region"] = [[10.0, 20.0, 1.5]]
        out = io.BytesIO()
        table.write(out, format="fits")
        records, findings = read(out.getvalue())
        assert rules(findings) == []
        assert records[0].values["s_region"] == "10.0 20.0 1.5"

    def test_another_column_is_one_text(self) -> None:
        field = '<FIELD name="obs_title" datatype="double" arraysize="3"/>'
        cells = "".join(f"<TD>{v}</TD>" for v in (*GOOD.values(), "1 2 3"))
        _, findings = read(votable(field, f"<TABLEDATA><TR>{cells}</TR></TABLEDATA>"))
        assert rules(findings) == ["obscore/type"]
