// Asks: as walk_back, but no path goes on from a node that has one of some stops; such a node is
//   returned, and a start is walked from whatever it has.
// Parameters: $roots (numbers of the nodes to start from), $stop (texts that the list `stops` of a
//   node is compared with), $limit (most nodes). Filled in by the loader: the relationship types, and
//   the most relations on a path or nothing.
// Returns: as walk_back.
// Index: projection_id, element_iid.
// Plan: VarLengthExpand(Pruning,BFS,All), for which the condition has to stand inside the quantified
//   pattern: on nodes(p) it enumerates paths. The state is read before the walk.
MATCH (s:Projection {id: 1})
WITH s.catalogue AS catalogue, s.position AS position
MATCH p = (n:Element WHERE n.iid IN $roots)
  ((a WHERE a.iid IN $roots OR none(one IN coalesce(a.stops, []) WHERE one IN $stop))
    -[:<types>]->()){0,<most>}(m)
WITH catalogue, position, m.iid AS iid, min(length(p)) AS distance
ORDER BY distance, iid LIMIT $limit
RETURN catalogue, position, collect(iid) AS iids, collect(distance) AS distances
