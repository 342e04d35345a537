"""Reading and writing a document in every format that keeps all of it, beside `prov` in one run.

The same records are written and read by provstore, and again by `prov` where it has the format; its
own document is read from PROV-JSON beforehand.
"""

import argparse
from collections.abc import Callable

from documents import pipeline_document
from measure import compare
from prov.model import ProvDocument

from provstore.exporters.registry import FORMATS, write_document
from provstore.importers.registry import read_document
from provstore.model.document import Document

PROV_NAMES = {
    "prov-json": {"format": "json"},
    "prov-n": {"format": "provn"},
    "prov-xml": {"format": "xml"},
    "json-ld": {"format": "jsonld"},
    "turtle": {"format": "rdf", "rdf_format": "turtle"},
    "trig": {"format": "rdf", "rdf_format": "trig"},
}
"""What `prov` calls the formats that it has."""
Side = tuple[str, Callable[[], object]]
GOALS = {"prov-json": "at most 0.50", "turtle": "at most 0.10", "trig": "at most 0.10"}


def measure(form: str, document: Document, theirs: ProvDocument, rounds: int) -> None:
    text = b"".join(write_document(document, form))
    told, goal = PROV_NAMES.get(form), GOALS.get(form, "")
    own_json = b"".join(write_document(document, "prov-json"))
    if told is None:  # no peer has it: our own PROV-JSON says what the records cost
        write: Side = ("prov-json by provstore", lambda: _written(document, "prov-json"))
        read: Side = ("prov-json by provstore", lambda: read_document(own_json))
    else:
        write = ("prov", lambda: theirs.serialize(**told))
        read = ("prov", lambda: ProvDocument.deserialize(content=text.decode(), **told))
    own_write: Side = ("provstore", lambda: _written(document, form))
    compare(f"{form}, write", own_write, write, rounds=rounds, goal=goal)
    own_read: Side = ("provstore", lambda: read_document(text, format=form))
    size = f"{len(text) / 1e6:.1f} MB"
    compare(f"{form}, read ({size})", own_read, read, rounds=rounds, goal=goal)


def _written(document: Document, form: str) -> bytes:
    return b"".join(write_document(document, form))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--records", type=int, default=20_000)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    data = pipeline_document(options.records)
    document = read_document(data).parts[0].document
    theirs = ProvDocument.deserialize(content=data.decode(), format="json")
    for form in (known.name for known in FORMATS if known.lossless):
        measure(form, document, theirs, options.rounds)


if __name__ == "__main__":
    main()
