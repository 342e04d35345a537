// Asks: which activities led to a product, in which versions, who is responsible for them and what
//   describes them.
// Parameters: $name (of the product).
// Returns: a row per name and version of activities, most frequent first: these, how many there were,
//   names of agents, names of descriptions and plans.
// Index: element_name.
// Plan: VarLengthExpand(Pruning,BFS,All).
MATCH p = (product:Element {name: $name})
  -[:USED|WAS_GENERATED_BY|WAS_GENERATED_WITHIN|WAS_DERIVED_FROM|HAD_MEMBER|SPECIALIZATION_OF*0..]->(activity)
WITH activity, min(length(p)) AS distance
WHERE activity:Activity
OPTIONAL MATCH (activity)-[:WAS_ASSOCIATED_WITH]->(who)
OPTIONAL MATCH (activity)-[:IS_DESCRIBED_BY|HAD_PLAN]->(what)
RETURN activity.name AS name, activity.version AS version, count(DISTINCT activity) AS number,
  collect(DISTINCT who.name) AS agents, collect(DISTINCT what.name) AS descriptions
ORDER BY number DESC, name, version
