// Does: takes the lock of the graph's state, so that one worker writes at a time; the others wait.
//   What stands in the state is read after this, in the same transaction.
// Parameters: $writer (who writes, for people).
// Returns: nothing.
// Index: projection_id.
// Plan: NodeUniqueIndexSeek(Locking).
MATCH (s:Projection {id: 1})
SET s.writer = $writer
