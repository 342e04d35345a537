// Does: says what stands in the graph; the node of state is made where there is none.
// Parameters: $state (`id`: 1, `catalogue`, `position`, `seen`, `whole`, `stamp`), $writer.
// Returns: nothing.
// Index: projection_id.
// Plan: NodeUniqueIndexSeek(Locking).
MERGE (s:Projection {id: 1})
SET s = $state, s.writer = $writer
