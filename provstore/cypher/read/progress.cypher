// Asks: what stands in the graph, for whoever writes it.
// Parameters: none.
// Returns: catalogue; position (of the last row of the outbox that is shown), seen and whole (number
//   and stamp of the last row in the snapshot that was written from), stamp (that of the catalogue
//   whose state is shown exactly; a random one while that is none). No row where nothing was ever
//   written.
// Index: projection_id.
// Plan: NodeUniqueIndexSeek.
MATCH (s:Projection {id: 1})
RETURN s.catalogue AS catalogue, s.position AS position, s.seen AS seen, s.whole AS whole,
  s.stamp AS stamp
