// Does: writes nodes, the labels and properties that they have and no others.
// Parameters: $nodes (each `iid`, `labels`, `properties`), $known (all labels that a node may have).
// Returns: nothing.
// Index: element_iid.
// Plan: NodeUniqueIndexSeek(Locking).
UNWIND $nodes AS row
MERGE (n:Element {iid: row.iid})
REMOVE n:$($known)
SET n:$(row.labels)
SET n = row.properties
