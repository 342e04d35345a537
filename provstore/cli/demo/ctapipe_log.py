"""The provenance log of a night, in the shape that ctapipe 0.32 appends to its log file."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from provstore.cli.demo.night import FACILITY, INSTRUMENT
from provstore.cli.demo.pipeline import DataFile, ToolRun

_ENVIRONMENT: Final = "/opt/dca/env"
_PLATFORM: Final[Mapping[str, Any]] = {
    "architecture_bits": "64bit",
    "architecture_linkage": "ELF",
    "machine": "x86_64",
    "processor": "",
    "node": "dca-onsite-07",
    "version": "#1 SMP PREEMPT_DYNAMIC",
    "system": "Linux",
    "release": "6.12.0",
    "libcver": ["glibc", "2.39"],
    "n_cpus": 32,
    "boot_time": "2025-12-01T08:00:00.000",
}
_PACKAGES: Final[Mapping[str, str]] = {
    "astropy": "7.1.1",
    "eventio": "1.16.1",
    "numpy": "2.3.5",
    "scikit-learn": "1.7.2",
    "tables": "3.10.2",
    "traitlets": "5.14.3",
}
_VARIABLES: Final[Mapping[str, str | None]] = {
    "CONDA_DEFAULT_ENV": None,
    "CONDA_PREFIX": None,
    "PATH": f"{_ENVIRONMENT}/bin:/usr/bin:/bin",
    "LD_LIBRARY_PATH": None,
    "USER": "operator",
    "HOME": "/home/operator",
    "SHELL": "/bin/bash",
}


def log_text(tools: Iterable[ToolRun], log_path: str) -> Iterator[str]:
    """The log, one array per execution: each appends its own and nothing separates them."""
    for tool in tools:
        yield json.dumps([_activity(tool, log_path)], indent=3)


def _activity(tool: ToolRun, log_path: str) -> dict[str, Any]:
    maker = tool.maker
    configuration = {
        "url": tool.config_file,
        "role": "Tool Configuration",
        "reference_meta": None,
    }
    return {
        "activity_name": maker.name,
        "activity_uuid": maker.uuid,
        "status": "error" if tool.exit_code else "completed",
        "start": {"time_utc": _iso(maker.start)},
        "stop": {"time_utc": _iso(maker.stop)},
        "system": _system(tool, log_path),
        "input": [configuration, *_files(tool.inputs)],
        "output": _files(tool.outputs),
        "exit_code": tool.exit_code,
        "config": _with_log(tool, log_path),
        "duration_min": (maker.stop - maker.start) / timedelta(minutes=1),
    }


def _with_log(tool: ToolRun, log_path: str) -> dict[str, Any]:
    common = {
        "config_files": [tool.config_file],
        "log_level": 30,
        "overwrite": False,
        "provenance_log": log_path,
    }
    return {name: {**common, **traits} for name, traits in tool.config.items()}


def _system(tool: ToolRun, log_path: str) -> dict[str, Any]:
    executable = f"{_ENVIRONMENT}-{tool.maker.version}/bin/{tool.maker.name}"
    return {
        "ctapipe_version": tool.maker.version,
        "ctapipe_svc_path": None,
        "executable": f"{_ENVIRONMENT}-{tool.maker.version}/bin/python",
        "platform": _PLATFORM,
        "python": _python(tool.maker.version),
        "environment": _VARIABLES,
        "arguments": [executable, "-c", tool.config_file, "--provenance-log", log_path],
        "start_time_utc": _iso(tool.maker.start + timedelta(milliseconds=60)),
    }


def _python(ctapipe_version: str) -> dict[str, Any]:
    packages = {**_PACKAGES, "ctapipe": ctapipe_version}
    return {
        "version_string": "3.12.12 (main, Oct 10 2025, 08:52:57) [GCC 14.3.0]",
        "version": ["3", "12", "12"],
        "compiler": "GCC 14.3.0",
        "implementation": "CPython",
        "packages": [{"name": name, "version": packages[name]} for name in sorted(packages)],
    }


def _files(files: Iterable[tuple[str, DataFile]]) -> list[dict[str, Any]]:
    return [
        {"url": file.path, "role": role, "reference_meta": _reference_meta(file)}
        for role, file in files
    ]


def _reference_meta(file: DataFile) -> dict[str, str]:
    """The flat keys of CTAO reference metadata, version 1."""
    maker = file.maker
    return {
        "CTA REFERENCE VERSION": "1",
        "CTA CONTACT EMAIL": "pipeline@observatory.example",
        "CTA CONTACT NAME": "Data Processing Group",
        "CTA CONTACT ORGANIZATION": FACILITY,
        "CTA PRODUCT CREATION TIME": _plain(maker.stop),
        "CTA PRODUCT DATA ASSOCIATION": "Subarray",
        "CTA PRODUCT DATA CATEGORY": file.category,
        "CTA PRODUCT DATA LEVELS": file.levels,
        "CTA PRODUCT DATA MODEL NAME": "ASWG",
        "CTA PRODUCT DATA MODEL URL": "",
        "CTA PRODUCT DATA MODEL VERSION": "v7.0.0",
        "CTA PRODUCT DESCRIPTION": file.description,
        "CTA PRODUCT FORMAT": file.format,
        "CTA PRODUCT ID": file.product_id,
        "CTA PROCESS ID": file.obs_id,
        "CTA PROCESS SUBTYPE": "",
        "CTA PROCESS TYPE": "Observation",
        "CTA ACTIVITY ID": maker.uuid,
        "CTA ACTIVITY NAME": maker.name,
        "CTA ACTIVITY SOFTWARE NAME": maker.software,
        "CTA ACTIVITY SOFTWARE VERSION": maker.version,
        "CTA ACTIVITY START TIME": _plain(maker.start),
        "CTA ACTIVITY STOP TIME": _plain(maker.stop),
        "CTA ACTIVITY TYPE": "software",
        "CTA INSTRUMENT CLASS": "Other",
        "CTA INSTRUMENT ID": INSTRUMENT,
        "CTA INSTRUMENT SITE": "Other",
        "CTA INSTRUMENT SUBTYPE": "unspecified",
        "CTA INSTRUMENT TYPE": "unspecified",
        "CTA INSTRUMENT VERSION": "unspecified",
    }


def _iso(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds")


def _plain(moment: datetime) -> str:
    return _iso(moment).replace("T", " ")
