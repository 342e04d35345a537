// Asks: by what chain a result goes back to an origin: one of the shortest.
// Parameters: $result, $origin (IRIs of two different elements).
// Returns: one row: the names of the nodes and the types of the relations between them; no row where
//   the result does not come from the origin.
// Index: element_iri.
// Plan: ShortestPath, which searches from both ends at once. SHORTEST 1 would enumerate paths.
MATCH (result:Element {iri: $result})
WITH DISTINCT result
MATCH (origin:Element {iri: $origin})
MATCH p = shortestPath((result)
  -[:USED|WAS_GENERATED_BY|WAS_GENERATED_WITHIN|WAS_DERIVED_FROM|HAD_MEMBER|SPECIALIZATION_OF*]->(origin))
RETURN [one IN nodes(p) | one.name] AS names, [one IN relationships(p) | type(one)] AS relations
