"""PROV-JSON, with what IVOA software writes in it."""
