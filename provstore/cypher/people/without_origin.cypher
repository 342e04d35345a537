// Asks: of which data of a level nobody has told how they were made.
// Parameters: $level (e.g. DL3), $limit (most rows).
// Returns: a row per entity: its name and IRI.
// Index: element_level.
// Plan: NodeIndexSeek.
MATCH (n:Element {level: $level})
WHERE NOT EXISTS {
  (n)-[:WAS_GENERATED_BY|WAS_GENERATED_WITHIN|WAS_DERIVED_FROM|HAD_MEMBER|SPECIALIZATION_OF]->()
}
RETURN n.name AS name, n.iri AS iri
ORDER BY name, iri
LIMIT $limit
