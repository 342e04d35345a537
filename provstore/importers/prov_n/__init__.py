"""PROV-N: tokens, then statements."""
