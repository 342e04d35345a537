// Does: writes by which activity members were made, which follows from two relations.
// Parameters: $within (each `key`, `a` and `b`: numbers of the nodes, `membership`, `generation`).
// Returns: nothing.
// Index: element_iid, was_generated_within_key.
// Plan: NodeUniqueIndexSeek(Locking), DirectedRelationshipUniqueIndexSeek(Locking).
UNWIND $within AS row
MERGE (a:Element {iid: row.a})
MERGE (b:Element {iid: row.b})
MERGE (a)-[r:WAS_GENERATED_WITHIN {key: row.key}]->(b)
SET r.membership = row.membership, r.generation = row.generation
