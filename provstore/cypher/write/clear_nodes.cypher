// Does: deletes the first nodes, which have no relationships any more.
// Parameters: $nodes (how many at once).
// Returns: one row: how many nodes were deleted.
// Index: none.
// Plan: NodeByLabelScan, of no more than the first nodes.
MATCH (n:Element)
WITH n LIMIT $nodes
DELETE n
RETURN count(n) AS number
