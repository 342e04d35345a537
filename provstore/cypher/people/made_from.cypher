// Asks: what data were made from a file, over any number of steps.
// Parameters: $name (of the file), $limit (most rows).
// Returns: a row per entity, nearest first: its name, IRI and level, and the least number of relations.
// Index: element_name.
// Plan: VarLengthExpand(Pruning,BFS,All).
MATCH p = (file:Element {name: $name})
  <-[:USED|WAS_GENERATED_BY|WAS_GENERATED_WITHIN|WAS_DERIVED_FROM|HAD_MEMBER|SPECIALIZATION_OF*0..]-(made)
WITH made, min(length(p)) AS distance
WHERE made:Entity AND distance > 0
RETURN made.name AS name, made.iri AS iri, made.level AS level, distance
ORDER BY distance, name, iri
LIMIT $limit
