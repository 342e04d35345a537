// Does: deletes what followed from generations that nobody says any more.
// Parameters: $keys (numbers of the generations).
// Returns: nothing.
// Index: generated_within_generation.
// Plan: DirectedRelationshipIndexSeek.
UNWIND $keys AS key
MATCH ()-[r:WAS_GENERATED_WITHIN {generation: key}]->()
DELETE r
