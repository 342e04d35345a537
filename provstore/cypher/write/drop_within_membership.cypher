// Does: deletes what followed from memberships that nobody says any more.
// Parameters: $keys (numbers of the memberships).
// Returns: nothing.
// Index: generated_within_membership.
// Plan: DirectedRelationshipIndexSeek.
UNWIND $keys AS key
MATCH ()-[r:WAS_GENERATED_WITHIN {membership: key}]->()
DELETE r
