// Asks: what stands in the graph: whose, up to which change, and whether it is whole.
// Parameters: none.
// Returns: catalogue, position, whole, stamp; no row where nothing was ever written.
// Index: projection_id.
// Plan: NodeUniqueIndexSeek.
MATCH (s:Projection {id: 1})
RETURN s.catalogue AS catalogue, s.position AS position, s.whole AS whole, s.stamp AS stamp
