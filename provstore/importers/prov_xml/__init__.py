"""PROV-XML of the W3C, voprov, OPUS and ProvToolbox."""
