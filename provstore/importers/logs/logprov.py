"""The logs of logprov, and of the prototypes of gammapy from which it came.

logprov puts ``_PROV_<time>_PROV_`` before each record, the prototypes ``__PROV__<time>__PROV__``
with the keys of lstosa and no ``session_tag``. A session is one Python process, and the integers
that name its variables mean something in it only; they may exceed 64 bits. Source: what logprov and
the prototypes write.
"""

from collections.abc import Sequence
from typing import Final

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.logs.lines import MARKED
from provstore.importers.logs.python_log import read_python_log
from provstore.importers.logs.statements import Dialect

_DIALECT: Final = Dialect("logprov", has_flows=True)


class LogprovLog:
    """The importer of logprov's logs; asked after that of lstosa, whose mark is the same."""

    name = "logprov"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether a record stands behind one of the marks."""
        return MARKED.search(sniffed_text(head)) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """One part for each activity whose records stand together."""
        return read_python_log(data, findings, _DIALECT)
