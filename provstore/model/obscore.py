"""The columns of ObsCore 1.1 with the observatory's and the high-energy extension, described once.

The SQL table, the readers and the answers derive from `COLUMNS`, what is published as tables from
`TABLES`. Units, UCDs and utypes of the standard columns are those of ObsCore 1.1. The columns of
the observatory are ours. Those for high energies are of the proposed extension of 2026, which is
not settled; it gives no utypes, and no UCD to ``t_intervals``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

ColumnType = Literal["text", "timestamp", "region", "intervals", "integer", "long", "real"]
"""Numbers of 32 and 64 bits and of double precision; the others are text, kept as written."""
NUMBERS: Final[frozenset[ColumnType]] = frozenset({"integer", "long", "real"})


class Column(NamedTuple):
    """One column of a record."""

    name: str
    type: ColumnType
    unit: str = ""
    """In VOUnits; values are stored in it."""
    ucd: str = ""
    utype: str = ""
    """Empty for the columns of the extensions: ObsCore leaves the utypes of others to them."""
    required: bool = False
    """May not be null (ObsCore 1.1, section 4)."""


MANDATORY: Final = (
    Column("dataproduct_type", "text", "", "meta.code.class", "obscore:ObsDataset.dataProductType"),
    Column(
        "calib_level",
        "integer",
        "",
        "meta.code;obs.calib",
        "obscore:ObsDataset.calibLevel",
        required=True,
    ),
    Column("obs_collection", "text", "", "meta.id", "obscore:DataID.collection", required=True),
    Column("obs_id", "text", "", "meta.id", "obscore:DataID.observationID", required=True),
    Column(
        "obs_publisher_did",
        "text",
        "",
        "meta.ref.ivoid",
        "obscore:Curation.publisherDID",
        required=True,
    ),
    Column("access_url", "text", "", "meta.ref.url", "obscore:Access.reference"),
    Column("access_format", "text", "", "meta.code.mime", "obscore:Access.format"),
    Column("access_estsize", "long", "kbyte", "phys.size;meta.file", "obscore:Access.size"),
    Column("target_name", "text", "", "meta.id;src", "obscore:Target.name"),
    Column(
        "s_ra",
        "real",
        "deg",
        "pos.eq.ra",
        "obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C1",
    ),
    Column(
        "s_dec",
        "real",
        "deg",
        "pos.eq.dec",
        "obscore:Char.SpatialAxis.Coverage.Location.Coord.Position2D.Value2.C2",
    ),
    Column(
        "s_fov",
        "real",
        "deg",
        "phys.angSize;instr.fov",
        "obscore:Char.SpatialAxis.Coverage.Bounds.Extent.diameter",
    ),
    Column(
        "s_region",
        "region",
        "",
        "pos.outline;obs.field",
        "obscore:Char.SpatialAxis.Coverage.Support.Area",
    ),
    Column(
        "s_resolution",
        "real",
        "arcsec",
        "pos.angResolution",
        "obscore:Char.SpatialAxis.Resolution.Refval.value",
    ),
    Column("s_xel1", "long", "", "meta.number", "obscore:Char.SpatialAxis.numBins1"),
    Column("s_xel2", "long", "", "meta.number", "obscore:Char.SpatialAxis.numBins2"),
    Column(
        "t_min",
        "real",
        "d",
        "time.start;obs.exposure",
        "obscore:Char.TimeAxis.Coverage.Bounds.Limits.StartTime",
    ),
    Column(
        "t_max",
        "real",
        "d",
        "time.end;obs.exposure",
        "obscore:Char.TimeAxis.Coverage.Bounds.Limits.StopTime",
    ),
    Column(
        "t_exptime",
        "real",
        "s",
        "time.duration;obs.exposure",
        "obscore:Char.TimeAxis.Coverage.Support.Extent",
    ),
    Column(
        "t_resolution",
        "real",
        "s",
        "time.resolution",
        "obscore:Char.TimeAxis.Resolution.Refval.value",
    ),
    Column("t_xel", "long", "", "meta.number", "obscore:Char.TimeAxis.numBins"),
    Column(
        "em_min",
        "real",
        "m",
        "em.wl;stat.min",
        "obscore:Char.SpectralAxis.Coverage.Bounds.Limits.LoLimit",
    ),
    Column(
        "em_max",
        "real",
        "m",
        "em.wl;stat.max",
        "obscore:Char.SpectralAxis.Coverage.Bounds.Limits.HiLimit",
    ),
    Column(
        "em_res_power",
        "real",
        "",
        "spect.resolution",
        "obscore:Char.SpectralAxis.Resolution.ResolPower.refVal",
    ),
    Column("em_xel", "long", "", "meta.number", "obscore:Char.SpectralAxis.numBins"),
    Column("o_ucd", "text", "", "meta.ucd", "obscore:Char.ObservableAxis.ucd"),
    Column(
        "pol_states",
        "text",
        "",
        "meta.code;phys.polarization",
        "obscore:Char.PolarizationAxis.stateList",
    ),
    Column("pol_xel", "long", "", "meta.number", "obscore:Char.PolarizationAxis.numBins"),
    Column(
        "facility_name",
        "text",
        "",
        "meta.id;instr.tel",
        "obscore:Provenance.ObsConfig.Facility.name",
    ),
    Column(
        "instrument_name",
        "text",
        "",
        "meta.id;instr",
        "obscore:Provenance.ObsConfig.Instrument.name",
    ),
)
"""The 30 columns that a table ``ivoa.obscore`` must have (ObsCore 1.1, section 4)."""

OPTIONAL: Final = (
    Column(
        "dataproduct_subtype",
        "text",
        "",
        "meta.code.class",
        "obscore:ObsDataset.dataProductSubtype",
    ),
    Column("target_class", "text", "", "src.class", "obscore:Target.class"),
    Column("obs_creation_date", "timestamp", "", "time;meta.dataset", "obscore:DataID.date"),
    Column("obs_creator_name", "text", "", "meta.id", "obscore:DataID.creator"),
    Column("obs_creator_did", "text", "", "meta.id", "obscore:DataID.creatorDID"),
    Column("obs_title", "text", "", "meta.title;obs", "obscore:DataID.title"),
    Column("publisher_id", "text", "", "meta.ref.ivoid", "obscore:Curation.publisherID"),
    Column("bib_reference", "text", "", "meta.bib", "obscore:Curation.reference"),
    Column("data_rights", "text", "", "meta.code", "obscore:Curation.rights"),
    Column("obs_release_date", "timestamp", "", "time.release", "obscore:Curation.releaseDate"),
    Column("s_ucd", "text", "", "meta.ucd", "obscore:Char.SpatialAxis.ucd"),
    Column("s_unit", "text", "", "meta.unit", "obscore:Char.SpatialAxis.unit"),
    Column(
        "s_resolution_min",
        "real",
        "arcsec",
        "pos.angResolution;stat.min",
        "obscore:Char.SpatialAxis.Resolution.Bounds.Limits.LoLimit",
    ),
    Column(
        "s_resolution_max",
        "real",
        "arcsec",
        "pos.angResolution;stat.max",
        "obscore:Char.SpatialAxis.Resolution.Bounds.Limits.HiLimit",
    ),
    Column(
        "s_pixel_scale",
        "real",
        "arcsec",
        "phys.angSize;instr.pixel",
        "obscore:Char.SpatialAxis.Sampling.RefVal.SamplingPeriod",
    ),
    Column(
        "s_calib_status", "text", "", "meta.code.qual", "obscore:Char.SpatialAxis.calibrationStatus"
    ),
    Column(
        "s_stat_error",
        "real",
        "arcsec",
        "stat.error;pos.eq",
        "obscore:Char.SpatialAxis.Accuracy.StatError.Refval.value",
    ),
    Column(
        "t_calib_status", "text", "", "meta.code.qual", "obscore:Char.TimeAxis.calibrationStatus"
    ),
    Column(
        "t_stat_error",
        "real",
        "s",
        "stat.error;time",
        "obscore:Char.TimeAxis.Accuracy.StatError.Refval.value",
    ),
    Column("em_ucd", "text", "", "meta.ucd", "obscore:Char.SpectralAxis.ucd"),
    Column("em_unit", "text", "", "meta.unit", "obscore:Char.SpectralAxis.unit"),
    Column(
        "em_calib_status",
        "text",
        "",
        "meta.code.qual",
        "obscore:Char.SpectralAxis.calibrationStatus",
    ),
    Column(
        "em_res_power_min",
        "real",
        "",
        "spect.resolution;stat.min",
        "obscore:Char.SpectralAxis.Resolution.ResolPower.LoLimit",
    ),
    Column(
        "em_res_power_max",
        "real",
        "",
        "spect.resolution;stat.max",
        "obscore:Char.SpectralAxis.Resolution.ResolPower.HiLimit",
    ),
    Column(
        "em_resolution",
        "real",
        "m",
        "spect.resolution;stat.mean",
        "obscore:Char.SpectralAxis.Resolution.Refval.value",
    ),
    Column(
        "em_stat_error",
        "real",
        "m",
        "stat.error;em",
        "obscore:Char.SpectralAxis.Accuracy.StatError.Refval.value",
    ),
    Column("o_unit", "text", "", "meta.unit", "obscore:Char.ObservableAxis.unit"),
    Column(
        "o_calib_status",
        "text",
        "",
        "meta.code.qual",
        "obscore:Char.ObservableAxis.calibrationStatus",
    ),
    Column(
        "o_stat_error",
        "real",
        "",
        "stat.error",
        "obscore:Char.ObservableAxis.Accuracy.StatError.Refval.value",
    ),
    Column(
        "proposal_id", "text", "", "meta.id;obs.proposal", "obscore:Provenance.Proposal.identifier"
    ),
)
"""The optional columns of ObsCore 1.1; ``o_stat_error`` is in the row's ``o_unit``."""

EXTENSION: Final = (
    Column("site", "text", "", "meta.id;instr.obsty"),
    Column("sub_array_name", "text", "", "meta.id;instr"),
    Column("run_type", "text", "", "meta.code;obs"),
    Column("data_quality", "text", "", "meta.code.qual"),
    Column("calib_version", "text", "", "meta.version;obs.calib"),
    Column("reco_version", "text", "", "meta.version"),
    Column("reco_method", "text", "", "meta.code"),
    Column("applied_cuts", "text", "", "meta.code"),
    Column("spectral_model", "text", "", "meta.id;meta.modelled"),
)
"""With what a Cherenkov array observed, and what was done to the data: columns of the observatory.

Its ``obs_mode`` and ``pointing_mode`` are also in `HIGH_ENERGY`, and there only: a NATURAL JOIN of
both tables, which compares all columns that they share, would lose the rows where either is null.
"""

HIGH_ENERGY: Final = (
    Column("ev_xel", "long", "", "meta.number;instr.detection;phys.particle"),
    Column("s_ref_energy", "real", "eV", "meta.ref;em.energy;pos"),
    Column("em_ref_energy", "real", "eV", "meta.ref;em.energy;em"),
    Column("s_ref_oaa", "real", "deg", "pos.posAng;instr.offset;pos"),
    Column("em_ref_oaa", "real", "deg", "pos.posAng;instr.offset;em"),
    Column("t_intervals", "intervals"),
    Column("energy_min", "real", "eV", "em.energy;stat.min"),
    Column("energy_max", "real", "eV", "em.energy;stat.max"),
    Column("obs_mode", "text", "", "meta.code;obs.param"),
    Column("tracking_mode", "text", "", "meta.code;obs.param"),
    Column("scan_mode", "text", "", "meta.code;obs.param"),
    Column("pointing_mode", "text", "", "meta.code;obs.param"),
    Column("analysis_mode", "text", "", "meta.code;obs.param"),
    Column("event_type", "text", "", "meta.code.qual;instr.detection;phys.particle"),
    Column("messenger_name", "text", "", "meta.id;phys.particle"),
    Column("messenger_pdgid", "text", "", "meta.ref.pdgid;phys.particle"),
)
"""The columns of the proposed high-energy extension; each may be null or absent."""

COLUMNS: Final[tuple[Column, ...]] = (*MANDATORY, *OPTIONAL, *EXTENSION, *HIGH_ENERGY)
"""All columns of a record, those that must exist first."""
BY_NAME: Final[Mapping[str, Column]] = {column.name: column for column in COLUMNS}

TABLES: Final[Mapping[str, tuple[Column, ...]]] = {
    "obscore": (*MANDATORY, *OPTIONAL, *EXTENSION),
    "obscore_hea": (BY_NAME["obs_publisher_did"], *HIGH_ENERGY),
}
"""The tables of schema ``ivoa`` that show the records: both have a row for each of them."""
_OTHER_NAMES: Final[Mapping[str, str]] = {"ev_number": "ev_xel", "t_gti": "t_intervals"}
"""Earlier names of columns, as talks on the high-energy extension have them."""


def standard_name(written: str) -> str:
    """The name of a column as the standard has it: in small letters, the present one if it changed.

    What is no column keeps its name, in small letters with ``_`` for blanks.
    """
    name = written.strip().lower().replace(" ", "_")
    return _OTHER_NAMES.get(name, name)


@dataclass(frozen=True, slots=True)
class ObsCoreRecord:
    """One dataset as ObsCore describes it."""

    values: Mapping[str, str | int | float | None]
    """By column name, in the column's unit; columns that are not given are absent."""
    product_id: str | None = None
    """``CTA PRODUCT ID`` of the file where the table has such a column: a strong name."""
    told_of: tuple[str, str | None] | None = None
    """Id and bundle of the entity of a document that tells it; None of a row in a table."""

    @property
    def obs_publisher_did(self) -> str:
        """The identifier of the dataset, an IVOID."""
        return str(self.values["obs_publisher_did"])

    @property
    def element(self) -> tuple[str, str | None]:
        """Id and bundle of what the record describes."""
        return self.told_of or (self.obs_publisher_did, None)
