// Does: deletes some relationships of the first nodes, before the graph is written anew.
// Parameters: $nodes, $most (how many of each at once).
// Returns: one row: how many relationships were deleted.
// Index: none.
// Plan: NodeByLabelScan, of no more than the first nodes.
MATCH (n:Element)
WITH n LIMIT $nodes
MATCH (n)-[r]-()
WITH DISTINCT r LIMIT $most
DELETE r
RETURN count(r) AS number
