// Does: writes relationships of one type; one that is there stays. An end that is not there yet is
//   made with its number alone: a later row of the outbox brings the rest.
// Parameters: $relations (each `key`, `a` and `b`: numbers of the nodes, `role`, `time`). Filled in by
//   the loader: the type. With a parameter in its place a relationship is looked for among all that
//   its ends have.
// Returns: nothing.
// Index: element_iid, used_key.
// Plan: NodeUniqueIndexSeek(Locking), DirectedRelationshipUniqueIndexSeek(Locking).
UNWIND $relations AS row
MERGE (a:Element {iid: row.a})
MERGE (b:Element {iid: row.b})
MERGE (a)-[r:<type> {key: row.key}]->(b)
SET r.role = row.role, r.time = row.time
