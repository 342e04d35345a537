// Makes: one node per element of the catalogue (by its number and by its IRI), one node of state.
// May run again. Each constraint brings the index by which nodes are found.
CREATE CONSTRAINT element_iid IF NOT EXISTS
FOR (n:Element) REQUIRE n.iid IS UNIQUE;

CREATE CONSTRAINT element_iri IF NOT EXISTS
FOR (n:Element) REQUIRE n.iri IS UNIQUE;

CREATE CONSTRAINT projection_id IF NOT EXISTS
FOR (s:Projection) REQUIRE s.id IS UNIQUE;
