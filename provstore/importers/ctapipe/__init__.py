"""The provenance log of ctapipe."""
