// Does: writes nodes that cannot be there: a graph that is written anew has none.
// Parameters: $nodes (as of `nodes`).
// Returns: nothing.
// Index: none.
// Plan: SetNodePropertiesFromMap, after Create: nothing is looked for.
UNWIND $nodes AS row
CREATE (n:Element)
SET n:$(row.labels)
SET n = row.properties
