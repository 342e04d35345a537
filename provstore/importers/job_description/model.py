"""A job description as its file tells it, before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

NOT_SET: Final = ""


@dataclass(frozen=True, slots=True)
class Described:
    """One role, or one parameter, that a job has."""

    name: str
    place: str
    said: Mapping[str, str] = field(default_factory=dict)
    """What is said of it, by the local name of the voprov attribute; empty texts are left out."""
    content_type: str = NOT_SET
    """Media type of the entity in this role."""


@dataclass(slots=True)
class JobDescription:
    """What can be known of a job before it runs."""

    name: str
    place: str
    said: dict[str, str] = field(default_factory=dict)
    """``version``, ``type``, ``subtype``, ``docurl``, ``description``."""
    contact: str = NOT_SET
    base: str | None = None
    """Address of the server that runs the job, without a slash at its end."""
    used: list[Described] = field(default_factory=list)
    generated: list[Described] = field(default_factory=list)
    parameters: list[Described] = field(default_factory=list)
