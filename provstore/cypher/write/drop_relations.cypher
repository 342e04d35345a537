// Does: deletes relationships of one type, wherever they lead; nothing where there is none.
// Parameters: $keys. Filled in by the loader: the type, whose index is read (below that of `used`).
// Returns: nothing.
// Index: used_key.
// Plan: DirectedRelationshipUniqueIndexSeek(Locking).
UNWIND $keys AS key
MATCH ()-[r:<type> {key: key}]->()
DELETE r
