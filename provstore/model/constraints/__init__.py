"""What the standards ask of a document beyond its syntax, as findings.

Nothing here refuses a document: PROV-CONSTRAINTS calls a document invalid, the archive keeps it and
says so. `rules` names every rule, `valid` checks W3C PROV-CONSTRAINTS, `ivoa` the IVOA Provenance
DM, `ends` what a document refers to without declaring it.
"""
