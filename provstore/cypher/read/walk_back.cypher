// Asks: which nodes can be reached from some nodes with the arrows, and over how few relations.
// Parameters: $roots (numbers of the nodes to start from), $limit (most nodes). Filled in by the
//   loader: the relationship types, and the most relations on a path or nothing.
// Returns: one row: catalogue and position of the graph before the walk; the nodes' numbers and their
//   distances, nearest first and by number within a distance. No row where the graph has no state, or
//   none of the nodes to start from.
// Index: projection_id, element_iid.
// Plan: VarLengthExpand(Pruning,BFS,All), which needs min(length(p)) and the lower bound 0: anything
//   that makes paths visible enumerates them, 2^n on diamonds. The state is read before the walk.
MATCH (s:Projection {id: 1})
WITH s.catalogue AS catalogue, s.position AS position
MATCH p = (n:Element)-[:<types>*0..<most>]->(m)
WHERE n.iid IN $roots
WITH catalogue, position, m.iid AS iid, min(length(p)) AS distance
ORDER BY distance, iid LIMIT $limit
RETURN catalogue, position, collect(iid) AS iids, collect(distance) AS distances
