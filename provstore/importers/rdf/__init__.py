"""PROV-O in the syntaxes of RDF."""
