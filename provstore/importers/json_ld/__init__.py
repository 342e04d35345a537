"""JSON-LD: PROV-JSONLD by a reader of its own, anything else as PROV-O."""
