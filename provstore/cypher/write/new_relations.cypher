// Does: writes relationships that cannot be there, between nodes that are: a graph that is written
//   anew has none. The second end is found in a call of its own, since beside the first one Neo4j
//   would make all pairs of both.
// Parameters: $relations (as of `relations`). Filled in by the loader: the type.
// Returns: nothing.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek(Locking).
UNWIND $relations AS row
MATCH (a:Element {iid: row.a})
CALL (row) {
  MATCH (b:Element {iid: row.b})
  RETURN b
}
CREATE (a)-[:<type> {key: row.key, role: row.role, time: row.time}]->(b)
