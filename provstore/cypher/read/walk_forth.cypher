// Asks: which nodes can be reached from some nodes against the arrows, and over how few relations.
// Parameters: $roots (numbers of the nodes to start from), $limit (most nodes). Filled in by the
//   loader: the relationship types, and the most relations on a path or nothing.
// Returns: one row: catalogue, position and stamp of the graph before the walk; the nodes' numbers
//   and their distances, nearest first and by number within a distance; the stamp after the walk.
//   No row where the graph has no state, or none of the nodes to start from.
// Index: projection_id, element_iid.
// Plan: VarLengthExpand(Pruning,BFS,All), which needs min(length(p)) and the lower bound 0: anything
//   that makes paths visible enumerates them, 2^n on diamonds. The state is read again on the right
//   of the Apply above all aggregation, so after the walk.
MATCH (s:Projection {id: 1})
WITH s.catalogue AS catalogue, s.position AS position, s.stamp AS before
MATCH p = (n:Element)<-[:<types>*0..<most>]-(m)
WHERE n.iid IN $roots
WITH catalogue, position, before, m.iid AS iid, min(length(p)) AS distance
ORDER BY distance, iid LIMIT $limit
WITH catalogue, position, before, collect(iid) AS iids, collect(distance) AS distances
OPTIONAL MATCH (e:Projection {id: 1})
RETURN catalogue, position, before, iids, distances, e.stamp AS after
