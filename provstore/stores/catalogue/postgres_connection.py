"""Connections to PostgreSQL whose statements end where the server hangs.

A server that is stopped keeps its connections: the system below it acknowledges what is sent, and
no time limit of the driver's library is reached. So while an answer is out, another connection asks
now and then whether the server speaks at all: a long statement goes on, a hanging server is an
error. `provstore.stores.catalogue.postgres` imports this where the driver is installed.
"""

import time
from collections.abc import Generator, Mapping
from typing import Any, Final, TypeVar

import psycopg

from provstore.errors import UnavailableError

LEAST_VERSION: Final = 13
"""The oldest PostgreSQL that its makers support."""
CONNECT_TIMEOUT_S: Final = 5
_PATIENCE_S: Final = 5.0
"""How long an answer is waited for before the server is asked whether it is there."""
_SETTINGS: Final = (
    # The planner keeps the written order of joins beyond these; views hide several tables each.
    "-c join_collapse_limit=20 -c from_collapse_limit=20 "
    # a walk reads some hundred rows that lie near each other, mostly in memory
    "-c random_page_cost=1.1 "
    # compiling a plan takes longer than most walks
    "-c jit=off -c timezone=UTC"
)
_ARGUMENTS: Final[Mapping[str, Any]] = {
    "options": _SETTINGS,
    "connect_timeout": CONNECT_TIMEOUT_S,
    # a host that is gone acknowledges nothing: noticed within half a minute
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
    "application_name": "provstore",
}
_Result = TypeVar("_Result")
_Waiting = Generator[Any, Any, _Result]
"""How the driver works: it gives what it waits for, and is told what has come, or that nothing."""


def connect(arguments: Mapping[str, Any]) -> "Connection":
    """A connection to a server that can hold a catalogue.

    Parameters
    ----------
    arguments
        Where, and who; as libpq names them. What they say wins over our own settings.

    Raises
    ------
    psycopg.Error
        There is none to be had.
    UnavailableError
        The server is too old, or keeps texts in another encoding than UTF-8.
    """
    connection = Connection.connect(**{**_ARGUMENTS, **arguments})
    connection.arguments = arguments
    version = connection.info.server_version // 10_000
    encoding = connection.info.parameter_status("server_encoding")
    if version >= LEAST_VERSION and encoding == "UTF8":
        return connection
    connection.close()
    if version < LEAST_VERSION:
        message = f"the catalogue's server is PostgreSQL {version}; {LEAST_VERSION} is the oldest"
        raise UnavailableError(f"{message} that can be used")
    message = f"the catalogue's database is encoded in {encoding}; it has to be made with"
    raise UnavailableError(f"{message} ENCODING 'UTF8'")


class Connection(psycopg.Connection[Any]):
    """One whose server is asked whether it is there when an answer takes long."""

    arguments: Mapping[str, Any]

    def wait(
        self, gen: _Waiting[_Result], interval: float = 0.1, timeout: float | None = None
    ) -> _Result:
        """Wait for an answer, as the driver does for each of them."""
        # older drivers know no time limit here, and give none
        limits = {} if timeout is None else {"timeout": timeout}
        return super().wait(self._watched(gen), interval, **limits)

    def _watched(self, gen: _Waiting[_Result]) -> _Waiting[_Result]:
        due = time.monotonic() + _PATIENCE_S
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() > due:
                    self._ask()
                    due = time.monotonic() + _PATIENCE_S
                wanted = gen.send(ready)
        except StopIteration as end:
            result: _Result = end.value
            return result

    def _ask(self) -> None:
        try:
            psycopg.connect(**{**_ARGUMENTS, **self.arguments}).close()
        except psycopg.OperationalError as error:
            if "FATAL" in str(error):  # it does speak: it only takes no more connections
                return
            self.pgconn.finish()
            raise psycopg.OperationalError("the server gives no answer") from error
