"""Documents and lineage answers to chunks of bytes, one file per format."""
