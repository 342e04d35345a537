// Asks: how many nodes have a label. The loader joins one of these per label of the model.
// Parameters: none. Filled in by the loader: the label.
// Returns: a row per label: the label, the number.
// Index: none.
// Plan: NodeCountFromCountStore: no node is looked at.
MATCH (n:<label>) WITH count(n) AS number RETURN '<label>' AS name, number
