// Asks: which data of a level a product was made from, nothing behind them: the DL3 files of a map.
// Parameters: $name (of the product), $level (of its inputs, e.g. DL3).
// Returns: a row per input, nearest first: its name, IRI and published identifier, and the least
//   number of relations to it.
// Index: element_name.
// Plan: VarLengthExpand(Pruning,BFS,All), for which the level is compared inside the quantified pattern.
MATCH p = (product:Element {name: $name})
  ((a WHERE coalesce(a.level, '') <> $level OR a.name = $name)
    -[:USED|WAS_GENERATED_BY|WAS_GENERATED_WITHIN|WAS_DERIVED_FROM|HAD_MEMBER|SPECIALIZATION_OF]->()){0,}
  (input)
WITH input, min(length(p)) AS distance
WHERE input.level = $level AND distance > 0
RETURN input.name AS name, input.iri AS iri, input.obs_publisher_did AS published, distance
ORDER BY distance, name, iri
