// Does: writes nodes that cannot be there: a graph that is written anew has none.
// Parameters: $nodes (each a list: the values of its properties in the order below, its labels but
//   `Element`). Lists are shorter than maps for whoever sends them, and quicker to read.
// Returns: nothing.
// Index: none.
// Plan: EmptyResult over Create: nothing is looked for.
UNWIND $nodes AS row
CREATE (:Element:$(row[8]) {
  iid: row[0], iri: row[1], name: row[2], version: row[3], class: row[4], level: row[5],
  obs_publisher_did: row[6], stops: row[7]
})
