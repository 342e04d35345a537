// Does: writes relationships that cannot be there, between nodes that are: a graph that is written
//   anew has none. The second end is found in a call of its own, since beside the first one Neo4j
//   would make all pairs of both.
// Parameters: $relations (each a list: the numbers of both nodes, key, role, time). Filled in by the
//   loader: the type.
// Returns: nothing.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek(Locking).
UNWIND $relations AS row
MATCH (a:Element {iid: row[0]})
CALL (row) {
  MATCH (b:Element {iid: row[1]})
  RETURN b
}
CREATE (a)-[:<type> {key: row[2], role: row[3], time: row[4]}]->(b)
