"""The settings: environment variables with the prefix ``PROVSTORE_``, or a TOML file.

The file is named by ``PROVSTORE_CONFIG``; its keys are the names below in lower case. What the
environment says wins over the file. The passwords of the servers may stand in files of their own
instead, in the folder that ``PROVSTORE_SECRETS_DIR`` names: ``provstore_database_password`` and
``provstore_graph_password``.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from provstore.errors import BadParameterError
from provstore.model.identifiers import LOOPBACK_HOSTS

if TYPE_CHECKING:
    from provstore.model.keyword_rules import Rules

GRAPH_SCHEMES: Final = frozenset({"bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc"})
"""How an address of Neo4j may begin: one server or a cluster, each with TLS or without."""

SECRETS_OF_FILES: Final = ("database_password", "graph_password")
"""What is looked for in the folder of ``PROVSTORE_SECRETS_DIR``."""


def default_data_dir() -> Path:
    """The user's data folder (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "provstore"


class Settings(BaseSettings):
    """One frozen set of settings; built by `main` or `cli`, ends at the factory.

    Raises
    ------
    BadParameterError
        The file that ``PROVSTORE_CONFIG`` names is not there, or is no TOML; a file of secrets
        cannot be read; DATABASE_PASSWORD or the user in GRAPH_URL fits nowhere. Such messages
        show no secret.
    """

    model_config = SettingsConfigDict(env_prefix="PROVSTORE_", frozen=True, extra="forbid")

    url: str = Field(default="", description="Server that the commands ask; empty is none.")
    token: SecretStr = Field(
        default=SecretStr(""), description="Token that the commands send to the server."
    )
    uws_token: SecretStr = Field(
        default=SecretStr(""), description="Secret for the UWS server that `harvest` asks."
    )
    source: str = Field(default="", description="Source under which the commands push.")
    spool: Path | None = Field(
        default=None, description="Folder of documents that wait for the server."
    )
    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder of the catalogue and the spool."
    )
    database_url: str = Field(
        default="", description="The SQL catalogue; empty is SQLite in the data folder."
    )
    database_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the user in DATABASE_URL."
    )
    graph_url: str = Field(
        default="", description="Neo4j, as bolt:// or neo4j://; empty is the catalogue itself."
    )
    graph_user: str = Field(default="neo4j", description="User of Neo4j.")
    graph_password: SecretStr = Field(
        default=SecretStr(""), description="Password of the user of Neo4j; empty is no log-in."
    )
    graph_max_wait_s: float = Field(
        default=1.0,
        ge=0,
        description="Longest wait for a graph that lags, in seconds; then the catalogue answers.",
    )
    graph_timeout_s: float = Field(
        default=10.0, gt=0, description="Longest that one question to Neo4j may take, in seconds."
    )
    base_url: str = Field(
        default="http://127.0.0.1:8000", description="Where users reach the server."
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="Host names answered besides that of BASE_URL, comma-separated."
    )
    access_by_datalink: bool = Field(
        default=False,
        description="Whether the ObsCore records of answers lead to DataLink, not to the file.",
    )
    sesame_url: str = Field(
        default="",
        description="Sesame service that is asked where targets are; empty is none.",
    )
    sesame_timeout_s: float = Field(
        default=3.0, gt=0, description="Longest wait for an answer of Sesame, in seconds."
    )
    max_document_bytes: int = Field(
        default=100_000_000, gt=0, description="Most bytes of one document, decoded."
    )
    async_document_bytes: int = Field(
        default=8_000_000, ge=0, description="Larger documents are answered 202 and worked off."
    )
    max_lineage_nodes: int = Field(default=200_000, gt=0, description="Most nodes in one answer.")
    max_rows: int = Field(default=1000, gt=0, description="Most items of one page of a list.")
    max_table_rows: int = Field(
        default=1_000_000, gt=0, description="Most datasets of a search as CSV, VOTable or FITS."
    )
    max_refusals: int = Field(
        default=10_000, ge=0, description="Refusals kept in the log, newest first."
    )
    writer_timeout_s: float = Field(
        default=20.0, gt=0, description="Longest wait for the writer, in seconds; then 503."
    )
    threads: int = Field(
        default=4, gt=0, description="Threads of one server process that answer requests."
    )
    source_zones: dict[str, str] = Field(
        default_factory=dict,
        description="Time zone (IANA name) of the zone-less times of a source; UTC otherwise.",
    )
    keywords_file: Path | None = Field(
        default=None,
        description="TOML file of keyword rules that are added to the shipped ones; empty is none.",
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _split_hosts(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(host.strip() for host in value.split(",") if host.strip())
        return value

    @field_validator("keywords_file", mode="before")
    @classmethod
    def _readable_rules(cls, path: object) -> object:
        if path is None or path == "":
            return None
        if isinstance(path, str | Path):
            _added_rules(Path(path))
        return path

    @field_validator("graph_url")
    @classmethod
    def _graph_address(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url)
        if parts.scheme not in GRAPH_SCHEMES or not parts.hostname:
            schemes = ", ".join(f"{scheme}://" for scheme in sorted(GRAPH_SCHEMES))
            raise ValueError(f"an address of Neo4j begins with one of {schemes} and names a host")
        if "@" in parts.netloc:
            shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
            allowed = "an address; GRAPH_USER and GRAPH_PASSWORD say who asks"
            raise BadParameterError("PROVSTORE_GRAPH_URL", shown, allowed)
        return url

    @field_validator("sesame_url")
    @classmethod
    def _sesame_address(cls, url: str) -> str:
        if not url:
            return url
        parts = urlsplit(url)
        is_plain = not (parts.query or parts.fragment or "@" in parts.netloc or " " in url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain:
            raise ValueError("an address of Sesame is http:// or https://, a host and a path alone")
        return url

    @field_validator("source_zones")
    @classmethod
    def _known_zones(cls, zones: dict[str, str]) -> dict[str, str]:
        for source, name in zones.items():
            try:
                ZoneInfo(name)
            except (ValueError, OSError, ZoneInfoNotFoundError) as error:
                raise ValueError(f"{name!r}, of {source!r}, is no IANA time zone") from error
        return zones

    @cached_property
    def catalogue_url(self) -> str:
        """The catalogue's address, the default and the password filled in."""
        password = self.database_password.get_secret_value()
        if password:
            return _with_password(self.database_url, password)
        return self.database_url or f"sqlite:///{self.data_dir / 'provstore.db'}"

    @cached_property
    def base_host(self) -> str:
        """Host name of BASE_URL."""
        return urlsplit(self.base_url).hostname or ""

    @cached_property
    def keyword_rules(self) -> "Rules":
        """The shipped rules of provenance keywords, with those of KEYWORDS_FILE.

        Raises
        ------
        BadParameterError
            The file was changed since the start, and cannot be read any more.
        """
        from provstore.model.keyword_rules import shipped  # noqa: PLC0415  `push` reads no rules

        rules = shipped()
        return rules.with_more(_added_rules(self.keywords_file)) if self.keywords_file else rules

    @property
    def is_loopback(self) -> bool:
        """Whether the server is reached on its own host only."""
        return self.base_host in LOOPBACK_HOSTS

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then the files of secrets, then the TOML file."""
        del dotenv_settings, file_secret_settings
        folder = os.environ.get("PROVSTORE_SECRETS_DIR")
        secrets = (_secrets(settings_cls, Path(folder)),) if folder else ()
        path = os.environ.get("PROVSTORE_CONFIG")
        toml = (_settings_file(settings_cls, Path(path)),) if path else ()
        return (init_settings, env_settings, *secrets, *toml)


def _added_rules(path: Path) -> "Rules":
    from provstore.model.keyword_rules import parse  # noqa: PLC0415  as above

    try:
        return parse(path.read_text(encoding="utf-8"), path.name)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        allowed = f"a file of keyword rules ({reason})"
        raise BadParameterError("PROVSTORE_KEYWORDS_FILE", str(path), allowed) from error


def _settings_file(settings_cls: type[BaseSettings], path: Path) -> TomlConfigSettingsSource:
    try:
        with path.open("rb"):  # a file that is not there would be passed over in silence
            return TomlConfigSettingsSource(settings_cls, path)
    except (OSError, ValueError) as error:
        allowed = f"a TOML file ({error})"
        raise BadParameterError("PROVSTORE_CONFIG", str(path), allowed) from error


def _secrets(settings_cls: type[BaseSettings], folder: Path) -> InitSettingsSource:
    """The passwords that have a file in the folder; one without a file is not set there."""
    if not folder.is_dir():
        raise BadParameterError("PROVSTORE_SECRETS_DIR", str(folder), "a folder")
    found = {name: _secret(folder / f"provstore_{name}") for name in SECRETS_OF_FILES}
    known = {name: text for name, text in found.items() if text is not None}
    return InitSettingsSource(settings_cls, known)


def _secret(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        # the error itself is not passed on: that of a wrong encoding holds the bytes of the file
        reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        allowed = f"a folder of files that can be read ({file.name}: {reason})"
        raise BadParameterError("PROVSTORE_SECRETS_DIR", str(file.parent), allowed) from None


def _with_password(url: str, password: str) -> str:
    parts = urlsplit(url)
    user, at, host = parts.netloc.rpartition("@")
    if not at or not user or ":" in user:
        allowed = "set only where DATABASE_URL names a user and no password (user@host)"
        raise BadParameterError("PROVSTORE_DATABASE_PASSWORD", "…", allowed)
    return parts._replace(netloc=f"{user}:{quote(password, safe='')}@{host}").geturl()
