"""The provenance archive of an observatory."""

__version__ = "0.1.0"
