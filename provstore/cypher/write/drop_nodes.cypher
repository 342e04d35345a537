// Does: deletes nodes with all their relationships; nothing where there is none.
// Parameters: $iids (their numbers).
// Returns: nothing.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek(Locking).
UNWIND $iids AS iid
MATCH (n:Element {iid: iid})
DETACH DELETE n
