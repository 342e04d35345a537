// Does: writes by which activity members were made, where that cannot be there; as `new_relations`.
// Parameters: $within (each a list: the numbers of both nodes, key, membership, generation).
// Returns: nothing.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek(Locking).
UNWIND $within AS row
MATCH (a:Element {iid: row[0]})
CALL (row) {
  MATCH (b:Element {iid: row[1]})
  RETURN b
}
CREATE (a)-[:WAS_GENERATED_WITHIN {key: row[2], membership: row[3], generation: row[4]}]->(b)
