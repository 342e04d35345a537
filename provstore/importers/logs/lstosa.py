"""The provenance logs of lstosa, the on-site analysis of the Large-Sized Telescope.

Raw, each record stands behind ``__PROV__<time>__PROV__``; processed, the dictionaries of a run
stand bare. Both have the same keys and a ``session_tag``. Source: what lstosa 0.11 writes.

Its ``hash`` is that of the path, not of the content, and so are the identifiers of its files. It is
kept as ``provstore:hash`` with ``provstore:hash_of`` "path", and never is a checksum.
"""

import re
from collections.abc import Sequence
from typing import Final

from provstore.importers.base import Findings, Part, sniffed_text
from provstore.importers.logs.lines import MARKED
from provstore.importers.logs.python_log import read_python_log
from provstore.importers.logs.statements import Dialect

_DIALECT: Final = Dialect("lstosa", hash_of="path")
_TAGGED: Final = re.compile(r"""^(?:.{0,300}?__PROV__)?\{.*'session_tag': '""", re.MULTILINE)
_BARE: Final = re.compile(r"""^\{'(?:activity|entity|session)_id': """, re.MULTILINE)


class LstosaLog:
    """The importer of lstosa's logs."""

    name = "lstosa"
    media_types: Sequence[str] = ()

    def sniff(self, head: bytes) -> bool:
        """Whether a line holds a dictionary with ``session_tag``, marked or bare."""
        text = sniffed_text(head)
        marked = MARKED.search(text)
        if marked is None and _BARE.match(text) is None:
            return False
        return (marked is None or marked[1] == "__PROV__") and _TAGGED.search(text) is not None

    def read(self, data: bytes, findings: Findings) -> list[Part]:
        """One part for each activity whose records stand together."""
        return read_python_log(data, findings, _DIALECT)
