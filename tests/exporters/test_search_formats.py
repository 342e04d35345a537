"""What is found, as the readers of CSV, VOTable and FITS get it."""

import csv
import io
import subprocess
import sys
import tracemalloc
import warnings
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.io.votable import parse, parse_single_table
from astropy.table import Table
from lxml import etree
from pyvo.dal import DALOverflowWarning
from pyvo.dal.query import DALResults
from support.require import require

from provstore.errors import BadParameterError, UnavailableError
from provstore.exporters import chunks, search_fits
from provstore.exporters.search import FORMATS, TableFormat, negotiate_search, search_format
from provstore.exporters.search_csv import write_search_csv
from provstore.exporters.search_fits import write_search_fits
from provstore.exporters.search_votable import write_search_votable
from provstore.model.keywords import Keyword, ValueKind
from provstore.model.obscore import ObsCoreRecord
from provstore.model.search import Hit, Inherited, SearchTable, State

DID = "ivo://example.org/dl3?"
ODD = 'é "quoted", <b> & _x0041_ \U0001f52d \x07'
ADQL = "SELECT * FROM ivoa.obscore\nWHERE obs_title = 'é < 1'"

KEYWORDS = (
    Keyword("applied_cuts", ucd="meta.code"),
    Keyword("gammaness_min", ValueKind.NUMBER, "deg", "stat.min"),
    Keyword("reco_version", ValueKind.VERSION),
)
FIRST = Hit(
    ObsCoreRecord(
        {
            "obs_publisher_did": DID + "1",
            "obs_id": "1",
            "obs_collection": "HESS",
            "calib_level": 2,
            "dataproduct_type": "event",
            "target_name": "Crab Nebula",
            "s_ra": 83.633,
            "s_dec": 22.0145,
            "s_region": "CIRCLE ICRS 83.633 22.0145 2.5",
            "em_min": 1.239841984e-20,
            "t_min": 53343.92234009259,
            "access_estsize": 2**40,
            "obs_title": ODD,
        }
    ),
    {
        "applied_cuts": Inherited(State.SINGLE, ("loose",)),
        "gammaness_min": Inherited(State.SINGLE, ("0.70",)),
        "reco_version": Inherited(State.MIXED, ("0.19", "0.9, patched")),
    },
    complete=True,
)
SECOND = Hit(
    ObsCoreRecord(
        {
            "obs_publisher_did": DID + "2",
            "obs_id": "2",
            "obs_collection": "HESS",
            "calib_level": 0,
        }
    ),
    {},
    complete=False,
)


def found(*rows: Hit, total: int | None = None, limit: int | None = None) -> SearchTable:
    number = len(rows) if total is None else total
    return SearchTable(iter(rows), KEYWORDS, number, limit, ("a note",), ADQL)


def votable(table: SearchTable) -> bytes:
    return b"".join(write_search_votable(table))


def in_fits(table: SearchTable) -> "fits.HDUList":
    return fits.open(io.BytesIO(b"".join(write_search_fits(table))))


# -- CSV


def rows_of_csv(table: SearchTable) -> list[dict[str, str]]:
    text = b"".join(write_search_csv(table)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_has_a_row_of_each_dataset() -> None:
    first, second = rows_of_csv(found(FIRST, SECOND))
    told = {name: value for name, value in first.items() if value}
    assert told == {
        "obs_publisher_did": DID + "1",
        "obs_id": "1",
        "obs_collection": "HESS",
        "calib_level": "2",
        "dataproduct_type": "event",
        "target_name": "Crab Nebula",
        "s_ra": "83.633",
        "s_dec": "22.0145",
        "s_region": "CIRCLE ICRS 83.633 22.0145 2.5",
        "em_min": "1.239841984e-20",
        "t_min": "53343.92234009259",
        "access_estsize": "1099511627776",
        "obs_title": ODD,
        "keyword_applied_cuts": "loose",
        "state_applied_cuts": "single",
        "keyword_gammaness_min": "0.70",
        "state_gammaness_min": "single",
        "keyword_reco_version": '["0.19","0.9, patched"]',
        "state_reco_version": "mixed",
        "complete": "true",
    }
    assert second["keyword_reco_version"] == ""
    assert second["state_reco_version"] == "unknown"
    assert second["reco_version"] == ""
    assert second["complete"] == "false"


def test_csv_without_datasets_is_its_header() -> None:
    text = b"".join(write_search_csv(found())).decode()
    assert text.startswith("dataproduct_type,calib_level,obs_collection,obs_id,obs_publisher_did,")
    assert text.endswith(",keyword_reco_version,state_reco_version,complete\r\n")
    assert text.count("\n") == 1


# -- VOTable


def cells(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row of a table of astropy says, without what has no value."""
    return {
        name: value.item() if isinstance(value, np.generic) else value
        for name in row.keys()  # noqa: SIM118  a row of astropy gives its values when iterated
        if (value := row[name]) is not np.ma.masked and value not in {"", None}
    }


SAID: dict[str, Any] = {
    "obs_publisher_did": DID + "1",
    "obs_id": "1",
    "obs_collection": "HESS",
    "calib_level": 2,
    "dataproduct_type": "event",
    "target_name": "Crab Nebula",
    "s_ra": 83.633,
    "s_dec": 22.0145,
    "s_region": "CIRCLE ICRS 83.633 22.0145 2.5",
    "em_min": 1.239841984e-20,
    "t_min": 53343.92234009259,
    "access_estsize": 2**40,
    "keyword_applied_cuts": "loose",
    "state_applied_cuts": "single",
    "keyword_gammaness_min": "0.70",
    "state_gammaness_min": "single",
    "keyword_reco_version": '["0.19","0.9, patched"]',
    "state_reco_version": "mixed",
    "complete": True,
}
"""The first dataset but its odd title, which formats write in their ways."""
LEFT: dict[str, Any] = {
    "obs_publisher_did": DID + "2",
    "obs_id": "2",
    "obs_collection": "HESS",
    "calib_level": 0,
    "state_applied_cuts": "unknown",
    "state_gammaness_min": "unknown",
    "state_reco_version": "unknown",
    "complete": False,
}


def test_astropy_reads_the_values_of_the_votable() -> None:
    table = parse_single_table(io.BytesIO(votable(found(FIRST, SECOND)))).to_table()
    first, second = map(cells, table)
    title = first.pop("obs_title")
    assert title == 'é "quoted", <b> & _x005F_x0041_ \U0001f52d _x0007_'
    assert first == SAID
    assert second == LEFT


def test_columns_of_the_votable_are_those_of_the_standard() -> None:
    document = parse(io.BytesIO(votable(found(FIRST))))
    assert document.version == "1.4"
    fields = {field.name: field for field in document.get_first_table().fields}
    told = [
        (fields[n].datatype, str(fields[n].unit or ""), fields[n].ucd, fields[n].utype)
        for n in ("s_ra", "access_estsize", "calib_level", "pointing_mode")
    ]
    # ObsCore 1.1, table 6
    assert told == [
        (
            *("double", "deg", "pos.eq.ra"),
            "obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1",
        ),
        ("long", "kbyte", "phys.size;meta.file", "obscore:Access.size"),
        ("int", "", "meta.code;obs.calib", "obscore:ObsDataset.calibLevel"),
        ("unicodeChar", "", "meta.code;obs.param", None),
    ]
    kept = fields["keyword_gammaness_min"]
    assert (str(kept.unit), kept.ucd, kept.arraysize) == ("deg", "stat.min", "*")
    assert fields["complete"].datatype == "boolean"


def infos(document: bytes) -> list[tuple[str, str]]:
    """The INFO elements in their order; a table stands as ``TABLE``."""
    space = "{http://www.ivoa.net/xml/VOTable/v1.3}"
    inside = next(etree.fromstring(document).iter(f"{space}RESOURCE"))
    return [
        (one.get("name", ""), one.get("value", "")) if one.tag == f"{space}INFO" else ("TABLE", "")
        for one in inside
    ]


PLAIN = [("QUERY_STATUS", "OK"), ("QUERY", ADQL), ("total", "1"), ("note", "a note"), ("TABLE", "")]


def test_the_votable_tells_its_query_and_that_it_is_whole() -> None:
    assert infos(votable(found(SECOND))) == PLAIN
    assert infos(votable(found(FIRST))) == [*PLAIN, ("provstore_escaped", "true")]


def test_the_votable_tells_behind_the_rows_that_a_limit_cut() -> None:
    cut = votable(found(SECOND, total=2, limit=1))
    assert infos(cut)[-2:] == [("TABLE", ""), ("QUERY_STATUS", "OVERFLOW")]
    just = votable(found(SECOND, total=1, limit=1))
    assert infos(just) == PLAIN


def test_pyvo_takes_it_for_an_answer() -> None:
    with pytest.warns(DALOverflowWarning):
        results = DALResults(parse(io.BytesIO(votable(found(FIRST, total=2, limit=1)))))
    assert results.fieldname_with_ucd("pos.eq.ra") == "s_ra"
    utype = "obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime"
    assert results.fieldname_with_utype(utype) == "t_min"
    assert results.getvalue("keyword_reco_version", 0) == '["0.19","0.9, patched"]'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        DALResults(parse(io.BytesIO(votable(found(FIRST)))))


def stilts(*arguments: str) -> str:
    """What a tool has to say."""
    require("stilts", present=Path("/usr/bin/stilts").exists(), advice="install stilts")
    done = subprocess.run(["stilts", *arguments], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    "table", [lambda: found(FIRST, SECOND), lambda: found(SECOND, total=2, limit=1), found]
)
def test_votlint_has_nothing_to_say(table: Callable[[], SearchTable], tmp_path: Path) -> None:
    path = tmp_path / "found.vot"
    path.write_bytes(votable(table()))
    assert stilts("votlint", f"votable={path}", "ucd=true", "unit=true") == ""
    path.write_bytes(path.read_bytes().replace(b'datatype="long"', b'datatype="number"', 1))
    assert "number" in stilts("votlint", f"votable={path}")


def test_the_votable_keeps_its_schema() -> None:
    schema = Path(str(files("astropy.io.votable"))) / "data" / "VOTable.v1.4.xsd"
    for table in (found(FIRST, SECOND, total=3, limit=2), found()):
        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(votable(table)))


def test_a_failure_between_rows_is_the_end_of_the_votable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def failing() -> Iterator[Hit]:
        yield from (FIRST, SECOND, FIRST)
        raise UnavailableError("the catalogue <went> away")

    monkeypatch.setattr(chunks, "CHUNK_BYTES", 100)
    pieces = write_search_votable(SearchTable(failing(), KEYWORDS, 4))
    sent: list[bytes] = []
    with pytest.raises(UnavailableError) as failed:
        sent.extend(pieces)
    wanted = search_format("votable")
    assert isinstance(wanted, TableFormat)
    assert wanted.closing is not None
    document = b"".join([*sent, wanted.closing(str(failed.value))])
    assert infos(document)[-2:] == [("TABLE", ""), ("QUERY_STATUS", "ERROR")]
    assert b">the catalogue &lt;went&gt; away</INFO>" in document
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert len(parse_single_table(io.BytesIO(document)).to_table()) == 3


# -- FITS


def test_astropy_reads_the_values_of_the_fits_file() -> None:
    with in_fits(found(FIRST, SECOND)) as file:
        first, second = map(cells, Table.read(file[1]))
    title = first.pop("obs_title")
    assert title == '_x00E9_ "quoted", <b> & _x005F_x0041_ _x01F52D_ _x0007_'
    assert first == SAID
    assert second == LEFT


def test_the_fits_file_keeps_the_standard() -> None:
    for table in (found(FIRST, SECOND), found()):
        with in_fits(table) as file:
            file.verify("exception")
    data = b"".join(write_search_fits(found(FIRST)))
    assert len(data) % 2880 == 0


def test_columns_of_the_fits_file_are_described() -> None:
    with in_fits(found(FIRST)) as file:
        header = file[1].header
        place = file[1].columns.names.index("s_ra") + 1
        assert header[f"TUNIT{place}"] == "deg"
        assert header[f"TUCD{place}"] == "pos.eq.ra"
        assert (
            header[f"TUTYP{place}"]
            == "obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1"
        )


def test_the_fits_file_tells_its_query_and_whether_a_limit_cut() -> None:
    with in_fits(found(FIRST, total=2, limit=1)) as file:
        header = file[1].header
        told = [header[name] for name in ("EXTNAME", "TOTAL", "OVERFLOW", "ESCAPED", "ADQL")]
        assert told == [
            *("datasets", 2, True, True),
            "SELECT * FROM ivoa.obscore WHERE obs_title = '_x00E9_ < 1'",
        ]
        assert list(header["COMMENT"]) == ["a note"]
    with in_fits(found(SECOND)) as file:
        assert (file[1].header["OVERFLOW"], file[1].header["ESCAPED"]) == (False, False)


def test_stilts_reads_the_fits_file(tmp_path: Path) -> None:
    path = tmp_path / "found.fits"
    path.write_bytes(b"".join(write_search_fits(found(FIRST, SECOND))))
    select = 'keepcols "s_ra access_estsize calib_level keyword_reco_version complete"'
    told = stilts("tpipe", f"in={path}", f"cmd={select}", "ofmt=csv")
    assert told.splitlines() == [
        "s_ra,access_estsize,calib_level,keyword_reco_version,complete",
        '83.633,1099511627776,2,"[""0.19"",""0.9, patched""]",true',
        ",,0,,false",
    ]
    meta = stilts("tpipe", f"in={path}", "cmd=meta name ucd utype", "ofmt=csv")
    assert "obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1" in meta
    assert "phys.size;meta.file" in meta


def test_more_keywords_than_fits_has_columns_for_are_refused() -> None:
    many = tuple(Keyword(f"k{number}") for number in range(500))
    with pytest.raises(BadParameterError, match="at most 999 columns"):
        write_search_fits(SearchTable([], many, 0))


def test_without_astropy_fits_is_what_is_missing() -> None:
    statement = (
        "import sys; sys.modules['astropy'] = None\n"
        "from provstore.exporters.search_fits import write_search_fits\n"
        "from provstore.model.search import SearchTable\n"
        "write_search_fits(SearchTable([], [], 0))"
    )
    done = subprocess.run(
        [sys.executable, "-c", statement], capture_output=True, text=True, check=False
    )
    assert "NotInstalledError: FITS is written by astropy" in done.stderr


# -- all of them


def peak(write: Callable[[SearchTable], Iterator[bytes]], rows: int) -> int:
    """Most bytes of memory that writing so many rows takes."""
    tracemalloc.start()
    try:
        for _ in write(SearchTable(repeat(FIRST, rows), KEYWORDS, rows)):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("write", [write_search_csv, write_search_votable, write_search_fits])
def test_memory_does_not_grow_with_the_rows(
    write: Callable[[SearchTable], Iterator[bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chunks, "CHUNK_BYTES", 10_000)
    monkeypatch.setattr(search_fits, "_ROWS", 100)
    peak(write, 10)  # what is loaded once
    assert peak(write, 2000) < 1.5 * peak(write, 200)


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("votable", "votable"),
        ("VOTable", "votable"),
        ("text/xml", "votable"),
        ("application/x-votable+xml", "votable"),
        ("application/x-votable+xml;serialization=TABLEDATA", "votable"),
        ("fits", "fits"),
        ("application/fits", "fits"),
        ("csv", "csv"),
        ("text/csv", "csv"),
        ("json", "json"),
    ],
)
def test_a_format_has_names_and_media_types(asked: str, name: str) -> None:
    assert search_format(asked).name == name


def test_a_format_that_is_none_is_told_with_those_that_are() -> None:
    with pytest.raises(BadParameterError, match="one of json, csv, votable, fits"):
        search_format("xls")


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        (None, "json"),
        ("*/*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
        ("application/x-votable+xml", "votable"),
        ("application/fits, application/x-votable+xml;q=0.5", "fits"),
        ("text/csv, */*;q=0.1", "csv"),
        ("image/png", "json"),
    ],
)
def test_the_accept_header_decides(accept: str | None, name: str) -> None:
    assert negotiate_search(accept).name == name


def test_names_media_types_and_suffixes_are_of_one_format_each() -> None:
    for kind in ("media_types", "suffixes"):
        every = [one for known in FORMATS for one in getattr(known, kind)]
        assert len(every) == len(set(every))
