"""PROV-VOTable: the draft of 2017 and our own layout."""
