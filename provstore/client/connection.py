"""Where the server is: arguments, then the environment, then the settings file.

The settings file is the one that the server reads too: TOML, named by ``PROVSTORE_CONFIG``. It is
read here without the server's settings class, because a pipeline's `push` has to start fast.
"""

import os
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from provstore.errors import BadParameterError

DEFAULT_URL: Final = "http://127.0.0.1:8000"


class Connection:
    """The settings of a client, each read once and only when it is asked for.

    Parameters
    ----------
    url, token, source, spool, uws_token
        What the caller gave, an empty text for "none"; None leaves it to ``PROVSTORE_URL``,
        ``PROVSTORE_TOKEN``, ``PROVSTORE_SOURCE``, ``PROVSTORE_SPOOL`` and ``PROVSTORE_UWS_TOKEN``.

    Raises
    ------
    BadParameterError
        On first use: the file that ``PROVSTORE_CONFIG`` names cannot be read.
    """

    def __init__(
        self,
        *,
        url: str | None = None,
        token: str | None = None,
        source: str | None = None,
        spool: Path | None = None,
        uws_token: str | None = None,
    ) -> None:
        self._given = {
            "url": url,
            "token": token,
            "source": source,
            "spool": spool,
            "uws_token": uws_token,
        }

    @property
    def named_url(self) -> str | None:
        """The server that somebody named, or None."""
        return self._setting("url")

    @property
    def url(self) -> str:
        """The server: the named one, else the one that `provstore serve` starts by default."""
        return self.named_url or DEFAULT_URL

    @property
    def token(self) -> str | None:
        """The secret that is sent, or None."""
        return self._setting("token")

    @property
    def uws_token(self) -> str | None:
        """The secret for a UWS server, or None."""
        return self._setting("uws_token")

    @property
    def source(self) -> str | None:
        """The name of the pipeline, or None."""
        return self._setting("source")

    @property
    def spool(self) -> Path:
        """The folder of documents that could not be sent yet."""
        return Path(self._setting("spool") or self._data_dir() / "spool")

    def _data_dir(self) -> Path:
        """As the server's default: the user's data folder (XDG Base Directory Specification)."""
        data_home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
        return Path(self._setting("data_dir") or Path(data_home) / "provstore")

    def _setting(self, name: str) -> str | None:
        found = self._given.get(name)
        if found is None:
            found = os.environ.get(f"PROVSTORE_{name.upper()}") or self._file.get(name)
        return str(found or "") or None

    @cached_property
    def _file(self) -> dict[str, Any]:
        path = os.environ.get("PROVSTORE_CONFIG")
        if not path:
            return {}
        try:
            return tomllib.loads(Path(path).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadParameterError("PROVSTORE_CONFIG", path, f"a TOML file ({error})") from error
