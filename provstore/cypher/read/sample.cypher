// Asks: all that stands in the graph of some nodes: labels, properties, relationships away from them.
//   A relationship towards a node is one away from its other end.
// Parameters: $iids (numbers of nodes).
// Returns: a row per node that there is, by number: the number, labels, properties; per relationship
//   its type, properties and the number of the node it goes to, in no order.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek.
MATCH (n:Element)
WHERE n.iid IN $iids
RETURN n.iid AS iid, labels(n) AS labels, properties(n) AS properties,
  [(n)-[r]->(m) | [type(r), properties(r), m.iid]] AS relationships
ORDER BY iid
